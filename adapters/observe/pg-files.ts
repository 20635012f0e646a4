// The files of pg that hold its classes, as Node.js loads them: both module systems share pg's CommonJS files, so each copy
// of pg is known by the path of a file, what it exports and the package it belongs to. A pg inside a bundle is not found.
import Module from 'node:module'

export interface PgFile {
  kind: 'pool' | 'client'
  path: RegExp
  /** The package it must belong to: the folder may have another name. */
  package: string
}

const PG_FILES: readonly PgFile[] = [
  { kind: 'client', path: /[\\/]lib[\\/](?:native[\\/])?client\.js$/, package: 'pg' },
  { kind: 'pool', path: /[\\/]index\.js$/, package: 'pg-pool' },
]

interface LoadedModule {
  exports: unknown
  loaded?: boolean
}

/** What Node.js keeps of the CommonJS files it has loaded; a test runner that loads modules itself may have none. */
export function moduleCache(): Record<string, LoadedModule | undefined> {
  return (Module as unknown as { _cache?: Record<string, LoadedModule> })._cache ?? {}
}

/** What a loaded file may be of pg. Every module of the application passes here, so the file system is not asked. */
export function likelyPgFile(filename: string, exported: unknown): PgFile | undefined {
  const file = PG_FILES.find(({ path }) => path.test(filename))
  return file && sendsQueries(exported) ? file : undefined
}

/** A class with the methods that pg's clients and pools have in common. */
function sendsQueries(exported: unknown): boolean {
  if (typeof exported !== 'function') return false
  const { prototype } = exported
  return typeof prototype?.query === 'function' && typeof prototype.connect === 'function'
}
