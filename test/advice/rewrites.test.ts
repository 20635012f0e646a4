// The statements that replace a loop, and the loops that no statement replaces. `test/remedies/` shows on a database that the
// rows are the same.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { LoopStatement } from '../../src/types/finding.ts'
import type { Query } from '../../src/types/query.ts'
import { from, q, trace } from '../trace-builder.ts'

const profiler = createProfiler({ enabled: true, console: 'off' })

function advice(queries: readonly Query[]): LoopStatement | undefined {
  return profiler
    .analyze([trace('GET /x', ...queries)])
    .findings.flatMap(({ statements = [] }) => statements)[0]
}

/** A loop whose values come from no query of the trace. */
function loop(
  sql: string,
  values: readonly (readonly unknown[])[] = [[1], [2], [3]],
): LoopStatement | undefined {
  return advice(values.map((params) => q(sql, params, { at: 'a.ts:2 list' })))
}

/** A loop over the rows of another query. */
function over(parent: string, sql: string): LoopStatement | undefined {
  const turns = [41, 52, 63].map((id) => q(sql, [id], { at: 'a.ts:2 list', ...from(0, 'id', 3) }))
  return advice([q(parent, [], { at: 'a.ts:1 list', rows: 3, columns: [{ name: 'id' }] }), ...turns])
}

describe('a loop of reads', () => {
  test('that reads what it writes itself is not replaced by one read', () => {
    const turn = (subject: string) => [
      q('select id from audits where subject = $1', [subject], { at: 'a.ts:2 note' }),
      q('insert into audits (subject) values ($1)', [subject], { at: 'a.ts:3 note' }),
    ]
    const found = advice(['a', 'b', 'c'].flatMap(turn))
    expect(found?.fix).toBeUndefined()
    expect(found?.remediation).toContain('The loop writes to what it reads')
  })

  test('that writes to another table is replaced by one read', () => {
    const turn = (subject: string) => [
      q('select id from subjects where name = $1', [subject], { at: 'a.ts:2 note' }),
      q('insert into audits (subject) values ($1)', [subject], { at: 'a.ts:3 note' }),
    ]
    expect(advice(['a', 'b', 'c'].flatMap(turn))?.fix).toContain('from subjects where name = any($1)')
  })

  test.each([
    ['select name from users where id = $1', 'select id, name from users where id = any($1)'],
    ['select name from users where id = $1::uuid', 'select id, name from users where id = any($1::uuid[])'],
    ['select * from users where "group" = $1', 'select * from users where "group" = any($1)'],
    [
      'select b.* from a join b on b.id = a.b_id where a.id = $1',
      'select a.id as key_id, b.* from a join b on b.id = a.b_id where a.id = any($1)',
    ],
    ['select a, b from t where c = $1 order by 1', 'select a, b, c from t where c = any($1) order by 1'],
    ['select count(*) from t where c = $1', 'select c, count(*) from t where c = any($1) group by c'],
    ['select distinct a from t where c = $1', 'select distinct c, a from t where c = any($1)'],
  ])('%s becomes %s', (sql, fix) => {
    expect(loop(sql)?.fix).toBe(fix)
  })

  test('with two keys becomes a list of pairs', () => {
    const pairs = loop('select n from t where ((a = $1) and (b = $2))', [
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    expect(pairs?.fix).toBe(
      'select a, b, n from t where ((a, b) in (($1, $2), ($3, $4))) -- and so on, a bracket for each row',
    )
  })

  test.each([
    'select a from t where c = $1 limit 3',
    'select a from t where c = $1 or d = 4',
    'select a from t where not c = $1',
    'select a from t where c < $1',
    'select a from t where lower(c) = $1',
    'select a from t where c::text = $1',
    'select a from t where c like $1',
    'select a, row_number() over (order by b) from t where c = $1',
    'select count(*) from t where c = $1 having count(*) < 5',
    'select distinct on (a) a, b from t where c = $1',
    'select a from t where c = $1 union select b from u',
    'select a from t left join u on u.id = $1',
    'select a from t where c = $1 for update',
    'select (select max(b) from u where u.c = $1) from t',
  ])('%s is described in words', (sql) => {
    expect(loop(sql)).toMatchObject({ remediation: expect.stringMatching(/^(?:Ask once|Lock all rows)/) })
    expect(loop(sql)).not.toHaveProperty('fix')
  })

  test('that aggregates gets the value for a key without rows', () => {
    expect(loop('select count(*), max(a) from t where c = $1')?.remediation).toContain('take 0, NULL for it')
    expect(loop('select coalesce(sum(a), 0) from t where c = $1')?.remediation).toContain(
      'take its default for it',
    )
  })

  test('that takes the first rows of each parent keeps parents without rows', () => {
    expect(over('select id from parents', 'select a from t where c = $1 order by a limit 2')?.fix).toBe(
      'select parent_row.id as parent_id, child_row.* from (select id from parents) as parent_row\n' +
        'left join lateral (select a from t where c = parent_row.id order by a limit $1) as child_row on true',
    )
  })

  test('that walks to the root becomes WITH RECURSIVE', () => {
    const steps = [7, 5, 3, 1].map((id, at) =>
      q('select id, parent_id from t where id = $1', [id], {
        at: 'a.ts:2 list',
        ...(at === 0 ? {} : from(at - 1, 'parent_id', 1)),
      }),
    )
    expect(advice(steps)?.fix).toMatch(/^with recursive walk as \(/)
    expect(advice(steps)?.fix).toContain('where id = walk.parent_id')
  })
})

describe('a loop of writes', () => {
  test('keeps DEFAULT, even when only one of two rows has it', () => {
    const rows = advice([
      q('insert into t (id, a) values (default, $1)', [1], { at: 'a.ts:2 list' }),
      q('insert into t (id, a) values (default, $1)', [2], { at: 'a.ts:2 list' }),
      q('insert into t (id, a) values ($1, $2)', [9, 3], { at: 'a.ts:2 list' }),
    ])
    expect(rows?.fix).toBe(
      'insert into t(id, a) values (default, $1), ($2, $3) -- and so on, a bracket for each row',
    )
  })

  test('that writes a key twice does not become one DO UPDATE', () => {
    const sql = 'insert into t (id, n) values ($1, $2) on conflict (id) do update set n = $2'
    expect(
      loop(sql, [
        [1, 4],
        [2, 5],
        [3, 6],
      ])?.fix,
    ).toContain('do update set n = excluded.n')
    expect(
      loop(sql, [
        [1, 4],
        [2, 5],
        [1, 6],
      ]),
    ).not.toHaveProperty('fix')
  })

  test('that adds to a column does not become one statement when a key comes twice', () => {
    const sql = 'update t set n = n + 1 where id = $1'
    expect(loop(sql)?.fix).toBe('update t set n = n + $1::int where id = any($2)')
    expect(loop(sql, [[1], [2], [1]])).not.toHaveProperty('fix')
  })

  test.each([
    'update t set id = id + 1 where id = $1',
    'update t set n = (select max(n) from t) where id = $1',
    'delete from t where id = $1 or parent = $1',
    'delete from t where id > $1',
    'insert into t (id, place) values ($1, (select count(*) from t))',
  ])('%s is described in words', (sql) => {
    expect(loop(sql)).toBeDefined()
    expect(loop(sql)).not.toHaveProperty('fix')
  })
})

test('a loop over a page gets no growth with the rows', () => {
  const costOf = (limit?: number) =>
    profiler.analyze([
      trace(
        'GET /x',
        q('select id from parents', [], {
          at: 'a.ts:1 list',
          rows: 3,
          columns: [{ name: 'id' }],
          ...(limit ? { limit } : {}),
        }),
        ...[41, 52, 63].map((id) =>
          q('select a from t where c = $1', [id], { at: 'a.ts:2 list', ...from(0, 'id', 3) }),
        ),
      ),
    ]).findings[0]?.cost
  expect(costOf()).toMatchObject({ perRow: true })
  expect(costOf(20)).not.toHaveProperty('perRow')
})
