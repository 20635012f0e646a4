import { expect, test } from 'vitest'
import { deepOffset } from '../../src/detectors/deep-offset.ts'
import { q, trace } from '../trace-builder.ts'

const PAGE = 'select * from posts order by id limit $1 offset $2'
const page = (offset: number, at = 'posts.ts:4:9 list') => q(PAGE, [], { offset, limit: 20, rows: 20, at })

test('finds a page behind the thousandth row, with its line', () => {
  expect(deepOffset.detect(trace('GET /posts', page(10_000)), deepOffset.meta.defaults)).toMatchObject([
    {
      confidence: 'proven',
      title: 'OFFSET 10000: rows are read to be thrown away',
      callSite: [{ line: 4 }],
      cost: { rows: 10_000 },
    },
  ])
})

test('makes one finding of many pages, with the deepest', () => {
  const found = deepOffset.detect(
    trace('GET /posts', page(2000), page(9000), page(3000)),
    deepOffset.meta.defaults,
  )
  expect(found).toMatchObject([
    { title: expect.stringContaining('9000'), occurrences: [{ queries: [0, 1, 2] }] },
  ])
})

test.each([
  ['the first page', page(0)],
  ['the last page that is still well', page(1000)],
  ['a page by key', q('select * from posts where id > $1 order by id limit $2', [50_000, 20], { limit: 20 })],
  ['an offset nobody knows', q(PAGE, [])],
])('is quiet about %s', (_what, query) => {
  expect(deepOffset.detect(trace('GET /posts', query), deepOffset.meta.defaults)).toEqual([])
})

test('the depth is an option', () => {
  expect(deepOffset.detect(trace('GET /posts', page(300)), { maxOffset: 200 })).toHaveLength(1)
})
