// Waits for pg to be loaded, wherever it lies and however often: by `require` or by `import`, deep in node_modules,
// under another name, before or after this. Both module systems share pg's CommonJS files, and each of those passes
// the loader for `.js`. A pg inside a bundle passes nothing, and cannot be seen.
import Module from 'node:module'
import { leaveNote } from '../../src/collect/run-notes.ts'
import { defaultOptions } from '../../src/config/default-options.ts'
import type { ProfilerOptions } from '../../src/options.ts'
import { createProfiler, type Profiler } from '../../src/profiler.ts'
import { sharedState } from '../../src/shared-state.ts'
import { drizzleFinder } from './find-drizzle.ts'
import { packageOf } from './package-of.ts'
import { profileClientClass, profilePoolClass } from './profile-classes.ts'
import { profileServers } from './profile-servers.ts'

type Load = (module: LoadedModule, filename: string) => void

interface LoadedModule {
  exports: unknown
  loaded?: boolean
}

/** What Node.js keeps for loaders such as this one, and has kept since its beginnings. */
const loader = Module as unknown as {
  _extensions: Record<string, Load>
  _cache: Record<string, LoadedModule | undefined>
}

interface Part {
  path: RegExp
  /** The package it must belong to: the folder may have another name. */
  package: string
  profile(exported: unknown, profiler: Profiler, onQuery: (sender: object) => void): void
}

const PARTS: readonly Part[] = [
  { path: /[\\/]lib[\\/](?:native[\\/])?client\.js$/, package: 'pg', profile: profileClientClass },
  { path: /[\\/]index\.js$/, package: 'pg-pool', profile: profilePoolClass },
]

export function profileWhenLoaded(options: ProfilerOptions): void {
  const { instrumented } = sharedState()
  if (instrumented.has(loader._extensions)) return
  let profiler: Profiler | undefined
  let onQuery: ((sender: object) => void) | undefined

  const look = (filename: string, exported: unknown) => {
    // Every module of the application passes here, so the file system is asked last.
    const part = PARTS.find(({ path }) => path.test(filename))
    if (!part || !sendsQueries(exported)) return
    try {
      if (packageOf(filename) !== part.package) return
      profiler ??= start(options)
      onQuery ??= drizzleFinder(profiler)
      part.profile(exported, profiler, onQuery)
    } catch (error) {
      process.emitWarning(`pg-loupe does not profile ${filename}: ${error}`)
    }
  }

  const original = loader._extensions['.js'] as Load
  const load: Load = function (this: unknown, module, filename) {
    original.call(this, module, filename)
    look(filename, module.exports)
  }
  loader._extensions['.js'] = load
  instrumented.set(loader._extensions, () => {
    if (loader._extensions['.js'] === load) loader._extensions['.js'] = original
  })
  for (const [filename, module] of Object.entries(loader._cache)) {
    if (module?.loaded) look(filename, module.exports)
  }
}

/** A class with the methods that pg's clients and pools have in common. */
function sendsQueries(exported: unknown): boolean {
  if (typeof exported !== 'function') return false
  const { prototype } = exported
  return typeof prototype?.query === 'function' && typeof prototype.connect === 'function'
}

function start(options: ProfilerOptions): Profiler {
  const state = sharedState()
  state.defaultProfiler ??= createProfiler({ ...defaultOptions(), ...options })
  profileServers(state.defaultProfiler)
  leaveNote('pg')
  return state.defaultProfiler
}
