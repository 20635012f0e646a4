// Sends queries and prints as JSON, for each, the line that it is said to come from. Run by tests in a process of its
// own, from its TypeScript or compiled. The types in between are there to go away: lines differ after that.
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { createProfiler, type Query } from 'pg-loupe'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profilePool } from 'pg-loupe/pg'

type Send = () => PromiseLike<unknown>

interface Line {
  file?: string
  line?: number
  function?: string
}

const profiler = createProfiler({ enabled: true, console: 'off' })
const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 }), profiler)
const users = pgTable('pg_user', { id: integer('usesysid') })
const db = profileDrizzle(drizzle(pool), profiler)

export interface Row {
  readonly id: number
  readonly name: string
}

async function sendRaw(): Promise<Row[]> {
  const { rows } = await pool.query<Row>('select 1 as id') // raw
  return rows
}

/** Goes away as well. */
export type Unused = { [Key in keyof Row]: Row[Key] }

async function sendDrizzle(): Promise<unknown> {
  const builder = buildSelect()
  return await builder // drizzle
}

function buildSelect() {
  const query = db.select()
  return query.from(users) // built
}

const sends: Record<string, Send> = { raw: sendRaw, drizzle: sendDrizzle }

/** Changes that applications and their libraries make to stacks, each a statement that runs before the first query. */
const spoilers: Record<string, () => void> = {
  'V8 call sites instead of text': () => {
    Error.prepareStackTrace = (_error, sites) => sites
  },
  'text that no source map has seen': () => {
    Error.prepareStackTrace = (error, sites) =>
      `${error}\n${sites.map((site) => `    at ${site}`).join('\n')}`
  },
  'something else instead of text': () => {
    Error.prepareStackTrace = () => ({ frames: [] })
  },
  'a formatter that throws': () => {
    Error.prepareStackTrace = () => {
      throw new Error('mine')
    }
  },
  'no stacks at all': () => {
    Error.stackTraceLimit = 0
  },
  'no limit of stacks': () => {
    Reflect.deleteProperty(Error, 'stackTraceLimit')
  },
  'a captureStackTrace of its own': () => {
    Error.captureStackTrace = () => {}
  },
  'a frozen Error': () => {
    Object.freeze(Error)
  },
  'a frozen Error without stacks': () => {
    Error.stackTraceLimit = 0
    Object.freeze(Error)
  },
}

async function linesOf(send: Send): Promise<{ queries: number; at: Line | null; builtAt: Line | null }> {
  let queries: readonly Query[] = []
  const stop = profiler.on('traceEnd', (_trace, facts) => {
    queries = facts.trace?.queries ?? []
  })
  const trace = profiler.startTrace({ kind: 'script', name: 'lines' })
  await trace.run(async () => await send())
  trace.end()
  await trace.settled()
  stop()
  const [query] = queries
  return { queries: queries.length, at: query?.callSite?.[0] ?? null, builtAt: query?.builtAt ?? null }
}

async function main(): Promise<void> {
  // Connected before: Node.js reads stacks itself while it connects, and a formatter that throws breaks that.
  await pool.query('select 1')
  spoilers[process.env.SPOILER ?? '']?.()
  const before = [Error.stackTraceLimit, Object.hasOwn(Error, 'stackTraceLimit'), Error.prepareStackTrace]
  const lines: Record<string, unknown> = {}
  for (const [name, send] of Object.entries(sends)) lines[name] = await linesOf(send)
  const after = [Error.stackTraceLimit, Object.hasOwn(Error, 'stackTraceLimit'), Error.prepareStackTrace]
  lines.isErrorUntouched = before.every((value, i) => Object.is(value, after[i]))
  lines.internalErrors = profiler.report().cut.internalErrors
  process.stdout.write(JSON.stringify(lines))
  await pool.end()
}

void main()
