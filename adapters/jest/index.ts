// pg-loupe/jest: traces every test of jest without a change to it, and matchers. `pg-loupe/jest/setup` does it with the
// default profiler; a set-up file of the application's own can do it with another one. jest-circus tells its events to
// handlers that hang on the sandbox's globalThis: when a run starts, all tests of the file are known, and each function
// gets a trace of its own, hooks apart. Concurrent tests, which begin before their turn, are no exception.
import { assertProfiler, type Profiler } from '../../src/profiler.ts'
import { noteSetUp, tellUnreportedTests } from '../../src/runners/test-notes.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'
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
}

type Handler = (event: CircusEvent, state: { rootDescribeBlock: Block }) => void | Promise<void>

interface JestExpect {
  extend(matchers: object): void
  getState(): { testPath?: string | undefined }
}

const HANDLERS = Symbol.for('EVENT_HANDLERS')

/**
 * Traces each test from now on, and knows the matchers where `expect` is a global. To be called by a set-up file of
 * `setupFilesAfterEnv`.
 *
 * @throws Error when the tests are not run by jest-circus, TypeError when it is given something that is no profiler.
 */
export function traceTests(profiler: Profiler = profilerOfTests()): void {
  assertProfiler(profiler, 'traceTests')
  noteSetUp('jest')
  const { [HANDLERS]: handlers, expect } = globalThis as { [HANDLERS]?: Handler[]; expect?: JestExpect }
  if (!Array.isArray(handlers)) {
    throw new Error(
      'pg-loupe: pg-loupe/jest goes into setupFilesAfterEnv, and takes the runner jest-circus (jest 29.4 or later)',
    )
  }
  expect?.extend(matchersOf(profiler))
  handlers.push(async ({ name }, { rootDescribeBlock }) => {
    if (name === 'run_start') traceBlock(rootDescribeBlock, expect?.getState().testPath, profiler)
    // The sandbox ends without a word: traces that wait for stragglers close before.
    if (name === 'run_finish') {
      await profiler.settled()
      tellUnreportedTests('jest', profiler)
    }
  })
}

/** For `expect.extend`, where `expect` is imported and no global. */
export function matchers(profiler: Profiler = profilerOfTests()): ReturnType<typeof matchersOf> {
  return matchersOf(profiler)
}

function traceBlock({ children = [] }: Block, file: string | undefined, profiler: Profiler): void {
  for (const child of children) {
    if (child.type === 'test') {
      child.fn = tracedTest(child.fn, { file, names: namesOf(child), callbackAt: 0 }, profiler)
    } else {
      traceBlock(child, file, profiler)
    }
  }
}

/** The outermost block stands for the file. */
function namesOf({ name, parent }: Block | Test): string[] {
  return parent ? [...namesOf(parent), name] : []
}
