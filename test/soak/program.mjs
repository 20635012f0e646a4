// The worst that an application does to a profiler, for a long time: requests that are given up, traces that never end,
// statements of megabytes, texts and names that are made up as they go, results and parameters that are too large. Says as
// JSON what memory it took after the warm-up and at the end, each time after a collection. Needs --expose-gc.
// Plain JavaScript on the built package, so that nothing but that is measured.
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { profilePool } from '../../dist/adapters/pg/index.js'
import { analyzeStatement, loadParser } from '../../dist/src/catalog/sql-entry.js'
import { createProfiler } from '../../dist/src/index.js'
import { fingerprint, statementValues } from '../../dist/src/sql/index.js'

const { url, warmUp, traces, options = {} } = JSON.parse(process.argv[2])
const CONCURRENT = 20

const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-soak-'))
const profiler = createProfiler({
  ...options,
  console: 'off',
  listeners: [() => {}],
  // Recorded traces are fully captured, whatever the options are.
  outputs: {
    json: join(folder, 'report.json'),
    ...(options.capture === 'full' ? { traces: join(folder, 'traces.ndjson') } : {}),
  },
  limits: { traceFileBytes: 8 * 1024 * 1024, ...options.limits },
})
const pool = profilePool(new pg.Pool({ connectionString: url, max: 10 }), profiler)
let queries = 0
let failed = 0
const send = (...args) => {
  queries++
  return pool.query(...args).catch(() => {
    failed++
    return { rows: [] }
  })
}

/** Contexts that live longer than their traces, as those of sockets and timers do. */
const outliving = []
const huge = 'x'.repeat(1024 * 1024)

/** Checks that run after certain numbers of traces, in this order. */
const HABITS = [
  [2000, (number) => send(`select length('${huge.repeat(5)}${number}')`)],
  [500, (number) => send(`select length('${huge}${number}')`)],
  [400, () => send('select length($1)', [huge])],
  [300, () => send("select n, repeat('x', 1000) as text from generate_series(1, 2000) as n")],
  [250, readByCursor],
  [200, () => send('select broken from nothing')],
  [100, () => outliving.push(AsyncLocalStorage.bind(() => {})) > 200 && outliving.shift()],
  [5, madeUpText],
  [1, loop],
]

async function madeUpText(number) {
  for (let turn = 0; turn < 5; turn++) {
    await send(
      `select id as "column ${number} ${turn}" from items where id = ${number % 100} and name <> 'made up ${number}'`,
    )
  }
  // A finding of its own each.
  for (let turn = 0; turn < 2; turn++) await send(`select name as "again ${number}" from items where id = 1`)
}

async function loop() {
  const { rows } = await send('select id, name from items order by id limit 8')
  for (const { id } of rows) await send('select price from prices where item_id = $1', [id])
  await send('select count(*) from items where name = $1', [rows[0]?.name])
}

async function readByCursor() {
  queries++
  const client = await pool.connect()
  const cursor = client.query(new Cursor('select * from generate_series(1, 3000)'))
  for (let rows = await cursor.read(500); rows.length > 0; ) rows = await cursor.read(500)
  await cursor.close()
  client.release()
}

async function oneTrace(number) {
  const name =
    number % 7 === 0 ? `GET /made/up/${number}/${'long'.repeat(number % 700)}` : `GET /route/${number % 30}`
  const trace = profiler.startTrace({ kind: 'http', name, labels: { method: 'GET' } })
  await trace.run(async () => {
    for (const [every, habit] of HABITS) if (number % every === 0) await habit(number)
    if (number % 50 === 0) await profiler.trace('a job inside', () => send('select 1'))
  })
  // Given up: nobody ends it. Others end while a query is under way.
  if (number % 20 === 0) return
  if (number % 33 === 0) void trace.run(() => send('select 2'))
  trace.end()
}

async function run(from, to) {
  let next = from
  const work = async () => {
    while (next < to) await oneTrace(next++)
  }
  await Promise.all(Array.from({ length: CONCURRENT }, work))
  await profiler.settled()
}

/** Heap and what hangs on it; some turns, because finalizers free what the next collection takes. */
async function memoryInUse() {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Fills the caches that all profilers share, as in a process that has run for days. */
async function fillSharedMemories() {
  await loadParser()
  for (let number = 0; number < 20_000; number++) {
    const sql = `select id as "column ${number} 0" from items where id = 7 and name <> 'made up ${number}'`
    fingerprint(sql)
    statementValues(sql)
    if (number < 2_000) analyzeStatement(sql)
  }
}

await pool.query(`
  create table if not exists items (id int primary key, name text);
  create table if not exists prices (item_id int references items, price int);
  truncate items, prices;
  insert into items select n, 'item ' || n from generate_series(1, 100) as n;
  insert into prices select n, n from generate_series(1, 100) as n;
`)
await fillSharedMemories()
const started = performance.now()
await run(0, warmUp)
const before = await memoryInUse()
const seconds = (performance.now() - started) / 1000
await run(warmUp, warmUp + traces)
const after = await memoryInUse()
const { cut, findings, routes, traces: reported } = profiler.report()
const fileBytes = readdirSync(folder)
  .filter((name) => name.endsWith('.ndjson'))
  .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
await pool.end()
rmSync(folder, { recursive: true, force: true })
process.stdout.write(
  `${JSON.stringify({
    node: process.version,
    options,
    traces: warmUp + traces,
    reported,
    queries,
    failed,
    seconds: Math.round((performance.now() - started) / 1000),
    warmUpSeconds: Math.round(seconds),
    megabytes: { before: before / 1e6, after: after / 1e6, growth: after / before - 1 },
    rss: process.memoryUsage().rss / 1e6,
    fileBytes,
    findings: findings.length,
    routes: routes.length,
    cut,
  })}\n`,
)
process.exit()
