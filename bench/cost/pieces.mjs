// Measures single pieces without a server: an open trace, the end of a trace, and the analysis of a trace file. Prints one
// line of JSON. Run it with --expose-gc.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProfiler } from '../../dist/src/index.js'
import { captureStack } from '../../dist/src/trace/call-site/call-site.js'
import { readTraces } from '../../dist/src/trace-file/read-traces.js'

const QUERIES = 10
const ROWS = Array.from({ length: 4 }, (_, id) => ({ id, name: `item ${id}`, price: id * 10 }))
const FIELDS = ['id', 'name', 'price'].map((name, at) => ({ name, tableID: 16385, columnID: at + 1 }))
const CONNECTION = {}

console.log(
  JSON.stringify({
    openTraceBytes: Math.round(openTraceBytes(createProfiler({ console: 'off', capture: 'full' }))),
    countedTraceBytes: Math.round(await countedTraceBytes()),
    endOfTraceUs: Math.round(await endOfTraceUs()),
    secondsPerMillion: Number((await secondsPerMillion()).toFixed(1)),
  }),
)

function begin(profiler, name = 'GET /items') {
  const trace = profiler.startTrace({ kind: 'http', name, labels: { method: 'GET' } })
  for (let at = 0; at < QUERIES; at++) {
    const sql = `select id, name, price from items_${at} where category = $1 limit 4`
    const query = trace.countQuery(sql) ?? trace.startQuery({ sql, params: [at], stack: captureStack(begin) })
    query.sent(CONNECTION)
    query.received(300)
    // Each query gets new rows, as from a driver.
    const rows = ROWS.map((row) => ({ ...row }))
    query.finished({ rowCount: rows.length, fields: FIELDS, rows })
    query.handsOver(rows)
    for (const row of rows) JSON.stringify(row)
  }
  return trace
}

function openTraceBytes(profiler) {
  const COUNT = 500
  const traces = []
  for (let at = 0; at < 100; at++) begin(profiler)
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < COUNT; at++) traces.push(begin(profiler))
  globalThis.gc()
  return (process.memoryUsage().heapUsed - before) / traces.length
}

async function countedTraceBytes() {
  const profiler = createProfiler({ console: 'off', capture: 'adaptive' })
  for (let at = 0; at < 200; at++) {
    const trace = begin(profiler)
    trace.end()
    await trace.settled()
  }
  return openTraceBytes(profiler)
}

async function endOfTraceUs() {
  const profiler = createProfiler({ console: 'off', capture: 'full' })
  profiler.on('report', () => {})
  const samples = []
  for (let at = 0; at < 3000; at++) {
    const trace = begin(profiler)
    trace.end()
    const start = performance.now()
    trace.close({ now: true })
    samples.push((performance.now() - start) * 1000)
  }
  return samples.slice(1000).sort((a, b) => a - b)[1000]
}

async function secondsPerMillion() {
  const TRACES = 5_000
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-bench-'))
  const file = join(folder, 'traces.ndjson')
  const queries = Array.from({ length: QUERIES }, (_, at) => ({
    sql: `select id, name, price from items_${at} where category = $1 limit 4`,
    valueHashes: [String(at)],
    startMs: at,
    durationMs: 0.5,
    rows: 4,
    callSite: [{ file: 'src/items.ts', line: 10 + at, column: 5, function: 'list' }],
  }))
  writeFileSync(
    file,
    Array.from({ length: TRACES }, (_, at) =>
      JSON.stringify({ v: 1, id: `${at}`, kind: 'http', name: 'GET /items', truncated: 0, queries }),
    ).join('\n'),
  )
  const profiler = createProfiler({ console: 'off' })
  const start = performance.now()
  const traces = []
  const problem = (message) => {
    throw new Error(message)
  }
  for await (const trace of readTraces([file], { problem })) traces.push(trace)
  profiler.analyze(traces)
  const seconds = (performance.now() - start) / 1000
  rmSync(folder, { recursive: true })
  return (seconds * 1e6) / (traces.length * QUERIES)
}
