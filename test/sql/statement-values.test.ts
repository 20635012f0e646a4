import { describe, expect, test } from 'vitest'
import { fingerprint, statementValues } from '../../src/sql/index.ts'

describe('the values of a statement', () => {
  test('are parameters and literals alike, in the order of the text', () => {
    expect(statementValues("select * from t where a = 42 and b = $1 and c = 'it''s'", ['x'])).toEqual([
      '42',
      'x',
      "it's",
    ])
  })

  test('follow the text, not the numbers of the parameters', () => {
    expect(statementValues('update t set a = $2 where id = $1', [1, 2])).toEqual([2, 1])
  })

  test('are a list for a collapsed list of any length', () => {
    expect(statementValues('select 1 from t where id in ($1)', [7])).toEqual(['1', [7]])
    expect(statementValues("select 1 from t where id in ($1, 8, '9')", [7])).toEqual(['1', [7, '8', '9']])
    expect(statementValues('select * from t where (a, b) in (($1, $2), ($3, $4))', [1, 2, 3, 4])).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  test('are lists by column for several rows, and single values for one row', () => {
    expect(statementValues('insert into t values ($1, $2)', [1, 'a'])).toEqual([1, 'a'])
    expect(statementValues('insert into t values ($1, $2), ($3, default)', [1, 'a', 2])).toEqual([
      [1, 2],
      ['a', undefined],
    ])
    expect(statementValues('insert into t values ($1, array[1,2]), ($2, array[-3])', ['x', 'y'])).toEqual([
      ['x', 'y'],
      ['1', '2', '-3'],
    ])
  })

  test('keep an array parameter as it is', () => {
    expect(statementValues('select * from t where id = any($1::int[])', [[1, 2]])).toEqual([[1, 2]])
  })

  test('read every kind of literal', () => {
    expect(
      statementValues(String.raw`select E'a\tb\x41A', $x$it's$x$, U&'d\0061t', 'a'
      'b', 0x1F, 1_000, -1.5, - 2, true, NULL, N'n', X'1F'`),
    ).toEqual(['a\tbAA', "it's", 'dat', 'ab', '31', '1000', '-1.5', '-2', true, null, 'n', 'x1F'])
  })

  test('leave out positions, and casts with their arguments', () => {
    expect(
      statementValues('select cast($1 as numeric(10,2)), $2::varchar(3) from t order by 1', [1, 2]),
    ).toEqual([1, 2])
  })

  test('have one entry for each ? of the text', () => {
    for (const sql of [
      'select * from t where a in (1, x, 2) and b in (lower($1), lower($2)) limit 3',
      "set local app.tenant to a, 'b'",
      'select data ? $1 from t',
      'fetch first 3 rows only',
      'values (1, 2), (3, f(4)), (5, f(6))',
      'select cast(cast($1 as numeric(3,1)) as text)::varchar(3)',
    ]) {
      const operators = (sql.match(/data \?/g) ?? []).length
      const marks = (fingerprint(sql).text.match(/\?/g) ?? []).length - operators
      expect(statementValues(sql, [1, 2]), sql).toHaveLength(marks)
    }
  })

  test('are undefined where a parameter was not passed', () => {
    expect(statementValues('select $1, $3', [5])).toEqual([5, undefined])
  })

  test('do not throw for text that is not SQL', () => {
    expect(statementValues("select 'abc")).toEqual(['abc'])
    expect(statementValues(undefined as unknown as string)).toEqual([])
  })
})
