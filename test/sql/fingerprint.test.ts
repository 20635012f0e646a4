// Tests pairs that look alike but differ, pairs that differ in spelling only, and the kinds of statements.

import { describe, expect, test } from 'vitest'
import { computeFingerprint } from '../../src/sql/fingerprint/fingerprint.ts'
import { fingerprint } from '../../src/sql/index.ts'

const different: readonly (readonly [string, string])[] = [
  ['select 1 from a left outer join b on true', 'select 1 from a join b on true'],
  ['select a.inner from a', 'select a.outer from a'],
  ['begin', 'begin transaction read only'],
  ['start transaction', 'begin transaction'],
  ['release savepoint', 'release savepoint a'],
  ['select "user" from t', 'select user from t'],
  ['select x::"char" from t', 'select x::char from t'],
  ['select "current_date"', 'select current_date'],
  ['select interval \'1\' "day"', "select interval '1' day"],
  ['select a from t order by (1)', 'select a from t order by (2)'],
  ['select distinct on (1) * from t', 'select distinct on (2) * from t'],
  ['select a from t group by rollup(1,2)', 'select a from t group by rollup(1,3)'],
  ['select a from t limit null', 'select a from t limit 10'],
  ['select a from t limit (null)', 'select a from t limit (10)'],
  ['select a from t limit null::int', 'select a from t limit 5::int'],
  ['select "coalesce"(a,b)', 'select coalesce(a,b)'],
  ['select a from t fetch first row only', 'select a from t fetch first 10 rows only'],
  ['select * from a1', 'select * from a2'],
  [
    'select * from "0e8c1b5a-93d4-4b7e-8f7b-1f2a9c3d4e5f"',
    'select * from "b7d0c9e1-2f3a-4c5d-9e8f-7a6b5c4d3e2f"',
  ],
  ['delete from a where x in (select 1, 1)', 'delete from a where x in (select 1)'],
  ['select 1 from t where a in (1,2)', 'select 1 from t where a in (x,2)'],
  ['select end - 1', 'select end + 1'],
  ["select a #- '{x}'", "select a # '{x}'"],
  ['select y-1', 'select y -1 as z'],
  ['select array[1,2]', 'select array[1],2'],
  ['select * from t where a = any(array[1])', 'select * from t where a = any($1)'],
  ['select f(a,a)', 'select f(a)'],
  ['select row(1,2)', 'select row(1)'],
  ['insert into t values (1,2)', 'insert into t values (1),(2)'],
  ['values (1),(2)', 'values (1,2)'],
  ['select * from t where (a,b) in ((1,2))', 'select * from t where a in (1,2)'],
  ["select '1'::int::text || x", 'select x'],
  ['select x::int', 'select x::text'],
  ['select case when a then 1 end', 'select case when a then 1 else 2 end'],
  ['select a as "A" from t', 'select a as a from t'],
  ['select 1 where x is true', 'select 1 where x is false'],
  ['select 1 where x is null', 'select 1 where x is true'],
  ['select * from t where x is not distinct from null', 'select * from t where x is distinct from null'],
  ['select * from t order by a desc', 'select * from t order by a'],
  ['select * from t order by a nulls first', 'select * from t order by a'],
  ['begin', 'commit'],
  ['rollback', 'rollback to savepoint s1'],
  ['savepoint s1', 'release savepoint s1'],
  ['savepoint before_a', 'savepoint before_b'],
  ['set role a', 'set session authorization a'],
  ['set x to default', 'set x to 1'],
  ["set time zone 'x'", 'set time zone default'],
  ['fetch 10 from c', 'fetch all from c'],
  ['fetch next from c1', 'fetch prior from c1'],
  ['close all', 'close c1'],
  ['select count(*) filter (where a > 1) from t', 'select count(*) from t'],
  ['select a from t for update', 'select a from t for update skip locked'],
  ['select a from only t', 'select a from t'],
  ['select t.* from t', 'select * from t'],
  ['select a."B" from a', 'select a.b from a'],
  ['insert into t default values', 'insert into t values (default)'],
  ['update t set a = default', 'update t set a = 1'],
  ['select a from t where b = \'x\' collate "C"', 'select a from t where b = \'x\' collate "de"'],
  ['select a from t where b operator(pg_catalog.=) 1', 'select a from t where b operator(pg_catalog.<>) 1'],
  ["select nextval('a')", "select currval('a')"],
  ["select * from t where a like 'x' escape '!'", "select * from t where a like 'x'"],
  ['select extract(year from a)', 'select extract(day from a)'],
  ["select a at time zone 'utc' from t", 'select a from t'],
  ['select a from t tablesample system (10)', 'select a from t tablesample bernoulli (10)'],
  [
    'select sum(a) over (order by b rows 1 preceding) from t',
    'select sum(a) over (order by b rows 1 following) from t',
  ],
  [
    'select sum(a) over (order by b rows 1 preceding) from t',
    'select sum(a) over (order by b range 1 preceding) from t',
  ],
  ['select a[1] from t', 'select a[1:2] from t'],
  ['select -a from t', 'select a from t'],
  ['select - $1', 'select $1'],
  ['select @ -1', 'select 1'],
  ['select ~1', 'select 1'],
  ['select !!1', 'select 1'],
  ['select x from t where a = 1 or b = 2', 'select x from t where a = 1 and b = 2'],
  ["select json '1' -> 'a'", "select json '1' ->> 'a'"],
  ['create table a1 (x int)', 'create table a2 (x int)'],
  ['execute s1', 'execute s2'],
  ['listen a1', 'listen a2'],
  ['copy t from stdin', 'copy t to stdout'],
  ['call a(1)', 'select a(1)'],
  ['lock table a1', 'lock table a2'],
  ['select a from t where (b, c) = (1, 2)', 'select a from t where (b, c) in ((1, 2))'],
  ['select a from t where b in (1) and c = 2', 'select a from t where b = 1 and c = 2'],
  ['select a from t order by a, 1', 'select a from t order by a, 2'],
  ['select a from t union select b from u order by 1', 'select a from t union select b from u order by 2'],
  ['select a from t group by (1), 2', 'select a from t group by (2), 2'],
  [
    'select a, b from t group by grouping sets ((1),(2))',
    'select a, b from t group by grouping sets ((1),(1))',
  ],
  ['select "a\nb" from t', 'select "a b" from t'],
  ['select a from t; delete from t', 'select a from t'],
  ['select $$a$$, b', 'select $$a$$'],
  ["select 'a' 'b'", "select 'a', 'b'"],
  ["select * from t where b = 'x' -- and c = 1\n", "select * from t where b = 'x' and c = 1"],
  [
    'merge into a using b on a.x=b.x when matched then delete',
    'merge into a using b on a.x=b.x when not matched then do nothing',
  ],
  [
    'select * from t1 "0e8c1b5a93d44b7e8f7b1f2a9c3d4e5f" join t2 "b7d0c9e12f3a4c5d9e8f7a6b5c4d3e2f" on "0e8c1b5a93d44b7e8f7b1f2a9c3d4e5f".a="b7d0c9e12f3a4c5d9e8f7a6b5c4d3e2f".a where "0e8c1b5a93d44b7e8f7b1f2a9c3d4e5f".x=1',
    'select * from t1 "0e8c1b5a93d44b7e8f7b1f2a9c3d4e5f" join t2 "b7d0c9e12f3a4c5d9e8f7a6b5c4d3e2f" on "0e8c1b5a93d44b7e8f7b1f2a9c3d4e5f".a="b7d0c9e12f3a4c5d9e8f7a6b5c4d3e2f".a where "b7d0c9e12f3a4c5d9e8f7a6b5c4d3e2f".x=1',
  ],
  ['select a from t where x in (1,2) limit 1', 'select a from t where x in (1,2) offset 1'],
  ['select 1 from "T"', 'select 1 from "t"'],
  ['select a from t where b between 1 and 2', 'select a from t where b between symmetric 1 and 2'],
  ['select between - 1', 'select between + 1'],
  ['select set - 1 from t', 'select set + 1 from t'],
  ['select by - 1 from t', 'select by + 1 from t'],
  ["select a from t where b=any('{}') ", "select a from t where b=some('{}')"],
  ['select a from t order by set, 1', 'select a from t order by set, 2'],
  ['select a from t order by a is distinct from b, 1', 'select a from t order by a is distinct from b, 2'],
  ['select a from t order by values, 1', 'select a from t order by values, 2'],
  ['select cast(a as int) from t', 'select cast(a as text) from t'],
  ["select date '2020-01-01' from t", 'select date from t'],
  ['select text from t', "select 'x' from t"],
  ["select 'x' text", "select 'x'"],
  ['select a text from t', 'select a from t'],
  ["select varchar 'x' x", "select 'x'"],
  ["select * from json_to_recordset('x') as t(a int)", "select * from json_to_recordset('x') as t(a text)"],
  ['select x from a where b = true', 'select x from a where b is true'],
  ['select x from a where not true', 'select x from a where true'],
  ['select x from a join b on true', 'select x from a join b on false'],
  ['select values from t', 'select value from t'],
  ["select a ? 'b' from t", "select a ?| 'b' from t"],
  ['select a.b.c', 'select a.b'],
  ['select x from t where a = ALL(array[1,2])', 'select x from t where a = any(array[1,2])'],
  ['select - - 1', 'select 1'],
  ['select 1 - -1', 'select 1 - - a'],
  ['select 5 -1', 'select 5, -1'],
  ["select '5' -1", "select '5' + 1"],
  ['select $1 -1', 'select $1'],
  ['select (1) -1', 'select (1)'],
  ['select a[1] -1', 'select a[1]'],
]

const same: readonly (readonly [string, string])[] = [
  ['select 1 from a inner join b on true', 'select 1 from a join b on true'],
  ['select 1 from a left outer join b on true', 'select 1 from a left join b on true'],
  ['begin work', 'BEGIN TRANSACTION'],
  ['commit transaction', 'commit'],
  ['release sp1', 'release savepoint sp2'],
  ['rollback to sp1', 'ROLLBACK TRANSACTION TO SAVEPOINT sp2'],
  ['select "name" from t', 'select name from t'],
  ['select t."order" from t', 'select t.order from t'],
  ['SELECT a FROM t WHERE b IN(1)', 'select a from t where b in (1, 2)'],
  ['release savepoint sp1', 'RELEASE SAVEPOINT sp2'],
  ['rollback to savepoint sp1', 'rollback to savepoint sp2'],
  ['declare c_1 cursor for select 1', 'declare c_2 cursor for select 2'],
  ["select date '2020-01-01'", "select '2020-01-01'::date"],
  ['select cast($1 as int)', 'select $1'],
  ["select timestamp with time zone '2020'", 'select $1'],
  ['insert into t values (null)', 'insert into t values ($1)'],
  ['select * from t where b between -1 and -2', 'select * from t where b between 1 and 2'],
  ['select 1 limit -1', 'select 1 limit 1'],
  ["set x = 'a', 'b'", 'set x to c'],
  ['select x from t where a<-1', 'select x from t where a < 1'],
  ['select a from t where b = $1::numeric(10,2)', 'select a from t where b = 5'],
  ['select a from t where x in ($1::int,$2::int)', 'select a from t where x in (5)'],
  ['select count (*) from t', 'select count(*) from t'],
  ['select a from t offset 5 rows', 'select a from t offset 7'],
  ['select a from t where b=$1 and c=$2', 'select a from t where b=$2 and c=$1'],
  ['update t set (a,b) = (1,2)', 'update t set (a,b) = (3,4)'],
  ["select 'a' || E'\\n' || $q$b$q$", 'select $1||$2||$3'],
  ['values (1,2),(3,4)', 'values (1,2)'],
  ['select array[[1,2],[3,4]]', 'select array[[1,2]]'],
  ["select a from t where b = U&'x'", "select a from t where b = 'x'"],
  ['select x from t where y <> all(array[1])', 'select x from t where y <> all(array[1,2])'],
]

const kinds: Readonly<Record<string, string>> = {
  'with x as (insert into t values (1) returning *) select * from x': 'insert',
  'with x as materialized (delete from t returning *) select * from x': 'delete',
  'with x as (select 1) insert into t select * from x': 'insert',
  'with recursive x(a) as (select 1 union all select 2) select * from x': 'select',
  'with x as (select 1) update t set a=1': 'update',
  'with a as (delete from t returning *), b as (select 1) insert into u select * from a': 'insert',
  '(select 1) union (select 2)': 'select',
  'table t': 'select',
  'values (1)': 'select',
  "select set_config('a','b',true)": 'set',
  "select set_config('a','b',true), set_config('c','d',true)": 'set',
  'start transaction': 'transaction',
  end: 'transaction',
  abort: 'transaction',
  "prepare transaction 'x'": 'transaction',
  "commit prepared 'x'": 'transaction',
  'explain select 1': 'other',
  'declare c cursor for select 1': 'cursor',
  'fetch 1 from c': 'cursor',
  'close c': 'cursor',
  'truncate t': 'ddl',
  'create table x()': 'ddl',
  'create table x as select 1': 'ddl',
  'copy t from stdin': 'copy',
  'merge into t using s on true when matched then delete': 'merge',
  'reset all': 'set',
  'discard all': 'other',
  '/* x */ select 1': 'select',
  '': 'other',
  'with x as (select 1) select * from x': 'select',
  'with x as (select 1 for update) select * from x': 'select',
  'with t as (select 1) merge into a using t on true when matched then delete': 'merge',
  'with x as (update t set a = 1 returning *), y as (select 1) (select * from x)': 'update',
  'set local x = 1': 'set',
  'set transaction isolation level serializable': 'set',
  'select a from t for update': 'select',
  'do $$x$$': 'other',
  'insert into t select 1': 'insert',
  'with x as (values (1)) select * from x': 'select',
  'with x as (select 1) delete from t': 'delete',
  'with x as (select 1) table x': 'select',
  'with x as (select 1) values (1)': 'select',
  'savepoint a': 'transaction',
  'call x()': 'other',
  'with "x y" as not materialized (insert into t values(1)) select 1': 'insert',
}

describe('fingerprints', () => {
  test.each(different)('keep apart %s and %s', (one, other) => {
    expect(fingerprint(one).key, fingerprint(one).text).not.toBe(fingerprint(other).key)
  })

  test.each(same)('merge %s and %s', (one, other) => {
    expect(fingerprint(one).text).toBe(fingerprint(other).text)
  })

  test.each(Object.entries(kinds))('say what %s does: %s', (sql, kind) => {
    expect(fingerprint(sql).kind).toBe(kind)
  })

  test('read like SQL', () => {
    expect(
      fingerprint('SELECT count(*), "u"."name" FROM "users" AS u WHERE u.id IN (1,2) AND NOT x LIMIT 5').text,
    ).toBe('select count(*), u.name from users as u where u.id in (?) and not x limit ?')
  })

  test('contain no data, not even that of a setting or of broken SQL', () => {
    for (const sql of [
      "set app.tenant to secret, 'secret'",
      "select 'secret",
      'select $$secret',
      "select E'a\\'secret' , 'x",
      "values (x'5ec', 'secret')",
      '/* secret */ select 1 -- secret',
    ])
      expect(fingerprint(sql).text).not.toContain('secret')
  })

  test('do not throw for a value that is not a text', () => {
    for (const value of [undefined, null, 5, {}, Symbol('x')])
      expect(fingerprint(value as unknown as string)).toMatchObject({ text: '', kind: 'other' })
  })

  test('are the same object for the same text, and equal when computed again', () => {
    const sql = 'select * from cached where id = $1'
    expect(fingerprint(sql)).toBe(fingerprint(sql))
    expect(computeFingerprint(sql)).toEqual(fingerprint(sql))
  })

  test('do not depend on what was fingerprinted before', () => {
    const sql = 'select a, b from t where c in (1, 2)'
    const alone = computeFingerprint(sql)
    computeFingerprint(`select ${'x, '.repeat(200_000)}y from t; savepoint a1`)
    expect(computeFingerprint(sql)).toEqual(alone)
  })
})

describe('random aliases', () => {
  const one = '0e8c1b5a-93d4-4b7e-8f7b-1f2a9c3d4e5f'
  const other = 'b7d0c9e1-2f3a-4c5d-9e8f-7a6b5c4d3e2f'

  test('are numbered by first appearance', () => {
    expect(fingerprint(`select "${one}".id from posts "${one}" join t "x_${other}" on true`).text).toBe(
      'select "~1".id from posts "~1" join t "x_~2" on true',
    )
  })

  test('in another order make another statement', () => {
    const sql = (a: string, b: string) => `select 1 from t "${one}" join t "${other}" on "${a}".x = "${b}".y`
    expect(fingerprint(sql(one, other)).key).not.toBe(fingerprint(sql(other, one)).key)
  })

  test('are distinguished from tables and columns, which are kept', () => {
    for (const sql of [
      `select * from "${one}"`,
      `select "${one}" from t`,
      `insert into "${one}" values (1)`,
      `select * from t join "${one}" on true`,
      `select t."${one}" from t`,
      `select cast(a as "${one}") from t`,
      `select * from t, "${one}"`,
    ])
      expect(fingerprint(sql).text).toContain(one)
  })

  test('do not include readable names', () => {
    const sql = 'select a.id from orders_of_the_year_2024_and_2025 as customer_order_summary_2024q1'
    expect(fingerprint(sql).text).toBe(sql)
  })
})
