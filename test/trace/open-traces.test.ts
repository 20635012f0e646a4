// The traces that are open, in the order they began, whichever of them close meanwhile.
import { expect, test } from 'vitest'
import { OpenTraces } from '../../src/trace/open-traces.ts'

const make = (count: number) => {
  const open = new OpenTraces<{ slot: number; id: number }>()
  const traces = Array.from({ length: count }, (_, id) => ({ slot: 0, id }))
  for (const trace of traces) open.add(trace)
  return { open, traces }
}

test('keeps them in order when some close, however many', () => {
  const { open, traces } = make(1000)
  const left = traces.filter(({ id }) => id % 7 === 3)
  for (const trace of traces) if (!left.includes(trace)) open.delete(trace)
  expect(open.size).toBe(left.length)
  expect(open.all()).toEqual(left)
  expect(open.oldest()).toBe(left[0])
})

test('closing one twice, or one that never was there, takes no other away', () => {
  const { open, traces } = make(3)
  open.delete(traces[1] as (typeof traces)[0])
  open.delete(traces[1] as (typeof traces)[0])
  open.delete({ slot: 0, id: 99 })
  expect(open.all().map(({ id }) => id)).toEqual([0, 2])
  expect(open.size).toBe(2)
})

test('a moved entry can still be removed', () => {
  const { open, traces } = make(200)
  for (const trace of traces.slice(0, 150)) open.delete(trace)
  const late = { slot: 0, id: 200 }
  open.add(late)
  for (const trace of traces.slice(150)) open.delete(trace)
  expect(open.all()).toEqual([late])
})

test('it holds no more places than it needs while traces come and go', () => {
  const { open } = make(10)
  let longest = 0
  for (let id = 10; id < 5000; id++) {
    const trace = { slot: 0, id }
    open.add(trace)
    longest = Math.max(longest, trace.slot)
    open.delete(trace)
  }
  expect(open.size).toBe(10)
  expect(longest).toBeLessThan(100)
})
