// Waits for pg to be loaded, wherever it lies and however often: by `require` or by `import`, deep in node_modules,
// under another name, before or after this. Both module systems share pg's CommonJS files, and each of those passes
// `load` of its module. Hooks of TypeScript loaders are below that (in `Module._extensions`, where some replace what they
// find) or above it. Only where a loader of ES modules hands Node.js the text of CommonJS files does a file not pass there;
// what it requires is still resolved, so it is found in the cache then. A pg inside a bundle passes nothing, and cannot
// be seen.
import Module from 'node:module'
import { leaveNote } from '../../src/collect/run-notes.ts'
import { defaultOptions } from '../../src/config/default-options.ts'
import { aroundMethod } from '../../src/host/replace-method.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { packageOf } from '../observe/package-of.ts'
import { likelyPgFile, moduleCache } from '../observe/pg-files.ts'
import { drizzleFinder } from './find-drizzle.ts'
import { profileClientClass, profilePoolClass } from './profile-classes.ts'
import { profileServers } from './profile-servers.ts'

interface LoadedModule {
  exports: unknown
}

const PROFILE = { client: profileClientClass, pool: profilePoolClass }

/** Of the same files, where they lie in folders of their packages' names: few, because each may be waited for. */
const USUAL_NAMES = /[\\/](?:pg[\\/]lib[\\/](?:native[\\/])?client|pg-pool[\\/]index)\.js$/

export function profileWhenLoaded(): void {
  const { instrumented } = sharedState()
  if (instrumented.has(Module)) return
  let profiler: Profiler | undefined
  let onQuery: ((sender: object) => void) | undefined
  /** Files of pg that have been resolved, and not been looked at yet. */
  const awaited = new Set<string>()

  const look = (filename: string, exported: unknown) => {
    const file = likelyPgFile(filename, exported)
    if (!file) return
    awaited.delete(filename)
    try {
      if (packageOf(filename)?.name !== file.package) return
      profiler ??= start()
      onQuery ??= drizzleFinder(profiler)
      PROFILE[file.kind](exported, profiler, onQuery)
    } catch (error) {
      process.emitWarning(`pg-loupe does not profile ${filename}: ${error}`)
    }
  }
  const lookAtAwaited = () => {
    for (const filename of awaited) look(filename, moduleCache()[filename]?.exports)
  }

  const undos = [
    aroundMethod(Module.prototype, 'load', (module, load, args) => {
      Reflect.apply(load, module, args)
      look(args[0] as string, (module as LoadedModule).exports)
    }),
    aroundMethod(Module, '_resolveFilename', (target, resolve, args) => {
      if (awaited.size > 0) lookAtAwaited()
      const filename = Reflect.apply(resolve, target, args) as string
      if (USUAL_NAMES.test(filename) && !moduleCache()[filename]) awaited.add(filename)
      return filename
    }),
  ]
  instrumented.set(Module, () => {
    for (const undo of undos) undo()
  })
  for (const [filename, module] of Object.entries(moduleCache())) {
    if (module?.loaded) look(filename, module.exports)
  }
}

function start(): Profiler {
  const state = sharedState()
  // Jobs and scripts have no other way to be seen, where nothing in the application may be changed.
  state.defaultProfiler ??= createProfiler({ collectUntraced: true, ...defaultOptions() })
  profileServers(state.defaultProfiler)
  leaveNote('pg')
  return state.defaultProfiler
}
