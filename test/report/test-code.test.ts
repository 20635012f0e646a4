// Queries that a test sends itself are not reported; queries of the application are, when a test calls it.
import { describe, expect, test } from 'vitest'
import { checkOptions } from '../../src/profiler/options.ts'
import { analyzeTrace } from '../../src/report/analyze-trace.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const { detectors } = checkOptions({})
const IDS = [4101, 4102, 4103, 4104, 4105, 4106, 4107, 4108, 4109, 4110, 4111, 4112]
const FILE = 'test/orders.test.ts'
/** The function of a test, which has no name. */
const line = (number: number, column = 5) => `${FILE}:${number}:${column}`

const parent = (...at: string[]) => q('select id, author_id from books limit 50', [], { at, rows: 12 })
const children = (...at: string[]) =>
  each(IDS, (id) =>
    q('select name from authors where id = $1', [id], { at, ...from(0, 'author_id', 12), rows: 1 }),
  )
const inserts = (...at: string[]) =>
  each(IDS, (id) => q('insert into notes (text) values ($1)', [`note ${id}`], { at, rows: 1 }))

describe('in the trace of a test', () => {
  test('a loop inside of a function that the test calls is found', () => {
    const found = findIn(
      parent('src/books.ts:10:9 listBooks', line(20, 17)),
      // After its first await the function is resumed from another column of the same line.
      children('src/books.ts:12:9 listBooks', line(20, 11)),
    )
    expect(found).toEqual(['n-plus-one'])
  })

  test('a loop of the test over the result of one function that calls another is not reported', () => {
    const found = findIn(
      parent('src/books.ts:10:9 listBooks', line(20)),
      children('src/authors.ts:5:9 getAuthor', line(21)),
    )
    expect(found).toEqual([])
  })

  test('such a loop is not reported when both calls are on one line', () => {
    const found = findIn(
      parent('src/books.ts:10:9 listBooks', line(20, 22)),
      children('src/books.ts:30:9 getAuthor', line(20, 50)),
    )
    expect(found).toEqual([])
  })

  test('queries that the test sends itself are not reported', () => {
    expect(findIn(parent(line(20)), children(line(21)))).toEqual([])
    expect(findIn(inserts(line(21)))).toEqual([])
  })

  test('queries of its factories and fixtures are not reported', () => {
    expect(
      findIn(inserts('src/notes.ts:3:9 addNote', 'test/factories/notes.ts:4:9 makeNotes', line(21))),
    ).toEqual([])
    expect(findIn(inserts('test/support.ts:3:9 seed', line(21)))).toEqual([])
  })

  test('a function called repeatedly from one line may be in a loop of the test, so it is not reported', () => {
    expect(findIn(inserts('src/notes.ts:3:9 addNote', line(21)))).toEqual([])
  })

  test('the same loop inside of a transaction that the function began is reported', () => {
    const all = [
      q('begin', [], { at: ['src/notes.ts:8:9 addNotes', line(21)] }),
      ...inserts('src/notes.ts:10:9 addNotes', line(21, 3)),
    ].map((query) => ({ ...query, transaction: 1 }))
    expect(findIn(all)).toEqual(['n-plus-one-write'])
  })

  test('the same loop inside of a transaction that the test began is not reported', () => {
    const all = [q('begin', [], { at: line(19) }), ...inserts('src/notes.ts:3:9 addNote', line(21))]
    expect(findIn(all.map((query) => ({ ...query, transaction: 1 })))).toEqual([])
  })

  test('the same query from two places of the test is no duplicate', () => {
    const ask = (at: number) =>
      q('select name from authors where id = $1', [7], {
        at: ['src/a.ts:5:9 get', line(at)],
        rows: 1,
        resultHash: 'same',
      })
    expect(findIn(ask(20), ask(21), ask(22))).toEqual([])
    expect(findIn([ask(20), ask(21), ask(22)], { labels: {} })).not.toEqual([])
  })

  test('a project below a folder named test is not test code because of that', () => {
    const root = '/home/me/test/shop'
    const found = findIn(
      parent(`${root}/src/books.ts:10:9 listBooks`, `${root}/${line(20)}`),
      children(`${root}/src/books.ts:12:9 listBooks`, `${root}/${line(20)}`),
    )
    expect(found).toEqual(['n-plus-one'])
  })
})

test('in a request, and in the trace of an assertion, every loop counts', () => {
  const loop = [parent(line(20)), children(line(21))].flat()
  expect(findIn(loop, { kind: 'http' })).toEqual(['n-plus-one'])
  expect(findIn(loop, { labels: {} })).toEqual(['n-plus-one'])
})

function findIn(first: Query | Query[], ...more: (Query | Query[] | Partial<Trace>)[]): string[] {
  const isQuery = (value: object): value is Query | Query[] => Array.isArray(value) || 'sql' in value
  const overrides = more.filter((value) => !isQuery(value)) as Partial<Trace>[]
  const all = trace('a test', first, ...(more.filter(isQuery) as (Query | Query[])[]))
  const of = { ...all, kind: 'test' as const, labels: { testFile: FILE }, ...overrides[0] }
  return [...new Set(analyzeTrace(of, detectors.active).map(({ detector }) => detector))].filter(
    (id) => id !== 'query-budget',
  )
}
