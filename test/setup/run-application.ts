// Runs an application of a few lines in a process of its own, with the built package, and gives back the notices it printed.
// The same lines run as an ES module and as CommonJS.
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
export const database = await testDatabase()

export interface Application {
  /** After `config` for pools is known, and before the server listens; `app` is Express, `get(path)` sends a request. */
  lines: string
  /** Code that runs once the server listens. Absent when there is no server. */
  visits?: string
  /** True when the application ends its pools itself. */
  endsPools?: boolean
  kind?: 'mjs' | 'cjs'
  express?: 'express' | 'express4'
  env?: Record<string, string>
  args?: string[]
}

export interface Told {
  /** The first line of each notice. */
  notices: string[]
  stderr: string
}

const IMPORTS: readonly (readonly [names: string, from: string])[] = [
  ['pg', 'pg'],
  ['http', 'node:http'],
  ['{ profilePool, unprofilePool, profileClient }', 'pg-loupe/pg'],
  ['{ profileRequests }', 'pg-loupe/express'],
  ['{ profileDrizzle }', 'pg-loupe/drizzle'],
  ['{ createProfiler, defaultProfiler }', 'pg-loupe'],
  ['{ drizzle }', 'drizzle-orm/node-postgres'],
  ['{ integer, pgTable }', 'drizzle-orm/pg-core'],
  ['store', 'session-store'],
  ['otherPg', 'pg-oldest'],
]

/** A library with a pool of its own, as a session store has one. */
const LIBRARY = `
const pg = require('pg')
exports.open = (config) => {
  const pool = new pg.Pool(config)
  return { touch: () => pool.query('select 1'), end: () => pool.end() }
}
`
const PACKAGES = ['pg', 'pg-oldest', 'express', 'express4', 'drizzle-orm']

export async function runApplication(application: Application): Promise<Told> {
  const { kind = 'mjs', express = 'express', env = {}, args = [] } = application
  const folder = applicationFolder()
  const file = join(folder, `application.${kind}`)
  const body = bodyOf(application)
  const imports = [['express', express] as const, ...IMPORTS].filter(([names]) => uses(body, names))
  const load = imports.map(([names, from]) =>
    kind === 'mjs'
      ? `import ${names} from '${from}'`
      : `const ${names.replace(' as ', ': ')} = require('${from}')`,
  )
  writeFileSync(file, `${load.join('\n')}\n${body}`)
  return runFile(file, args, env)
}

/** An application loads only what it uses: loading the rest would take most of its time. */
function uses(body: string, names: string): boolean {
  return (names.match(/\w+/g) ?? []).some((name) => new RegExp(`\\b${name}\\b`).test(body))
}

/** A folder with all that an application may load. */
export function applicationFolder(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/pg-loupe'))
  for (const name of PACKAGES)
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  mkdirSync(join(folder, 'node_modules/session-store'))
  writeFileSync(join(folder, 'node_modules/session-store/index.js'), LIBRARY)
  return folder
}

export async function runFile(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Told> {
  const { stderr } = await run(process.execPath, [...args, file], {
    cwd: dirname(file),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      // On a busy machine any query may be slow.
      PG_LOUPE_OPTIONS: '{ "detectors": { "slow-query": false } }',
      ...env,
    },
  })
  return { stderr, notices: [...stderr.matchAll(/^pg-loupe: (.*)$/gm)].map(([, text = '']) => text) }
}

function bodyOf({ lines, visits, endsPools = true }: Application): string {
  const start = `
const config = { connectionString: process.env.DATABASE_URL, max: 2 }
const pools = []
const newPool = () => {
  const pool = new pg.Pool(config)
  pools.push(pool)
  return pool
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const app = express()
`
  const end = `
const endPools = () => Promise.all(pools.map((pool) => pool.end()))
`
  if (visits === undefined)
    return `${start}${end}async function main() {\n${lines}\n${endsPools ? 'await endPools()' : ''}\n}\nmain()\n`
  return `${start}${lines}${end}
const server = app.listen(0, '127.0.0.1', async () => {
  const get = (path) => fetch('http://127.0.0.1:' + server.address().port + path).then((response) => response.text())
  ${visits}
  server.close()
  server.closeAllConnections()
  await endPools()
})
`
}
