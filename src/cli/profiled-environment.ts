// The environment in which every Node.js process profiles itself and leaves its traces in a folder. Whatever is in
// NODE_OPTIONS stays and comes first, so that loaders (tsx) are there before the profiler.

import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

export function profiledEnvironment(folder: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', ...environment } = process.env
  return {
    ...environment,
    // As a URL there is no blank and no quote in it, wherever the package lies.
    NODE_OPTIONS: `${NODE_OPTIONS} --import ${registerUrl()}`.trim(),
    PG_LOUPE_COLLECT: folder,
  }
}

/** Of this very package, in whatever folder the command runs. */
function registerUrl(): string {
  const self = createRequire(realpathSync(process.argv[1] ?? '.'))
  return pathToFileURL(self.resolve('pg-loupe/register')).href
}
