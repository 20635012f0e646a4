// The environment in which every Node.js process profiles itself and leaves its traces in a folder. What is in NODE_OPTIONS
// stays. It refuses to use `--import`: with one, Node.js 20 loads the entry of a program as an ES module, past the hooks of
// ts-node and its like.
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'

export function profiledEnvironment(folder: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', ...environment } = process.env
  return {
    ...environment,
    NODE_OPTIONS: `${NODE_OPTIONS} --require ${quoted(registerPath())}`.trim(),
    PG_LOUPE_COLLECT: folder,
  }
}

/** Of this very package, in whatever folder the command runs. */
function registerPath(): string {
  const self = createRequire(realpathSync(process.argv[1] ?? '.'))
  return self.resolve('pg-loupe/register')
}

/** As Node.js reads NODE_OPTIONS. Only where it must be: other programs that read them split at blanks. */
function quoted(path: string): string {
  return /[\s"]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path
}
