// Queries of one line whose callers nobody can tell: a few are explicit calls, many come from a loop.
import { expect, test } from 'vitest'
import { findRepetitions } from '../../src/grouping/repetitions.ts'
import type { Query } from '../../src/types/query.ts'

const HELPER = [{ file: 'src/cache.ts', line: 9, column: 20, function: 'load' }]

function send(
  count: number,
  { callersUnknown = true, callSite = HELPER }: { callersUnknown?: boolean; callSite?: Query['callSite'] },
) {
  return Array.from(
    { length: count },
    (_, id): Query => ({
      sql: 'select name from customers where id = $1',
      params: [5000 + id],
      ...(callSite ? { callSite } : {}),
      ...(callersUnknown ? { callersUnknown } : {}),
    }),
  )
}

const isLoop = (queries: readonly Query[]) => findRepetitions(queries).map((repetition) => repetition.isLoop)

test('a few queries whose callers are unknown are no loop', () => {
  expect(isLoop(send(7, {}))).toEqual([false])
})

test('many of them are a loop, because nobody writes so many calls side by side', () => {
  expect(isLoop(send(8, {}))).toEqual([true])
})

test('two from one known call are a loop', () => {
  expect(isLoop(send(2, { callersUnknown: false }))).toEqual([true])
})

test('many without any line are no loop, because nothing tells that they are from one place', () => {
  expect(isLoop(send(20, { callSite: [] }))).toEqual([false])
})
