// Waits until a library of the list is loaded, in whatever folder, under whatever name and however often, by `require` or by
// `import`, before or after this. Both module systems share the CommonJS files of pg, and each such file passes `load` of its
// module. Hooks of TypeScript loaders are below that (in `Module._extensions`, where some replace what they find) or above
// it. Only when a loader of ES modules gives Node.js the text of a CommonJS file, the file does not pass there; the files
// that it requires are still resolved, so it is found in the module cache then. A library inside a bundle passes neither,
// and cannot be found.
import Module from 'node:module'
import { leaveNote } from '../../src/collect/run-notes.ts'
import { defaultOptions } from '../../src/config/default-options.ts'
import { aroundMethod } from '../../src/host/replace-method.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { type LoadedModule, moduleCache } from '../observe/module-cache.ts'
import { packageOf } from '../observe/package-of.ts'
import { drizzleFinder } from './find-drizzle.ts'
import { LIBRARIES } from './libraries.ts'
import type { Registered } from './library.ts'
import { profileServers } from './profile-servers.ts'

const FILES = LIBRARIES.flatMap(({ files = [] }) => files)

export function profileWhenLoaded(): void {
  const { instrumented } = sharedState()
  if (instrumented.has(Module)) return
  let registered: Registered | undefined
  /** Files of libraries that have been resolved, and whose module has not been seen yet. */
  const awaited = new Set<string>()

  const start = () => {
    registered ??= startProfiler()
    return registered
  }
  const look = (filename: string, module: LoadedModule) => {
    const { exports: exported } = module
    for (const file of FILES) {
      if (!file.looksLike(filename, exported)) continue
      awaited.delete(filename)
      try {
        if (packageOf(filename)?.name !== file.package) continue
        const instead = file.profile(exported, start)
        if (instead !== undefined) module.exports = instead
      } catch (error) {
        process.emitWarning(`pg-loupe does not profile ${filename}: ${error}`)
      }
    }
  }
  const lookAtAwaited = () => {
    for (const filename of awaited) look(filename, moduleCache()[filename] ?? NOT_LOADED)
  }

  const undos = [
    aroundMethod(Module.prototype, 'load', (module, load, args) => {
      Reflect.apply(load, module, args)
      look(args[0] as string, module as LoadedModule)
    }),
    aroundMethod(Module, '_resolveFilename', (target, resolve, args) => {
      if (awaited.size > 0) lookAtAwaited()
      const filename = Reflect.apply(resolve, target, args) as string
      if (isAwaited(filename) && !moduleCache()[filename]) awaited.add(filename)
      return filename
    }),
  ]
  instrumented.set(Module, () => {
    for (const undo of undos) undo()
  })
  for (const [filename, module] of Object.entries(moduleCache())) {
    if (module?.loaded) look(filename, module)
  }
  for (const library of LIBRARIES) library.watch?.(start)
}

const NOT_LOADED: LoadedModule = { exports: undefined }

function isAwaited(filename: string): boolean {
  return FILES.some(({ usualPath }) => usualPath?.test(filename))
}

function startProfiler(): Registered {
  const state = sharedState()
  // Jobs and scripts are not visible in any other way when nothing in the application may be changed.
  state.defaultProfiler ??= createProfiler({ collectUntraced: true, ...defaultOptions() })
  const profiler = state.defaultProfiler
  profileServers(profiler)
  leaveNote('pg')
  return { profiler, onQuery: drizzleFinder(profiler) }
}
