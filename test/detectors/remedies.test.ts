// Each remedy that is printed is run, on the very rows of the loop it replaces, and must give the same.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { runnable } from '../../src/sql/clauses/write-statement.ts'
import { fingerprint } from '../../src/sql/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
// On a busy machine any query may be slow.
const profiler = createProfiler({ console: 'off', detectors: { 'slow-query': false } })
const pool = profilePool(new pg.Pool(database.config), profiler)
beforeAll(() =>
  pool.query(`
    create table authors (id int primary key, name text, country text, "order" int);
    create table books (id int primary key, author_id int, shop text, "weird Name" int, year int);
    insert into authors select 4000 + i, 'author ' || i, 'c' || i % 3, i from generate_series(1, 9) i;
    insert into books select i, 4001 + i * 5 % 9, 's' || i % 2, 4001 + i % 9, 1990 + i from generate_series(1, 40) i`),
)
afterAll(() => pool.end())

interface Loop {
  parent: string
  parentValues?: unknown[]
  child: string
  /** The parameters of the child for a row of the parent. */
  values: (row: Record<string, unknown>) => unknown[]
  /** The parameters of the remedy: the array for `any`, or the parameters of parent and child besides the joined columns. */
  remedyValues: (rows: Record<string, unknown>[]) => unknown[]
}

const AUTHORS = 'select id, name from authors order by id'

const loops: Record<string, Loop> = {
  'a lookup by key': {
    parent: AUTHORS,
    child: 'select id, shop from books where author_id = $1',
    values: ({ id }) => [id],
    remedyValues: (rows) => [rows.map(({ id }) => id)],
  },
  'a lookup with another condition, written as a literal': {
    parent: AUTHORS,
    child: `select author_id, id from books where author_id = $1 and shop = 's1'`,
    values: ({ id }) => [id],
    remedyValues: (rows) => [rows.map(({ id }) => id), 's1'],
  },
  'a batch of one': {
    parent: AUTHORS,
    child: 'select author_id, id from books where author_id in ($1)',
    values: ({ id }) => [id],
    remedyValues: (rows) => [rows.map(({ id }) => id)],
  },
  'the latest few per row': {
    parent: 'select id, name from authors where country <> $1 order by id limit 5',
    parentValues: ['c9'],
    child: 'select id, year from books where author_id = $1 order by year desc limit 2',
    values: ({ id }) => [id],
    remedyValues: () => ['c9', 5, 2],
  },
  'a key of two columns': {
    parent: 'select id, author_id, shop from books order by id limit 6',
    child: 'select count(*)::int + 1 as n from books where author_id = $1 and shop = $2',
    values: ({ author_id, shop }) => [author_id, shop],
    remedyValues: () => [6, 1],
  },
  'a column whose name has to be quoted': {
    parent: 'select id, "weird Name" from books order by id limit 7',
    child: 'select name from authors where id = $1 limit 1',
    values: (row) => [row['weird Name']],
    remedyValues: () => [7, 1],
  },
  'a parent with a list of ids': {
    parent: 'select id, author_id from books where id in (3, 5, 8) order by id',
    child: 'select name from authors where id = $1 limit 1',
    values: ({ author_id }) => [author_id],
    remedyValues: () => [[3, 5, 8], 1],
  },
}

describe('the remedy gives the rows of the loop for', () => {
  test.each(Object.entries(loops))(
    '%s',
    async (_what, { parent, parentValues = [], child, values, remedyValues }) => {
      const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'loop' })
      const { parents, children } = await trace.run(async () => {
        const { rows } = await pool.query(parent, parentValues)
        const found: unknown[] = []
        for (const row of rows) found.push(...(await pool.query(child, values(row))).rows)
        return { parents: rows, children: found }
      })
      trace.end()
      await trace.settled()
      const report = profiler.analyze(trace.finished ? [trace.finished] : [])
      const fix = report.findings.find(({ detector }) => detector === 'n-plus-one')?.fix
      expect(report.findings[0]).toMatchObject({ confidence: 'proven' })

      const { rows } = await pool.query(fix ?? 'no remedy', remedyValues(parents))

      expect(sorted(rows.map((row) => pick(row, Object.keys(children[0] as object))))).toEqual(
        sorted(children),
      )
    },
  )
})

describe('the remedy writes what the loop wrote for', () => {
  const writes: Record<string, { child: string; each: unknown[][]; remedyValues: unknown[] }> = {
    'inserts one by one': {
      child: `insert into books (id, shop) values ($1, $2) returning id`,
      each: [
        [101, 'a'],
        [102, 'b'],
        [103, 'c'],
      ],
      remedyValues: [201, 'a', 202, 'b'],
    },
    'updates by key': {
      child: 'update books set shop = upper(shop) where id = $1 returning id',
      each: [[1], [2], [3]],
      remedyValues: [[4, 5, 6]],
    },
    'deletes by key': {
      child: 'delete from books where id = $1 returning id',
      each: [[7], [8], [9]],
      remedyValues: [[10, 11]],
    },
  }
  test.each(Object.entries(writes))('%s', async (_what, { child, each, remedyValues }) => {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'loop' })
    await trace.run(async () => {
      for (const values of each) await pool.query(child, values)
    })
    trace.end()
    await trace.settled()
    const [finding] = profiler.analyze(trace.finished ? [trace.finished] : []).findings
    const { rows } = await pool.query(finding?.fix ?? 'no remedy', remedyValues)
    const keys = remedyValues.flat().filter((value) => typeof value === 'number')
    expect(rows.map(({ id }) => id).sort()).toEqual(keys.sort())
  })
})

describe('a statement with its values as parameters can be prepared, or is not shown', () => {
  const TREE = `with recursive tree as (select id, 1 as level from authors where id = 5
    union all select b.id, tree.level + 1 from books b join tree on b.author_id = tree.id) select * from tree`
  test.each([
    `${TREE} where level < 4`,
    `select * from books where now() - interval '1 day' < now() and id = 3`,
    `select * from books where now() > now() - $1::interval`,
    `select * from books where current_date >= current_date - 7`,
    'select id, 1.5 * year as x, -1 as minus, 2 + 3 as five from books',
    'select * from books where shop = upper($1) and year > 2 * 3',
    `select sum(case when shop = 's1' then 1 else 0 end) from books`,
    'select generate_series(1, 10)',
    'select * from books where ($1::text is null or shop = $1)',
    `select jsonb_build_object('id', id, 'n', 1) from books`,
    `select coalesce(shop, 'none') as shop, lpad(shop, 10, '0') from books where id % 2 = 1`,
    `select case when year > 2000 then 1 else 0 end as flag from books where shop like '%a%' limit 5 offset 2`,
    'select exists (select 1 from books where id = 3)',
    'select row_number() over (order by id) + 10 as n from books where id in (1, 2, 3)',
  ])('%s', async (sql) => {
    const statement = runnable(fingerprint(sql).text)
    if (statement === undefined) return
    const client = await pool.connect()
    try {
      await client.query(`prepare shown as ${statement}`)
      await client.query('deallocate shown')
    } finally {
      client.release()
    }
  })

  test('most are shown', () => {
    expect(runnable('select id from books where author_id = ? and year > ? limit ?')).toBe(
      'select id from books where author_id = $1 and year > $2 limit $3',
    )
    expect(runnable(fingerprint(`${TREE} where level < 4`).text)).toBeUndefined()
  })
})

function pick(row: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, row[name]]))
}

function sorted(rows: readonly unknown[]): unknown[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}
