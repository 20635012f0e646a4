import Module from 'node:module'

export interface LoadedModule {
  exports: unknown
  loaded?: boolean
}

/** The CommonJS files that Node.js has loaded. A test runner that loads modules itself may have none. */
export function moduleCache(): Record<string, LoadedModule | undefined> {
  return (Module as unknown as { _cache?: Record<string, LoadedModule> })._cache ?? {}
}
