import { expect, test } from 'vitest'
import { armedCaptures } from '../../src/trace/sampling/armed-captures.ts'

const isOrders = (route: string) => route === 'GET /orders'
const isOther = (route: string) => route === 'GET /other'

test('traces that may be of the route are captured until so many of it were', () => {
  const armed = armedCaptures(() => 0)
  armed.arm('GET /orders', 2)
  expect(armed.wants(isOther)).toBe(false)
  for (let trace = 0; trace < 2; trace++) {
    expect(armed.wants(isOrders)).toBe(true)
    armed.captured('GET /orders')
  }
  expect(armed.wants(isOrders)).toBe(false)
})

test('a trace that turned out to be of another route does not count', () => {
  const armed = armedCaptures(() => 0)
  armed.arm('GET /orders', 1)
  expect(armed.wants(isOrders)).toBe(true)
  armed.captured('GET /other')
  expect(armed.wants(isOrders)).toBe(true)
})

test('without a route, traces of any route count', () => {
  const armed = armedCaptures(() => 0)
  armed.arm(undefined, 1)
  expect(armed.wants(isOther)).toBe(true)
  armed.captured('GET /anything')
  expect(armed.wants(isOther)).toBe(false)
})

test('a request that nothing fulfils ends after many traces, and after some minutes', () => {
  let nowMs = 0
  const armed = armedCaptures(() => nowMs)
  armed.arm('GET /orders', 1)
  let captured = 0
  while (captured < 1000 && armed.wants(isOrders)) captured++
  expect(captured).toBe(20)
  armed.arm('GET /orders', 1)
  nowMs = 6 * 60_000
  expect(armed.wants(isOrders)).toBe(false)
})

test('the number of routes is limited, and the oldest one makes room', () => {
  const armed = armedCaptures(() => 0)
  for (let route = 0; route < 1000; route++) armed.arm(`GET /${route}`, 1)
  expect(armed.wants((route) => route === 'GET /0')).toBe(false)
  expect(armed.wants((route) => route === 'GET /999')).toBe(true)
})
