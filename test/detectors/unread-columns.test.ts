import { describe, expect, test } from 'vitest'
import { unreadColumns } from '../../src/detectors/unread-columns.ts'
import { collectObservations } from '../../src/report/observations.ts'
import type { Detector } from '../../src/types/detector.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Query, RowUsage } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

const { defaults } = unreadColumns.meta
const CUSTOMERS = 'select * from customers order by joined_at desc limit $1'
const COLUMNS = ['id', 'name', 'email', 'notes']
const at = 'customers.ts:50:39 newest'

/** Fifty customers of whom the names are read; `more` says what is different. */
function customers({
  usage,
  ...more
}: Partial<Omit<Query, 'usage'>> & { usage?: Partial<RowUsage>; at?: string } = {}): Query {
  return q(more.sql ?? CUSTOMERS, [50], {
    at,
    rows: 50,
    columns: COLUMNS.map((name, i) => ({ name, tableId: 1, columnId: i + 1 })),
    ...more,
    usage: {
      read: ['name'],
      serialized: [],
      unread: ['id', 'email', 'notes'],
      rowsTouched: 50,
      unreadBytes: { id: 300, email: 1200, notes: 9000 },
      ...usage,
    },
  })
}

describe('finds', () => {
  test('columns that no trace has read, with their bytes and the statement to send instead', () => {
    const [finding, ...more] = conclude(thrice(() => [customers()]))
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      severity: 'warning',
      confidence: 'likely',
      title: '3 of 4 columns are never read',
      remediation: 'Select only what is read: name.',
      fix: 'select name from customers order by joined_at desc limit $1',
      route: 'GET /x',
      callSite: [{ file: 'customers.ts', line: 50 }],
      occurrenceCount: 3,
      cost: { queries: 0, roundTrips: 0, bytes: 10_500 },
    })
    expect(finding?.detail).toBe(
      'id, email and notes were not read in the 3 requests seen: about 11 kB for 50 rows, estimated from the values of some.',
    )
    expect(finding?.occurrences.map(({ queries }) => queries)).toEqual([[0], [0], [0]])
  })

  test('those that are left when each trace reads another column', () => {
    const reading = (column: string) =>
      customers({
        usage: {
          read: [column],
          unread: COLUMNS.filter((one) => one !== column),
          unreadBytes: { notes: 9000 },
        },
      })
    const [finding] = conclude(
      ['id', 'name', 'email', 'name'].map((column, i) => numbered(i, reading(column))),
    )
    expect(finding?.title).toBe('1 of 4 columns is never read')
    expect(finding?.fix).toMatch(/^select id, name, email from/)
  })

  test('one place in the code, whichever routes lead to it', () => {
    const traces = ['GET /b', 'GET /a', 'GET /c'].map((name) => trace(name, customers()))
    expect(conclude(traces)).toMatchObject([{ route: 'GET /a', occurrenceCount: 3 }])
  })

  test('a query that one function builds and others send, with both places', () => {
    const builtAt = { file: 'queries.ts', line: 9, function: 'newest' }
    const traces = [1, 2, 3].map((i) => numbered(i, customers({ builtAt, at: `page${i}.ts:5:1 show${i}` })))
    const [finding, ...more] = conclude(traces)
    expect(more).toEqual([])
    expect(finding?.callSite[0]?.file).toBe('page1.ts')
    expect(finding?.evidence).toContainEqual({ label: 'built', text: 'newest', callSite: builtAt })
  })

  test('few bytes, for information', () => {
    const usage = { unreadBytes: { id: 300, email: 300, notes: 600 } }
    expect(conclude(thrice(() => [customers({ usage })]))[0]?.severity).toBe('info')
  })

  test('columns of unknown size, for information', () => {
    const [finding] = conclude(thrice(() => [withoutBytes(customers())]))
    expect(finding).toMatchObject({ severity: 'info', cost: { queries: 0, roundTrips: 0 } })
    expect(finding?.detail).toBe('id, email and notes were not read in the 3 requests seen.')
  })

  test('columns of large results, and says that some row may be different', () => {
    const large = { rows: 5000, usage: { rowsWatched: 1000, rowsTouched: 1000 } }
    expect(conclude(thrice(() => [customers(large)]))[0]?.confidence).toBe('possible')
  })

  test('columns of Drizzle in the order of the table, under its own names', () => {
    const usage = { read: ['name'], unread: ['joinedAt', 'id'], unreadBytes: { joinedAt: 900, id: 100 } }
    const columns = ['id', 'name', 'joined_at'].map((name) => ({ name }))
    const [finding] = conclude(thrice(() => [customers({ via: 'drizzle', columns, usage })]))
    expect(finding?.evidence.at(-1)).toEqual({ label: 'unread', text: 'id, joinedAt' })
  })

  test('columns that a whole row was copied without', () => {
    const usage = { read: [], serialized: ['id', 'name', 'email'], unread: ['notes'] }
    expect(conclude(thrice(() => [customers({ usage })]))[0]?.title).toBe('1 of 4 columns is never read')
  })
})

describe('is quiet about', () => {
  test.each<[string, readonly Trace[]]>([
    ['two traces', thrice(() => [customers()]).slice(1)],
    ['one trace with three queries', [trace('GET /x', customers(), customers(), customers())]],
    [
      'the fixed code',
      thrice(() => [customers({ sql: 'select name from customers', usage: { unread: [] } })]),
    ],
    [
      'a column that one of many traces reads',
      [...thrice(() => [customers()]), numbered(9, customers({ usage: { read: COLUMNS, unread: [] } }))],
    ],
    [
      'a column that one query of a trace reads',
      thrice(() => [customers(), customers({ usage: { read: COLUMNS, unread: [] } })]),
    ],
    [
      'rows that are serialised whole',
      thrice(() => [
        customers({ usage: { read: ['name'], serialized: ['id', 'email', 'notes'], unread: [] } }),
      ]),
    ],
    [
      'rows of which nothing is read',
      thrice(() => [customers({ usage: { read: [], unread: COLUMNS, rowsTouched: 0 } })]),
    ],
    ['rows that were not watched', thrice(() => [withoutUsage(customers())])],
    ['results of which only a sample was watched', thrice(() => [customers({ usage: { rowsWatched: 16 } })])],
    [
      'requests that ended in an error',
      thrice(() => [customers()]).map((one) => labelled(one, { status: '500' })),
    ],
    [
      'requests that were refused',
      thrice(() => [customers()]).map((one) => labelled(one, { status: '403' })),
    ],
    [
      'requests whose client went away',
      thrice(() => [customers()]).map((one) => labelled(one, { aborted: 'true' })),
    ],
    ['jobs that failed', thrice(() => [customers()]).map((one) => labelled(one, { failed: 'true' }))],
    [
      'a column that only a failing request reads',
      [
        ...thrice(() => [customers()]),
        labelled(numbered(9, customers({ usage: { read: COLUMNS, unread: [] } })), { status: '409' }),
      ],
    ],
    [
      'a handful of bytes',
      thrice(() => [customers({ usage: { unreadBytes: { id: 5, email: 20, notes: 0 } } })]),
    ],
    ['DISTINCT', thrice(() => [customers({ sql: 'select distinct id, name, email, notes from customers' })])],
    [
      'UNION',
      thrice(() => [
        customers({ sql: 'select id, name, email, notes from a union select id, name, email, notes from b' }),
      ]),
    ],
    [
      'INSERT … RETURNING',
      thrice(() => [customers({ sql: 'insert into customers (name) values ($1) returning *' })]),
    ],
    [
      'two places that send the same statement, each of them seen twice',
      [1, 2, 3, 4].map((i) => numbered(i, customers({ at: `customers.ts:${50 + (i % 2)}:1 list${i % 2}` }))),
    ],
    [
      'two handlers without a name, each of them seen twice',
      [1, 2, 3, 4].map((i) => numbered(i, customers({ at: `customers.ts:${50 + (i % 2)}:1` }))),
    ],
    [
      'columns of a relation that only two traces had rows of',
      [1, 2, 3].map((i) =>
        numbered(
          i,
          customers({
            usage: {
              read: COLUMNS,
              unread: i === 1 ? [] : ['posts.title'],
              unreadBytes: { 'posts.title': 9000 },
            },
          }),
        ),
      ),
    ],
  ])('%s', (_what, traces) => {
    expect(conclude(traces)).toEqual([])
  })
})

test('the options count', () => {
  const traces = thrice(() => [customers()])
  expect(conclude(traces, { ...defaults, minTraces: 4 })).toEqual([])
  expect(conclude(traces, { ...defaults, minBytes: 20_000 })).toEqual([])
  expect(conclude(traces, { ...defaults, warnBytes: 20_000 })[0]?.severity).toBe('info')
})

test('the finding does not depend on the order of the traces', () => {
  const traces = ['GET /b', 'GET /a'].flatMap((name) =>
    [3, 1, 2].map((i) => ({
      ...trace(name, customers({ usage: { unreadBytes: { id: i, email: 10 * i, notes: 9000 / i } } })),
      id: `http ${name} #${i}`,
    })),
  )
  const first = JSON.stringify(conclude(traces))
  expect(JSON.stringify(conclude(traces.toReversed()))).toBe(first)
  expect(JSON.stringify(conclude(traces.toSorted((a, b) => a.id.localeCompare(b.id))))).toBe(first)
})

test('the key holds no line, count or size', () => {
  const key = (line: number, rows: number) =>
    conclude(thrice(() => [customers({ rows, at: `customers.ts:${line}:1 newest` })]))[0]?.key
  expect(key(10, 50)).toBe(key(99, 70))
})

test('two functions whose statements one helper sends are two findings with a key each', () => {
  const traces = [1, 2, 3].flatMap((i) =>
    ['newest', 'oldest'].map((name) => ({
      ...trace(
        name,
        customers({ builtAt: { file: 'queries.ts', line: 9, function: name }, at: 'db.ts:3:1 run' }),
      ),
      id: `http ${name} #${i}`,
    })),
  )
  expect(new Set(conclude(traces).map(({ key }) => key)).size).toBe(2)
})

describe('the advised columns', () => {
  const fixOf = (
    sql: string,
    read: readonly string[],
    unread: readonly string[],
    { via, expression }: { via?: string; expression?: string } = {},
  ) => {
    const source = { result: 'used', isTyped: true, modules: 'import', imported: [], taken: [] } as const
    const query = customers({
      sql,
      ...(via ? { via } : {}),
      ...(expression ? { source: { ...source, expression } } : {}),
      usage: { read, unread, unreadBytes: Object.fromEntries(unread.map((name) => [name, 1500])) },
    })
    return conclude(thrice(() => [query]))[0]?.fix
  }

  test.each([
    ['select id, name, bio from users where id = $1', 'select id, name from users where id = $1'],
    ['select u.id, u.name, length(u.bio, 2) as bio from users u', 'select u.id, u.name from users u'],
    ['select * from users', 'select id, name from users'],
    [
      'select users.* from users where bio like $1',
      'select users.id, users.name from users where bio like $1',
    ],
    ['select id, name, bio from users order by bio', 'select id, name from users order by bio'],
    [
      'select "id", "name", "bio" from "users" where exists (select 1 from x)',
      'select id, name from users where exists (select $1 from x)',
    ],
  ])('%s', (sql, fix) => {
    expect(fixOf(sql, ['id', 'name'], ['bio'])).toBe(fix)
  })

  test.each([
    ['all columns of a join', 'select * from users join posts on true'],
    ['all columns of two tables', 'select * from users, posts'],
    ['all columns of a subquery', 'select * from (select 1) x'],
    ['columns counted by position', 'select bio, id, name from users order by 2'],
    ['an alias it is sorted by', 'select id, name, length(bio) as bio from users order by bio'],
    ['a name given twice', 'select a.id, name, bio, b.id from a, b'],
    ['an expression without a name', 'select id, name, bio, count(*) from users'],
    ['a statement with a query of its own in front', 'with x as (select 1) select id, name, bio from users'],
  ])('is not written out for %s', (_what, sql) => {
    expect(fixOf(sql, ['id', 'name'], ['bio'])).toBeUndefined()
  })

  test('quotes what has to be quoted', () => {
    expect(fixOf('select * from t', ['order', 'userId', 'a"b'], ['bio'])).toBe(
      'select "a""b", "order", "userId" from t',
    )
  })

  test.each([
    [
      ['name', 'posts.title', 'posts.author.id'],
      'select "id", "name" from "users" "users" left join lateral (select 1) "users_posts" on true',
      'columns: { name: true }, with: { posts: { columns: { title: true }, with: { author: { columns: { id: true } } } } }',
    ],
    [
      ['posts.title'],
      'select "d0"."id" as "id" from "users" as "d0" left join lateral(select 1) as "posts" on true',
      'columns: {}, with: { posts: { columns: { title: true } } }',
    ],
  ])('for %s in Drizzle', (read, sql, fix) => {
    expect(fixOf(sql, read, ['bio'], { via: 'drizzle' })).toBe(fix)
  })

  test.each([
    [
      ['priceCents', 'line'],
      'db.select().from(table).where(eq(table.orderId, id))',
      'db\n  .select({ line: table.line, priceCents: table.priceCents })\n  .from(table)\n  .where(eq(table.orderId, id))',
    ],
    [
      ['cents'],
      'db.select({ id: lines.id, cents: lines.priceCents, bio: lines.bio }).from(lines)',
      'db.select({ cents: lines.priceCents }).from(lines)',
    ],
    [['title'], 'db.select(columns).from(posts)', undefined],
    [
      ['users.name', 'posts.title'],
      'db.select().from(people).leftJoin(posts, eq(posts.by, people.id))',
      undefined,
    ],
    [['name'], undefined, undefined],
  ])('for %s in Drizzle, by the names in %s', (read, expression, fix) => {
    const sql = 'select "id", "price_cents", "line", "bio" from "order_items"'
    const sent = { via: 'drizzle', ...(expression ? { expression } : {}) }
    expect(fixOf(sql, read, ['bio'], sent)).toBe(fix)
  })
})

function conclude(traces: readonly Trace[], options = defaults): Finding[] {
  const observations = collectObservations([{ detector: unreadColumns as Detector, options }])
  for (const one of traces) observations.add(one)
  return observations.conclude()
}

function thrice(queries: () => Query[]): Trace[] {
  return [1, 2, 3].map((i) => numbered(i, ...queries()))
}

function numbered(i: number, ...queries: Query[]): Trace {
  return { ...trace('GET /x', ...queries), id: `http GET /x #${i}` }
}

function labelled(one: Trace, labels: Record<string, string>): Trace {
  return { ...one, labels }
}

function withoutUsage({ usage: _, ...query }: Query): Query {
  return query
}

function withoutBytes(query: Query): Query {
  const { unreadBytes: _, ...usage } = query.usage as RowUsage
  return { ...query, usage }
}
