// The environments in which every Node.js process loads a file of this package before its own program: one that profiles it,
// or one that observes it. The present NODE_OPTIONS are kept. `--import` is not used: with it, Node.js 20 loads the entry of
// a program as an ES module, past the hooks of ts-node and similar loaders.
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { OBSERVE_VARIABLE } from '../collect/process-facts.ts'

export function profiledEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...registeredEnvironment(), PG_LOUPE_COLLECT: folder }
}

interface ConnectedPanel {
  address: string
  explains: boolean
  inProduction: boolean
}

/** The options of each profiler stay those of the application. The panel is added, also to profilers that the application makes. */
export function panelEnvironment({ address, explains, inProduction }: ConnectedPanel): NodeJS.ProcessEnv {
  return {
    ...registeredEnvironment(),
    PG_LOUPE_PANEL: address,
    PG_LOUPE_PANEL_EXPLAIN: explains ? '1' : '0',
    ...(inProduction ? { PG_LOUPE_PANEL_IN_PRODUCTION: '1', PG_LOUPE_ENABLED: '1' } : {}),
  }
}

function registeredEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', ...environment } = process.env
  return { ...environment, NODE_OPTIONS: `${NODE_OPTIONS} ${requiring('register/index')}`.trim() }
}

/** The file is loaded first, so that it sees what `pg-loupe/register` in NODE_OPTIONS does. */
export function observedEnvironment(folder: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', ...environment } = process.env
  return {
    ...environment,
    NODE_OPTIONS: `${requiring('observe/preload')} ${NODE_OPTIONS}`.trim(),
    [OBSERVE_VARIABLE]: folder,
  }
}

/** A file of this very package, whatever the folder of the command. */
function requiring(adapter: string): string {
  const command = realpathSync(process.argv[1] ?? '.')
  return `--require ${quoted(join(dirname(command), '../../adapters', `${adapter}.js`))}`
}

/** As Node.js reads NODE_OPTIONS. Only where it must be: other programs that read them split at blanks. */
function quoted(path: string): string {
  return /[\s"]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path
}
