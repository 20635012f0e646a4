// Sends the labelled statements that have a schema (bounded_cases.json) in loops over their parameters. The remedy has for each
// turn the rows that the turn got, with NULLs, values that come twice, and keys without rows. The other corpora have no
// schema, so the results of their statements are unknown and their remedies cannot run.
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recordRun, type Sent } from './recorded-run.ts'
import { runRemedies } from './run-remedies.ts'

interface Case {
  id: string
  sql: string
  params: unknown[]
}

const corpus: { schema_sql: string; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../corpus/bounded_cases.json', import.meta.url), 'utf8'),
)
const database = await testDatabase()
const bare = new pg.Client(database.config)
const [withCatalog, withoutCatalog] = [profiled(true), profiled(false)]

function profiled(catalog: boolean) {
  const profiler = createProfiler({ enabled: true, console: 'off', capture: 'full', catalog })
  return { profiler, pool: profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler) }
}

beforeAll(async () => {
  await bare.connect()
  await bare.query(corpus.schema_sql)
  await bare.query(`
    insert into users select i, 'e' || i, 1 + i % 4, case when i % 3 > 0 then 'a' end, case when i % 5 > 0 then 's' || i % 3 end,
      case when i % 4 > 0 then (i + 1) / 2 end, (array['a', 'b', 'c', null])[1 + i % 4]::mood, null from generate_series(1, 30) i;
    insert into posts select i, 1 + i % 9, 's' || i / 9, case when i % 4 > 0 then 'title ' || i % 5 end, i % 2 = 0, nullif(i % 7, 0)
      from generate_series(1, 60) i;
    insert into docs select i, case when i % 5 > 0 then array[i, null, i % 3] end, '{}' from generate_series(1, 12) i;
    insert into comments select i, 1 + i % 6, 1 + i % 5, null from generate_series(1, 40) i;
    insert into memberships select 1 + i % 3, i, case when i % 2 = 0 then 'owner' end from generate_series(1, 20) i;
    insert into profiles select i, 'bio' || i % 3 from generate_series(1, 20) i;
    insert into settings values ('bio1', 'x'), ('bio2', null);
    insert into jobs select i, 'a' from generate_series(1, 5) i;
    insert into coupons select i, 'c' || i from generate_series(1, 3) i;
    insert into coupons select i from generate_series(4, 6) i;
    insert into coupons2 values (1, 'c1'), (2, null);
    insert into sessions select i, nullif(i % 4, 0), i < 4 from generate_series(1, 15) i;
    insert into accounts select i, 'E' || i from generate_series(1, 10) i;
    insert into parent select i, 'p' from generate_series(1, 5) i;
    insert into child select i, 'c' from generate_series(3, 8) i;
    insert into part select i, 'v' from generate_series(1, 5) i;
    insert into deferred_u select i, 'v' from generate_series(1, 5) i;
    analyze`)
})
afterAll(() => Promise.all([withCatalog, withoutCatalog].map(({ pool }) => pool.end()).concat(bare.end())))

/** Rows whose columns hold the values of the loops. Some values come twice, are NULL, or are in no other table. */
const PARENT: Sent = {
  sql: 'select id, email, manager_id, id + 20 as beyond from users order by id desc limit 12',
  params: [],
}

const loops = corpus.cases.flatMap(({ id, sql, params }) =>
  params.flatMap((value, at) =>
    typeof value === 'object' || !sql.includes(`$${at + 1}`)
      ? []
      : ['', ' limit 1'].flatMap((tail) =>
          tail !== '' && /\b(limit|returning)\b/i.test(sql) ? [] : [{ id, sql: sql + tail, params, at }],
        ),
  ),
)

const kinds = new Set<string>()

test.each(loops.map((loop) => [loop.id, loop.at + 1, loop.sql, loop] as const))(
  '%s, over $%i: %s',
  async (_id, _number, sql, { params, at }) => {
    const { profiler, pool } = withCatalog
    const turn = (value: unknown): Sent => ({ sql, params: params.with(at, value) })
    const isText = typeof params[at] === 'string'
    const given = isText ? ['e1', 's2', 'e2', 's2', 'E3', 'none', null] : [3, 1, 2, 2, 30, 7, null, 0]
    const found = [await recordRun(profiler, pool, undefined, () => given.map(turn))]
    for (const column of isText ? ['email'] : ['id', 'manager_id', 'beyond'])
      found.push(await recordRun(profiler, pool, PARENT, (rows) => rows.map((row) => turn(row[column]))))
    const remedies = found.flatMap((run) => (run?.statement?.fix === undefined ? [] : [run.loop]))
    for (const { loop, differences, failure } of await runRemedies(remedies, [bare])) {
      const { fix } = loop
      kinds.add(/parent_row|group by/.exec(fix)?.[0] ?? 'any')
      expect({ fix, differences, failure }).toEqual({ fix, differences: [], failure: undefined })
    }
  },
)

test('remedies of each kind were run', () => {
  expect([...kinds].sort()).toEqual(['any', 'group by', 'parent_row'])
})

describe('a loop with LIMIT 1', () => {
  const remedy = async (one: typeof withCatalog, sql: string, params: readonly unknown[] = []) => {
    const found = await recordRun(one.profiler, one.pool, undefined, () =>
      [3, 1, 2, 2, 30, 99].map((id) => ({ sql, params: [id, ...params] })),
    )
    return found?.statement?.fix
  }

  test.each([
    ['a literal', 'select id, name from users where id = $1 limit 1', []],
    ['a parameter', 'select id, name from users where id = $1 limit $2', [1]],
  ])('is one query without it where the catalog shows that its key is unique: %s', async (_, sql, params) => {
    expect(await remedy(withCatalog, sql, params)).toBe('select id, name from users where id = any($1)')
  })

  test('stays a query for each value when the key is not unique', async () => {
    expect(await remedy(withCatalog, 'select id, slug from posts where user_id = $1 limit 1')).toBeUndefined()
  })

  test('stays a query for each value without a catalog', async () => {
    expect(await remedy(withoutCatalog, 'select id, name from users where id = $1 limit 1')).toBeUndefined()
  })
})
