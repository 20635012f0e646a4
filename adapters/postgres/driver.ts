// How postgres.js is found in a process: its CommonJS files by their path, an ES module only once a pool of it is profiled. All
// queries of a pool share the function that cancels them, which stands for the pool here.
import type { Driver } from '../observe/driver.ts'

export const postgresDriver: Driver = {
  // Connections of a copy that was not found are reported by its name, so it is not passed over.
  packages: [],
  classes: [
    {
      name: 'postgres.js',
      kind: 'pool',
      method: 'handle',
      file: {
        package: 'postgres',
        usualPath: /[\\/]postgres[\\/]cjs[\\/]src[\\/]query\.js$/,
        looksLike: (filename, exported) =>
          /[\\/]cjs[\\/]src[\\/]query\.js$/.test(filename) && queryClassIn(exported) !== undefined,
      },
      classIn: queryClassIn,
      sourceOf(query) {
        const { executed, canceller } = query as { executed?: boolean; canceller?: object | null }
        return (!executed && canceller) || undefined
      },
    },
  ],
  databaseName: () => undefined,
  poolSize: () => undefined,
  isPooled: () => false,
}

function queryClassIn(exported: unknown): { prototype: object } | undefined {
  const { Query } = Object(exported) as { Query?: { prototype?: { handle?: unknown } } }
  return typeof Query?.prototype?.handle === 'function' ? (Query as { prototype: object }) : undefined
}
