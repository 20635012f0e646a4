import { expect, test } from 'vitest'
import { boundedMemo } from '../../src/trace/bounded-memo.ts'

test('an answer is made once, even when it is undefined', () => {
  const asked: string[] = []
  const memo = boundedMemo(2, (question: string) => {
    asked.push(question)
    return question === 'known' ? 1 : undefined
  })
  expect([memo('known'), memo('unknown'), memo('known'), memo('unknown')]).toEqual([
    1,
    undefined,
    1,
    undefined,
  ])
  expect(asked).toEqual(['known', 'unknown'])
})

test('all answers are forgotten before there is one more than the limit', () => {
  const asked: string[] = []
  const memo = boundedMemo(2, (question: string) => asked.push(question))
  for (const question of ['a', 'b', 'a', 'c', 'b', 'c']) memo(question)
  expect(asked).toEqual(['a', 'b', 'c', 'b'])
})

test('questions with one key have one answer', () => {
  const memo = boundedMemo(
    2,
    ({ line }: { line: number }) => ({ line }),
    ({ line }) => line,
  )
  expect(memo({ line: 1 })).toBe(memo({ line: 1 }))
  expect(memo({ line: 2 })).not.toBe(memo({ line: 1 }))
})
