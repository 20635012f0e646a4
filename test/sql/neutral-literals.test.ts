// Tests that a statement without its values is still SQL, has the same fingerprint, and contains none of the values.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from '../../src/sql/fingerprint/fingerprint.ts'
import { neutralLiterals } from '../../src/sql/fingerprint/neutral-literals.ts'

test.each([
  ["select * from t where name = 'Ann' and age > 42", "select * from t where name = '' and age > 0"],
  ['select 1.5, -2, 0x1F, 1e9', 'select 0.0, -0, 0, 0.0'],
  [
    "select E'it''s\\'', $tag$ body $tag$, U&'d\\0061t', N'x', B'101', x'1F'",
    "select '', '', '', '', B'', x''",
  ],
  ["insert into t values ('a', 1), ('b', 2)", "insert into t values ('', 0), ('', 0)"],
  ['select true, false, null from t where a is null', 'select true, false, null from t where a is null'],
  ['select * from t limit 10 offset 20', 'select * from t limit 10 offset 20'],
  [
    'select * from t offset (5) rows fetch first 7 rows only',
    'select * from t offset (5) rows fetch first 7 rows only',
  ],
  ['select a, 7 from t order by 2, 1 desc', 'select a, 0 from t order by 2, 1 desc'],
  ['select a from t order by 2 + 3, 1.5, a', 'select a from t order by 0 + 0, 0.0, a'],
  ['select * from t where id = $1 and tag ? $2', 'select * from t where id = $1 and tag ? $2'],
  ["select '4' /* of ann@example.org */ from t -- 77", "select '' from t"],
  ["set application_name to 'ann'; select 5", "set application_name to ''; select 0"],
  ['set search_path = tenant_5, public', "set search_path = ''"],
  ['set local role ann', "set local role ''"],
  ['set timezone to default', 'set timezone to default'],
  ["update t set a = 'x', b = 3", "update t set a = '', b = 0"],
  ['savepoint before_insert', 'savepoint before_insert'],
  ['rollback to savepoint "ann@example.org"', 'rollback to savepoint "~"'],
  ['savepoint sp_17; select 1; release sp_17', 'savepoint "~"; select 0; release "~"'],
  [
    'declare c_17 cursor for select 1; fetch 5 from c_17',
    'declare "~" cursor for select 0; fetch 0 from "~"',
  ],
  ['update t set a = 1 where current of c_17', 'update t set a = 0 where current of "~"'],
  ['listen jobs', 'listen jobs'],
  ['listen "user_4711"', 'listen "~"'],
  ["notify user_4711, 'hello'", 'notify "~", \'\''],
  ['execute find_by_name(5)', 'execute find_by_name(0)'],
  ['execute "of ann@example.org"', 'execute "~"'],
  ['select a as "total (EUR)", b as sha256 from t', 'select a as "total (EUR)", b as sha256 from t'],
  [
    'select count(*) as "ann@example.org", sum(x) as "2026-11" from t order by "ann@example.org"',
    'select count(*) as "~1", sum(x) as "~2" from t order by "~1"',
  ],
  ['select p."4711" from (select 1 as "4711") p', 'select p. "~1" from (select 0 as "~1") p'],
  ['select "orders_4711".id from "orders_4711"', 'select "orders_4711".id from "orders_4711"'],
  ["select 'broken", "select ''"],
  ['', ''],
])('%s', (sql, neutral) => {
  expect(neutralLiterals(sql)).toBe(neutral)
  expect(fingerprint(neutral).key).toBe(fingerprint(sql).key)
})

test.each([
  "select 'a'\n$$b$$",
  "select 'a'$$b$$",
  "select 'a' /* */ \n 'b'",
  'select 1xff, 2b1',
  'select 1.5.3, 1..2, $.5',
  "select u&$$x$$, u&'x'",
  "select date'2024-01-01', x from t where a='b'",
])('tokens without space between them stay separate: %j', (sql) => {
  const neutral = neutralLiterals(sql)
  expect(fingerprint(neutral).key).toBe(fingerprint(sql).key)
  expect(neutralLiterals(neutral)).toBe(neutral)
})

const corpus = new URL('../corpus/fingerprint_pairs.json', import.meta.url)
const statements: string[] = JSON.parse(readFileSync(corpus, 'utf8')).flatMap(
  ({ a, b }: { a: string; b: string }) => [a, b],
)

test('every statement of the corpus keeps its fingerprint', () => {
  const moved = statements.filter((sql) => fingerprint(neutralLiterals(sql)).key !== fingerprint(sql).key)
  expect(moved).toEqual([])
})

test('no content of a literal is left', () => {
  const secret = 'Zq7secret7qZ'
  const literal = fc.constantFrom(
    `'${secret}'`,
    `E'\\'${secret}'`,
    `$$${secret}$$`,
    `$a$ '${secret}' $a$`,
    `'it''s ${secret}'`,
    `U&'${secret}'`,
    `-- ${secret}\n`,
    `/* ${secret} /* ' */ */`,
    `'${secret}' \n '${secret}'`,
  )
  const piece = fc.oneof(
    literal,
    fc.constantFrom('select', 'from t', 'where', '=', '(', ')', ',', '::text', '1', '$1', '"q"', '\n', '||'),
  )
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom('', ' '), (pieces, gap) => {
      expect(neutralLiterals(pieces.join(gap || ' '))).not.toContain(secret)
    }),
  )
})
