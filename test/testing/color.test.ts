// Terminals get colours and CI logs do not. Environment variables can request either.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { expectNoNPlusOne } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(3))
afterAll(() => pool.end())
afterEach(() => vi.unstubAllEnvs())

const ESC = String.fromCharCode(27)

test.each([
  ['no terminal', undefined, undefined, false],
  ['FORCE_COLOR', '1', undefined, true],
  ['FORCE_COLOR=0', '0', undefined, false],
  ['both', '1', '1', false],
])('%s', async (_name, force, no, isColored) => {
  vi.stubEnv('FORCE_COLOR', force)
  vi.stubEnv('NO_COLOR', no)
  const { message } = await failureOf(() => expectNoNPlusOne(authorsOneByOne, profiler))
  expect(message.includes(`${ESC}[`)).toBe(isColored)
  // Runners take such a line for a stack frame, with or without colour.
  expect(message.replaceAll(new RegExp(`${ESC}\\[\\d+m`, 'g'), '')).not.toMatch(/^ *at /m)
})
