import { beforeAll, describe, expect, test } from 'vitest'
import { type AnalyzedStatement, analyzeStatement, loadParser, parserCounts } from '../../src/sql/index.ts'

test('before the parser is loaded, a statement is reported as not analysed, and later it can be', async () => {
  expect(analyzeStatement('select 1 as before_loading')).toEqual({
    analyzed: false,
    reason: 'parser-not-loaded',
  })
  expect(await loadParser()).toBe(true)
  expect(analyzeStatement('select 1 as before_loading').analyzed).toBe(true)
})

describe('with the parser loaded', () => {
  beforeAll(() => loadParser())

  function analyze(sql: string): AnalyzedStatement {
    const analysis = analyzeStatement(sql)
    if (!analysis.analyzed) throw new Error(`${analysis.reason}: ${sql}`)
    return analysis
  }

  test('tables have their aliases, and WITH queries are not tables', () => {
    const { tables } = analyze('with x as (select 1 from a) select * from app.users u join x on true')
    expect(tables.map(({ kind, schema, name, alias }) => [kind, schema, name, alias])).toEqual([
      ['table', undefined, 'a', 'a'],
      ['table', 'app', 'users', 'u'],
      ['with', undefined, 'x', 'x'],
    ])
  })

  test('the select list tells columns, stars, aggregates and the rest apart', () => {
    const { queries } = analyze('select u.id, u.*, count(*) as n, 1, lower(u.name) from users u')
    expect(queries[0]?.outputs).toEqual([
      { kind: 'column', column: 'id', table: 0 },
      { kind: 'star', table: 0 },
      { kind: 'aggregate', name: 'n' },
      { kind: 'constant' },
      { kind: 'expression' },
    ])
  })

  test('predicates contain column, operator and value, the column first', () => {
    const { predicates } = analyze('select 1 from t where t.id = $2 and 5 < t.n and t.name like $1')
    expect(predicates.map(({ left, operator, right }) => [left, operator, right])).toEqual([
      [{ kind: 'column', column: 'id', qualifier: 't', table: 0 }, '=', { kind: 'parameter', number: 2 }],
      [{ kind: 'column', column: 'n', qualifier: 't', table: 0 }, '>', { kind: 'constant', value: 5 }],
      [
        { kind: 'column', column: 'name', qualifier: 't', table: 0 },
        'like',
        { kind: 'parameter', number: 1 },
      ],
    ])
  })

  test('only conditions under AND are conjuncts, and NOT is kept', () => {
    const { predicates } = analyze('select 1 from t where a = 1 and (b = 2 or c = 3) and not d = 4')
    expect(predicates.map(({ conjunct, negated }) => [conjunct, negated])).toEqual([
      [true, false],
      [false, false],
      [false, false],
      [false, true],
    ])
  })

  test('an unqualified column has no table when two tables could have it', () => {
    const [predicate] = analyze('select 1 from a, b where x = 1').predicates
    expect(predicate?.left).toEqual({ kind: 'column', column: 'x' })
    expect(analyze('select 1 from a where x = 1').predicates[0]?.left).toEqual({
      kind: 'column',
      column: 'x',
      table: 0,
    })
  })

  test('LIMIT and OFFSET are values or parameters, and LIMIT ALL is no limit', () => {
    expect(analyze('select 1 from t limit 10 offset $1').queries[0]).toMatchObject({
      limit: { kind: 'constant', value: 10 },
      offset: { kind: 'parameter', number: 1 },
    })
    expect(analyze('select 1 from t limit 0').queries[0]?.limit).toEqual({ kind: 'constant', value: 0 })
    expect(analyze('select 1 from t limit all').queries[0]).not.toHaveProperty('limit')
    expect(analyze('select 1 from t').queries[0]).not.toHaveProperty('limit')
  })

  test('order, groups, DISTINCT, locks and set operations are read', () => {
    const { queries } = analyze('select distinct a from t group by a order by a desc for update skip locked')
    expect(queries[0]).toMatchObject({
      distinct: true,
      grouped: true,
      groupBy: [{ kind: 'column', column: 'a' }],
      orderBy: [{ by: { kind: 'column', column: 'a' }, descending: true }],
      locks: [{ strength: 'update', wait: 'skip locked' }],
    })
    expect(analyze('select 1 union all select 2').queries[0]?.setOperation).toBe('union all')
    expect(analyze('select a from t').queries[0]).toMatchObject({
      distinct: false,
      grouped: false,
      locks: [],
    })
  })

  test('joins have their kind and the tables of both sides', () => {
    const { joins } = analyze(
      'select 1 from a join b using (id) left join lateral (select 1 from c) c on true cross join d',
    )
    expect(joins.map(({ kind, lateral, using, left, right }) => [kind, lateral, using, left, right])).toEqual(
      [
        ['inner', false, ['id'], [0], [1]],
        ['left', true, [], [0, 1], [3]],
        ['cross', false, [], [0, 1, 3], [4]],
      ],
    )
  })

  test('an insert of several rows has their number and the action on conflict', () => {
    const { writes } = analyze('insert into t (a, b) values ($1, 2), (3, $2) on conflict do nothing')
    expect(writes).toEqual([
      {
        kind: 'insert',
        query: 0,
        table: 0,
        columns: ['a', 'b'],
        values: [],
        rows: 2,
        source: 'values',
        onConflict: 'nothing',
        returning: false,
      },
    ])
  })

  test('an update has the values of its columns', () => {
    expect(analyze('update t set a = $1, b = b + 1 where id = $2 returning a').writes[0]).toMatchObject({
      kind: 'update',
      columns: ['a', 'b'],
      values: [{ kind: 'parameter', number: 1 }, { kind: 'other' }],
      returning: true,
    })
  })

  test('calls are marked when they aggregate, use a window, or return sets', () => {
    const { calls } = analyze('select sum(a), count(*) over (), generate_series(1, 2), lower(b) from f(1) t')
    expect(calls.map(({ name, kind }) => [name, kind])).toEqual([
      ['f', 'set'],
      ['sum', 'aggregate'],
      ['count', 'window'],
      ['generate_series', 'set'],
      ['lower', 'function'],
    ])
  })

  test('a query inside an expression is a level of its own', () => {
    const { queries, predicates } = analyze('select 1 from a where exists (select 1 from b where b.x = a.id)')
    expect(queries.map(({ role, parent }) => [role, parent])).toEqual([
      ['statement', undefined],
      ['expression', 0],
    ])
    expect(predicates.find(({ operator }) => operator === '=')?.right).toMatchObject({ table: 0 })
  })

  test('a text that the parser rejects is reported and counted once', () => {
    const before = parserCounts().failed
    expect(analyzeStatement('selec 1')).toEqual({ analyzed: false, reason: 'syntax-error' })
    expect(analyzeStatement('selec 1')).toEqual({ analyzed: false, reason: 'syntax-error' })
    expect(analyzeStatement("select 'abc")).toEqual({ analyzed: false, reason: 'syntax-error' })
    expect(analyzeStatement('select 1 \0 from t')).toEqual({ analyzed: false, reason: 'syntax-error' })
    expect(analyzeStatement(`select ${'1, '.repeat(50_000)}1`)).toEqual({
      analyzed: false,
      reason: 'too-long',
    })
    const after = parserCounts().failed
    expect(after['syntax-error'] - before['syntax-error']).toBe(3)
    expect(after['too-long'] - before['too-long']).toBe(1)
  })

  test('deep statements are analysed or rejected, and never throw', () => {
    for (const depth of [10, 100, 1_000, 5_000]) {
      const sql = `select ${'('.repeat(depth)}1${')'.repeat(depth)}`
      expect(typeof analyzeStatement(sql).analyzed, `${depth}`).toBe('boolean')
    }
    expect(typeof analyzeStatement(`select 1${' + 1'.repeat(20_000)}`).analyzed).toBe('boolean')
    expect(analyzeStatement('select 1 as afterwards').analyzed).toBe(true)
  })
})
