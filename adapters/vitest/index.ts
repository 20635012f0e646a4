// pg-loupe/vitest: traces every test of vitest without changes to the tests, and adds matchers. `pg-loupe/vitest/setup` does
// this with the default profiler; a set-up file of the application can do it with another one. vitest calls a runner's
// `runTask` instead of the function of a test, and only there, so hooks are not part of the test's trace.
import * as vitest from 'vitest'
import { assertProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { noteSetUp, tellUnreportedTests } from '../../src/runners/test-notes.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'
import { tellUnsupportedRunner } from '../../src/runners/unsupported-runner.ts'
import { type LoupeMatchers, matchersOf } from '../../src/testing/matchers.ts'

declare module 'vitest' {
  interface Matchers<T> extends LoupeMatchers {}
}

export type { LoupeMatchers }

interface Task {
  name: string
  suite?: Task | undefined
  fails?: boolean | undefined
  file: { filepath: string }
}

type RunTask = (this: unknown, task: Task) => unknown

interface Runner {
  prototype: { runTask?: RunTask; [TRACED]?: { profiler: Profiler } }
  functionOf(task: Task): () => unknown
}

const TRACED: unique symbol = Symbol.for('pg-loupe vitest')
const OLD_RUNNERS = 'vitest/runners'
const OLD_SUITE = 'vitest/suite'

const runner = await findRunner()

/**
 * Traces each test from now on, and adds the matchers. Called by a set-up file.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function traceTests(profiler: Profiler = profilerOfTests()): void {
  assertProfiler(profiler, 'traceTests')
  noteSetUp('vitest')
  const { afterAll, expect } = vitest
  expect.extend(matchersOf(profiler))
  // A worker ends without an event after its last test, so traces that wait for late queries are closed before.
  afterAll(async () => {
    await profiler.settled()
    tellUnreportedTests('vitest', profiler)
  })
  if (!runner) {
    tellUnsupportedRunner('vitest', 'vitest 3 and later')
    return
  }
  const { prototype, functionOf } = runner
  const traced = prototype[TRACED]
  if (traced) {
    traced.profiler = profiler
    return
  }
  const state = { profiler }
  Object.defineProperty(prototype, TRACED, { value: state })
  const { runTask = (task) => functionOf(task)() } = prototype
  prototype.runTask = function (task) {
    const place = { file: task.file.filepath, names: namesOf(task), isExpectedToFail: task.fails }
    return tracedTest(() => runTask.call(this, task), place, state.profiler)()
  }
}

/** vitest exports this itself since 4.1, and from two other entry points before. */
async function findRunner(): Promise<Runner | undefined> {
  const { TestRunner } = vitest as { TestRunner?: { getTestFn?: unknown; prototype: unknown } }
  if (typeof TestRunner?.getTestFn === 'function') {
    return { prototype: TestRunner.prototype, functionOf: TestRunner.getTestFn } as Runner
  }
  try {
    const [runners, suite] = await Promise.all([OLD_RUNNERS, OLD_SUITE].map((name) => import(name)))
    const { prototype } = runners.VitestTestRunner
    return typeof suite.getFn === 'function' ? { prototype, functionOf: suite.getFn } : undefined
  } catch {
    return undefined
  }
}

function namesOf({ suite, name }: Task): string[] {
  return [...(suite ? namesOf(suite) : []), name]
}
