// Profiles each pool that postgres.js makes, as if the application had called profilePostgres. The function `postgres` is passed to
// the application through a proxy. The pools that postgres.js makes for itself (for `listen` and `subscribe`) do not pass it.
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { type PostgresLike, profilePostgres } from '../postgres/index.ts'
import type { Library } from './library.ts'
import { WRAPPER, wrapExport } from './wrap-export.ts'

type Factory = (...args: unknown[]) => unknown

export const postgres: Library = {
  files: [
    {
      package: 'postgres',
      usualPath: /[\\/]postgres[\\/]cjs[\\/]src[\\/]index\.js$/,
      looksLike: (filename, exported) =>
        /[\\/]cjs[\\/]src[\\/]index\.js$/.test(filename) &&
        typeof exported === 'function' &&
        'PostgresError' in exported,
      profile: (exported, start) => wrap(exported as Factory, start().profiler),
    },
  ],
  watch(start) {
    const global = globalThis as { [WRAPPER]?: (factory: Factory) => Factory }
    global[WRAPPER] = (factory) => wrap(factory, start().profiler)
    wrapExport()
  },
}

/** The same function for the application, except that each pool is profiled before it is returned. */
function wrap(factory: Factory, profiler: Profiler): Factory {
  return new Proxy(factory, {
    apply(target, self, args) {
      const sql = Reflect.apply(target, self, args)
      try {
        profilePostgres(sql as PostgresLike, profiler)
      } catch (error) {
        recorderOf(profiler).countInternalError(error)
      }
      return sql
    },
  })
}
