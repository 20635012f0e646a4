import { expect, test } from 'vitest'
import { compareRequests } from '../../src/panel/compare-requests.ts'
import type { RequestDetail } from '../../src/panel/panel-api.ts'
import { requestRow } from '../../src/panel/request-row.ts'
import { findingTitle } from '../../src/report/finding-title.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { finding } from '../report-builder.ts'
import { each, q, trace } from '../trace-builder.ts'

function detail(id: string, sent: Trace, findings: readonly Finding[] = []): RequestDetail {
  return { request: requestRow({ id, number: 1 }, sent, findings), trace: sent, findings }
}

const customer = (id: unknown) =>
  q('select name from customers where id = $1', [id], { rows: 1, bytes: 10, durationMs: 2 })
const before = trace(
  'GET /orders',
  q('select id from orders', [], { rows: 3, bytes: 30 }),
  each([1, 2, 3], customer),
  each([1, 2], (id) => q('select 1 from logs where id = $1', [id])),
)
const after = trace(
  'GET /orders',
  q('SELECT id FROM orders', [], { rows: 2, bytes: 20 }),
  q('select id, name from customers where id = any($1)', [[1, 2, 3]], { rows: 3, bytes: 30 }),
  q('select 1 from logs where id = 9'),
)

test('statements are compared by fingerprint, the largest change first', () => {
  const { statements } = compareRequests(detail('a', before), detail('b', after))
  expect(statements.map(({ change, text, queries, rows }) => [change, text, queries, rows])).toEqual([
    ['gone', 'select name from customers where id = ?', { before: 3, after: 0 }, { before: 3, after: 0 }],
    [
      'new',
      'select id, name from customers where id = any (?)',
      { before: 0, after: 1 },
      { before: 0, after: 3 },
    ],
    ['fewer', 'select ? from logs where id = ?', { before: 2, after: 1 }, { before: 0, after: 0 }],
    ['same', 'select id from orders', { before: 1, after: 1 }, { before: 3, after: 2 }],
  ])
})

test('totals are those of the whole requests', () => {
  const compared = compareRequests(detail('a', before), detail('b', after))
  expect(compared).toMatchObject({
    before: { id: 'a' },
    after: { id: 'b' },
    queries: { before: 6, after: 3 },
    rows: { before: 6, after: 5 },
    bytes: { before: 60, after: 50 },
  })
})

test('more of a statement is told, and the other way round it is fewer', () => {
  const [more] = compareRequests(detail('b', after), detail('a', before)).statements.filter(({ text }) =>
    text.includes('logs'),
  )
  expect(more).toMatchObject({ change: 'more', queries: { before: 1, after: 2 } })
})

test('findings are gone, new or in both, by their keys', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((key) => finding({ key }))
  const { findings } = compareRequests(
    detail('a', before, [one as Finding, two as Finding]),
    detail('b', after, [two as Finding, three as Finding]),
  )
  expect(findings).toMatchObject({ gone: [{ key: 'one' }], new: [{ key: 'three' }], still: [{ key: 'two' }] })
  expect(findings.gone[0]?.title).toBe(findingTitle(one as Finding))
})
