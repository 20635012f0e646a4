// pg-loupe/vitest: traces every test of vitest without a change to it, and matchers. `pg-loupe/vitest/setup` does it with
// the default profiler; a set-up file of the application's own can do it with another one. vitest calls `runTask` in
// the place of a test's function where a runner has it, and only there: hooks are not part of the test's trace.
import { afterAll, expect, TestRunner } from 'vitest'
import { assertProfiler, type Profiler } from '../../src/profiler.ts'
import { noteSetUp, tellUnreportedTests } from '../../src/runners/test-notes.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'
import { type LoupeMatchers, matchersOf } from '../../src/testing/matchers.ts'

declare module 'vitest' {
  interface Matchers<T> extends LoupeMatchers {}
}

export type { LoupeMatchers }

interface Task {
  name: string
  suite?: Task | undefined
  file: { filepath: string }
}

type RunTask = (this: unknown, task: Task) => unknown

const TRACED = Symbol.for('pg-loupe vitest')

/**
 * Traces each test from now on, and knows the matchers. To be called by a set-up file.
 *
 * @throws Error when this vitest is too old, TypeError when it is given something that is no profiler.
 */
export function traceTests(profiler: Profiler = profilerOfTests()): void {
  assertProfiler(profiler, 'traceTests')
  noteSetUp('vitest')
  if (typeof TestRunner?.getTestFn !== 'function') {
    throw new Error('pg-loupe: pg-loupe/vitest takes vitest 4.1 or later')
  }
  expect.extend(matchersOf(profiler))
  // A worker that has just run its last test is ended without a word: traces that wait for stragglers close before.
  afterAll(async () => {
    await profiler.settled()
    tellUnreportedTests('vitest', profiler)
  })
  const prototype = TestRunner.prototype as { runTask?: RunTask; [TRACED]?: { profiler: Profiler } }
  const traced = prototype[TRACED]
  if (traced) {
    traced.profiler = profiler
    return
  }
  const state = { profiler }
  Object.defineProperty(prototype, TRACED, { value: state })
  const { runTask = (task) => functionOf(task)() } = prototype
  prototype.runTask = function (task) {
    const place = { file: task.file.filepath, names: namesOf(task) }
    return tracedTest(() => runTask.call(this, task), place, state.profiler)()
  }
}

function functionOf(task: Task): () => unknown {
  return TestRunner.getTestFn(task as never) as () => unknown
}

function namesOf({ suite, name }: Task): string[] {
  return [...(suite ? namesOf(suite) : []), name]
}
