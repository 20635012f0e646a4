import { describe, expect, test } from 'vitest'
import { unreadRows } from '../../src/detectors/unread-rows.ts'
import { collectObservations } from '../../src/report/observations.ts'
import type { Detector } from '../../src/types/detector.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Query, RowUsage } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

const { defaults } = unreadRows.meta
const ORDERS = 'select id, total from orders where customer_id = $1 order by id desc'

/** Forty orders of which the first is read; `more` says what is different. */
function orders({
  usage,
  ...more
}: Partial<Omit<Query, 'usage'>> & { usage?: Partial<RowUsage> } = {}): Query {
  return q(more.sql ?? ORDERS, [7], {
    at: 'orders.ts:12:5 latestOrder',
    rows: 40,
    bytes: 4000,
    columns: [
      { name: 'id', tableId: 1, columnId: 1 },
      { name: 'total', tableId: 1, columnId: 2 },
    ],
    ...more,
    usage: { read: ['id', 'total'], serialized: [], unread: [], rowsTouched: 1, firstTouched: 0, ...usage },
  })
}

const none = { usage: { read: [], unread: ['id', 'total'], rowsTouched: 0 } }

describe('finds', () => {
  test('many rows of which the first is read', () => {
    expect(conclude(thrice(() => orders()))).toMatchObject([
      {
        severity: 'info',
        confidence: 'likely',
        title: '40 rows fetched, and only the first of them read',
        remediation: 'Ask for one row: LIMIT 1.',
        fix: 'select id, total from orders where customer_id = $1 order by id desc limit 1',
        callSite: [{ file: 'orders.ts', line: 12 }],
        occurrenceCount: 3,
        cost: { queries: 0, roundTrips: 0, rows: 39, bytes: 3900 },
      },
    ])
  })

  test('many rows of which another one is read', () => {
    const [finding] = conclude(thrice(() => orders({ usage: { firstTouched: 39 } })))
    expect(finding?.title).toBe('40 rows fetched, and only one of them read')
    expect(finding?.fix).toBeUndefined()
  })

  test('many rows of which only the number can have been used', () => {
    const [finding] = conclude(thrice(() => orders(none)))
    expect(finding?.title).toBe('40 rows fetched, and none of them read')
    expect(finding?.remediation).toContain('EXISTS')
    expect(finding?.fix).toBe('select count(*) from orders where customer_id = $1')
  })

  test('a hundred rows, as a warning', () => {
    expect(conclude(thrice(() => orders({ rows: 100 })))[0]?.severity).toBe('warning')
  })

  test('very many rows, and says that not all were seen', () => {
    const large = { rows: 9000, usage: { rowsWatched: 1000 } }
    expect(conclude(thrice(() => orders(large)))[0]?.confidence).toBe('possible')
  })

  test('rows of Drizzle, in its words', () => {
    const [one] = conclude(thrice(() => orders({ via: 'drizzle' })))
    expect(one?.remediation).toContain('.limit(1)')
    const [number] = conclude(thrice(() => orders({ ...none, via: 'drizzle' })))
    expect(number?.remediation).toContain('db.$count')
  })
})

describe('is quiet about', () => {
  const reading = (rowsTouched: number) => orders({ usage: { rowsTouched } })
  const ended = (labels: Record<string, string>) => thrice(() => orders()).map((one) => ({ ...one, labels }))
  test.each<[string, readonly Trace[]]>([
    ['two traces', thrice(() => orders()).slice(1)],
    ['the fixed code', thrice(() => orders({ sql: `${ORDERS} limit 1`, rows: 1 }))],
    ['a few rows', thrice(() => orders({ rows: 9 }))],
    ['one row that is only looked for', thrice(() => orders({ ...none, rows: 1 }))],
    ['rows that are all read', thrice(() => reading(40))],
    ['two rows that are read', thrice(() => reading(2))],
    ['rows that one of many traces reads', [...thrice(() => orders()), numbered(9, reading(40))]],
    [
      'rows that only a failing request reads',
      [...thrice(() => orders()), { ...numbered(9, reading(40)), labels: { status: '500' } }],
    ],
    ['rows that were not watched', thrice(() => withoutUsage(orders()))],
    ['results of which only a sample was watched', thrice(() => orders({ usage: { rowsWatched: 16 } }))],
    ['requests that ended in an error', ended({ status: '500' })],
    ['requests that were refused', ended({ status: '404' })],
    ['requests whose client went away', ended({ aborted: 'true' })],
    ['jobs that failed', ended({ failed: 'true' })],
    ['rows that are locked', thrice(() => orders({ ...none, sql: `${ORDERS} for update` }))],
    [
      'a function that is called for each row',
      thrice(() =>
        orders({ ...none, sql: 'select pg_notify($1, x) from t', columns: [{ name: 'pg_notify' }] }),
      ),
    ],
    ['rows that are changed', thrice(() => orders({ ...none, sql: 'update t set a = 1 returning id' }))],
  ])('%s', (_what, traces) => {
    expect(conclude(traces)).toEqual([])
  })
})

test('the options count', () => {
  const traces = thrice(() => orders())
  expect(conclude(traces, { ...defaults, minTraces: 4 })).toEqual([])
  expect(conclude(traces, { ...defaults, minRows: 50 })).toEqual([])
  expect(conclude(traces, { ...defaults, warnRows: 40 })[0]?.severity).toBe('warning')
})

test('the finding does not depend on the order of the traces', () => {
  const traces = ['GET /b', 'GET /a'].flatMap((name) =>
    [30, 10, 20].map((rows) => ({ ...trace(name, orders({ rows })), id: `http ${name} #${rows}` })),
  )
  const first = JSON.stringify(conclude(traces))
  expect(JSON.parse(first)).toMatchObject([{ route: 'GET /a', cost: { rows: 29 } }])
  expect(JSON.stringify(conclude(traces.toReversed()))).toBe(first)
})

describe('the advised query', () => {
  const fixOf = (sql: string, usage?: Partial<RowUsage>) =>
    conclude(thrice(() => orders({ sql, ...(usage ? { usage } : {}) })))[0]?.fix

  test('is a smaller limit for a query with a limit', () => {
    expect(fixOf('select id from orders limit $1')).toBe('select id from orders limit 1')
  })

  test.each([
    ['select id from orders limit $1 offset 20'],
    ['select id from orders offset 20'],
    ['select id from (select id from orders limit 5) x'],
  ])('one row of %s is not written out', (sql) => {
    expect(fixOf(sql)).toBeUndefined()
  })

  test.each([
    ['select id from orders limit 20'],
    ['select status from orders group by status'],
    ['select distinct status from orders'],
    ['with x as (select 1) select id from orders'],
    ['select id from a union all select id from b'],
  ])('the number of rows of %s is not written out', (sql) => {
    expect(fixOf(sql, none.usage)).toBeUndefined()
  })
})

function conclude(traces: readonly Trace[], options = defaults): Finding[] {
  const observations = collectObservations([{ detector: unreadRows as Detector, options }])
  for (const one of traces) observations.add(one)
  return observations.conclude()
}

function thrice(query: () => Query): Trace[] {
  return [1, 2, 3].map((i) => numbered(i, query()))
}

function numbered(i: number, ...queries: Query[]): Trace {
  return { ...trace('GET /x', ...queries), id: `http GET /x #${i}` }
}

function withoutUsage({ usage: _, ...query }: Query): Query {
  return query
}
