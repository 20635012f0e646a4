// Measures what watching rows costs the application: 1,000 rows of 10 columns, not watched, watched as a sample, and all
// watched, as for a statement under suspicion. Run it with `node --import tsx bench/row-watch.ts`; only the ratios of one run
// are meaningful.
import { Bench } from 'tinybench'
import { NO_CALL } from '../src/trace/call-site/read-call.ts'
import { RecordedQuery } from '../src/trace/recorded-query.ts'
import { rowWatcher } from '../src/trace/row-usage/row-watcher.ts'

const ROWS = 1000
const COLUMNS = Array.from({ length: 10 }, (_, i) => `column_${i}`)
const fail = (error: unknown) => {
  throw error
}

/** Creates rows as pg does: a spread of an empty row, then assignments. */
function makeRows(): Record<string, unknown>[] {
  const empty = Object.fromEntries(COLUMNS.map((name) => [name, null as unknown]))
  return Array.from({ length: ROWS }, (_, row) => {
    const made = { ...empty }
    for (const name of COLUMNS) made[name] = `${name} of row ${row}`
    return made
  })
}

let statements = 0
const newQuery = (sql = `select ${++statements}`) => new RecordedQuery({ sql }, 0, () => NO_CALL)
const readAll = (rows: readonly Record<string, unknown>[]) => {
  let length = 0
  for (const row of rows) for (const name of COLUMNS) length += (row[name] as string).length
  return length
}

let rows: Record<string, unknown>[] = []
let close: (() => void) | undefined
const beforeEach = () => {
  rows = makeRows()
}
/** A watcher that watches all rows of its next result. */
function suspicious() {
  const watcher = rowWatcher(fail)
  const query = newQuery('select whole')
  const earlier = newQuery('select whole')
  watcher.watch(earlier, makeRows())
  watcher.conclude([earlier])
  close = () => watcher.watch(query, rows)
}

const watcher = rowWatcher(fail)
const bench = new Bench({ time: 1000 })
bench.add('make the rows, for comparison', () => makeRows())
bench.add('watch a sample', () => watcher.watch(newQuery('select sample'), rows), { beforeEach })
bench.add('watch all rows', () => close?.(), {
  beforeEach: () => {
    beforeEach()
    suspicious()
  },
})
bench.add('read all, not watched', () => readAll(rows), { beforeEach })
bench.add('read all, a sample watched', () => readAll(rows), {
  beforeEach: () => {
    beforeEach()
    rowWatcher(fail).watch(newQuery('select sample'), rows)
  },
})
bench.add('read all, all watched', () => readAll(rows), {
  beforeEach: () => {
    beforeEach()
    suspicious()
    close?.()
  },
})
bench.add('conclude a sample of which one column was read', () => close?.(), {
  beforeEach: () => {
    beforeEach()
    const own = rowWatcher(fail)
    const query = newQuery('select sample')
    own.watch(query, rows)
    for (const row of rows) void row.column_0
    close = () => own.conclude([query])
  },
})
await bench.run()
console.table(
  bench.tasks.map(({ name, result }) => ({
    name,
    'median µs': result.state === 'completed' ? Math.round(result.latency.p50 * 10_000) / 10 : result.state,
    'p99 µs': result.state === 'completed' ? Math.round(result.latency.p99 * 1000) : '',
  })),
)
