// pg-loupe/jest: traces every test of jest without changes to the tests, and adds matchers. `pg-loupe/jest/setup` does this
// with the default profiler; a set-up file of the application can do it with another one.
//
// When the first test of a file is about to run, jest-circus knows all of them, and the function of each gets its own trace.
// Hooks get none. Concurrent tests, which begin early, are traced in the same way. jest 30 announces this moment to handlers
// on the sandbox's globalThis. Earlier versions only have the state of jest-circus, and a hook outside of all blocks runs at
// the right moment.
import { assertProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { noteSetUp, tellUnreportedTests } from '../../src/runners/test-notes.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'
import { tellUnsupportedRunner } from '../../src/runners/unsupported-runner.ts'
import { type LoupeMatchers, matchersOf } from '../../src/testing/matchers.ts'

declare global {
  namespace jest {
    interface Matchers<R, T> extends LoupeMatchers {}
  }
}

export type { LoupeMatchers }

interface CircusEvent {
  name: string
}

interface Block {
  name: string
  parent?: Block | undefined
  type?: 'describeBlock'
  children?: readonly (Block | Test)[]
}

interface Test {
  name: string
  parent: Block
  type: 'test'
  fn?: unknown
  failing?: boolean | undefined
}

interface CircusState {
  rootDescribeBlock: Block
}

type Handler = (event: CircusEvent, state: CircusState) => void | Promise<void>

type AddHook = (hook: () => void | Promise<void>) => void

interface Sandbox {
  [HANDLERS]?: Handler[]
  expect?: JestExpect
  beforeAll?: AddHook
  afterAll?: AddHook
}

interface JestExpect {
  extend(matchers: object): void
  getState(): { testPath?: string | undefined }
}

const HANDLERS = Symbol.for('EVENT_HANDLERS')

/**
 * Traces each test from now on, and adds the matchers when `expect` is a global. Called by a set-up file in
 * `setupFilesAfterEnv`.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function traceTests(profiler: Profiler = profilerOfTests()): void {
  assertProfiler(profiler, 'traceTests')
  noteSetUp('jest')
  const { [HANDLERS]: handlers, expect, beforeAll, afterAll } = globalThis as Sandbox
  const begin = ({ rootDescribeBlock }: CircusState) =>
    traceBlock(rootDescribeBlock, expect?.getState().testPath, profiler)
  // The sandbox ends without an event, so traces that wait for late queries are closed before.
  const end = async () => {
    await profiler.settled()
    tellUnreportedTests('jest', profiler)
  }
  const state = stateBeforeJest30()
  if (Array.isArray(handlers)) {
    handlers.push(async ({ name }, current) => {
      if (name === 'run_start') begin(current)
      if (name === 'run_finish') await end()
    })
  } else if (state && beforeAll && afterAll) {
    beforeAll(() => begin(state))
    afterAll(end)
  } else {
    tellUnsupportedRunner('jest', 'jest 27 and later with its own runner, from setupFilesAfterEnv')
  }
  expect?.extend(matchersOf(profiler))
}

/** The symbol is in no registry and is found by its description. */
function stateBeforeJest30(): CircusState | undefined {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  )
  return symbol && (globalThis as unknown as Record<symbol, CircusState>)[symbol]
}

/** For `expect.extend`, when `expect` is imported and not a global. */
export function matchers(profiler: Profiler = profilerOfTests()): ReturnType<typeof matchersOf> {
  return matchersOf(profiler)
}

function traceBlock({ children = [] }: Block, file: string | undefined, profiler: Profiler): void {
  for (const child of children) {
    if (child.type === 'test') {
      const test = { file, names: namesOf(child), callbackAt: 0, isExpectedToFail: child.failing }
      child.fn = tracedTest(child.fn, test, profiler)
    } else {
      traceBlock(child, file, profiler)
    }
  }
}

/** The outermost block stands for the file. */
function namesOf({ name, parent }: Block | Test): string[] {
  return parent ? [...namesOf(parent), name] : []
}
