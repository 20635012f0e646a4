// Traces the function of every test. node:test has hooks before and after a test but none around it, and functions that are
// imported by default cannot be replaced. However, each test is an AsyncResource that runs its function in its own scope, so
// the method that does this is replaced for the class of tests. A hook, which is an instance of that class too, gives access
// to it. When a version of Node.js works differently, nothing is replaced and a notice is printed once.
import { executionAsyncResource } from 'node:async_hooks'
import { after, beforeEach } from 'node:test'
import { aroundMethod } from '../../src/host/replace-method.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { noteSetUp, tellUnreportedTests } from '../../src/runners/test-notes.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'

interface Test {
  name: string
  fn: unknown
  parent: Test | null
  loc?: { file?: string }
  /** The value is truthy when a test is expected to fail: an error, or a condition for it. */
  expectFailure?: unknown
  runInAsyncScope: unknown
}

/** A test gets its context, and a callback if it has a second parameter. */
const CALLBACK_AT = 1

export function traceTests(profiler: Profiler = profilerOfTests()): void {
  noteSetUp('node:test')
  let known: object | undefined
  beforeEach(() => {
    if (known) return
    known = classOfTests()
    if (known) trace(known as Test, profiler)
    else
      process.emitWarning(`pg-loupe: pg-loupe/node-test cannot trace the tests of Node.js ${process.version}`)
  })
  after(async () => {
    await profiler.settled()
    tellUnreportedTests('node:test', profiler)
  })
}

function classOfTests(): object | undefined {
  const hook = executionAsyncResource() as Partial<Test>
  const ofHooks = Object.getPrototypeOf(hook)
  const ofTests = ofHooks && Object.getPrototypeOf(ofHooks)
  const isKnown = ofTests?.constructor?.name === 'Test' && typeof hook.runInAsyncScope === 'function'
  return isKnown ? ofTests : undefined
}

function trace(prototype: Test, profiler: Profiler): void {
  aroundMethod(prototype, 'runInAsyncScope', (target, run, args) => {
    const test = target as Test
    const [fn, ...more] = args
    // Suites and hooks have subclasses, and the test without a parent stands for the file.
    const isTest = fn === test.fn && test.parent && Object.getPrototypeOf(test) === prototype
    if (!isTest) return Reflect.apply(run, test, args)
    const place = {
      file: fileOf(test),
      names: namesOf(test),
      callbackAt: CALLBACK_AT,
      isExpectedToFail: Boolean(test.expectFailure),
    }
    return Reflect.apply(run, test, [tracedTest(fn, place, profiler), ...more])
  })
}

function fileOf({ loc }: Test): string | undefined {
  return loc?.file ?? process.argv[1]
}

/** The outermost one stands for the file. */
function namesOf({ name, parent }: Test): string[] {
  return parent ? [...namesOf(parent), name] : []
}
