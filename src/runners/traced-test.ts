// Runs the function of a test in a trace of its own, whoever the test belongs to: every runner calls it with other
// arguments and looks at what it returns, so the function that stands in for it has the same name and length, and
// returns what it returned. What goes wrong here never fails a test: then it runs without a trace.
import { collectFolder } from '../collect/collect-traces.ts'
import { defaultOptions } from '../config/default-options.ts'
import { createProfiler, type Profiler } from '../profiler/profiler.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { noteFailedTest, notePassedTest } from '../testing/failed-verdicts.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { type TestPlace, testName } from './test-name.ts'

type Run = (this: unknown, ...args: unknown[]) => unknown

export interface TracedTest extends TestPlace {
  /** Position of the callback among the arguments, where the runner takes a test with one more argument for one. */
  callbackAt?: number
  /** It passes when it throws, and the runner prints no error of it. */
  isExpectedToFail?: boolean | undefined
}

/** Returns the function that stands in for `fn`; the very same when `fn` is none, or a generator that the runner drives. */
export function tracedTest<F>(fn: F, test: TracedTest, profiler: Profiler): F {
  if (typeof fn !== 'function' || !profiler.enabled || isGenerator(fn)) return fn
  const original = (ORIGINAL in fn ? fn[ORIGINAL] : fn) as Run

  const run: Run = function (this: unknown, ...args) {
    const trace = startTrace(test, profiler)
    if (!trace) return Reflect.apply(original, this, args)
    const ends = (failure?: Failure) => {
      trace.end()
      noteOutcome(trace.name, test, failure, profiler)
    }
    const callback = withCallback(args, test.callbackAt, ends, profiler)
    try {
      const result = profiler.context.run(trace, () => Reflect.apply(original, this, args))
      if (isThenable(result)) return endsWith(result, trace, ends, profiler)
      if (!callback) ends()
      return result
    } catch (error) {
      ends({ error })
      throw error
    }
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(run, property, { value: original[property], configurable: true })
  }
  Object.defineProperty(run, ORIGINAL, { value: original })
  return run as F
}

/** So that a test that is run again, from what a runner copied, is not traced twice. */
const ORIGINAL = Symbol.for('pg-loupe test')

/**
 * The default profiler, made for tests when nothing has made it before: it prints nothing of its own and opens no
 * connection, whatever NODE_ENV says, unless an environment variable asks for it.
 */
export function profilerOfTests(): Profiler {
  const state = sharedState()
  // In tests, and where traces are collected, it is off by default, and not by anybody's choice.
  const isOff = process.env.NODE_ENV === 'test' || collectFolder() !== undefined
  const quiet = { reporters: [], ...(isOff ? {} : { catalog: false }) }
  state.defaultProfiler ??= createProfiler({ ...quiet, ...defaultOptions() })
  return state.defaultProfiler
}

function startTrace(test: TestPlace, profiler: Profiler): LiveTrace | undefined {
  try {
    const { name, file } = testName(test)
    const trace = profiler.startTrace({ kind: 'test', name, ...(file ? { labels: { testFile: file } } : {}) })
    sharedState().setupNotes.tests.traced++
    return trace
  } catch (error) {
    profiler.countInternalError(error)
    return undefined
  }
}

/** What is sent only when it is awaited, such as a request of supertest, is awaited inside of the trace, and once. */
async function endsWith(
  result: PromiseLike<unknown>,
  trace: LiveTrace,
  ends: (failure?: Failure) => void,
  profiler: Profiler,
): Promise<unknown> {
  let value: unknown
  try {
    value = await profiler.context.run(trace, async () => await result)
  } catch (error) {
    ends({ error })
    throw error
  }
  ends()
  return value
}

/** Also of what throws `undefined`. */
interface Failure {
  error: unknown
}

function noteOutcome(
  name: string,
  { isExpectedToFail = false }: TracedTest,
  failure: Failure | undefined,
  profiler: Profiler,
): void {
  try {
    if (!failure) notePassedTest(name)
    else if (!isExpectedToFail) noteFailedTest(name, failure.error)
  } catch (error) {
    profiler.countInternalError(error)
  }
}

/**
 * Puts a callback that ends the trace in the place of the runner's, if it passed one. What the runner does then, up to
 * all of the tests that follow, is no part of this one.
 */
function withCallback(
  args: unknown[],
  at: number | undefined,
  ends: (failure?: Failure) => void,
  { context }: Profiler,
): boolean {
  const callback = at === undefined ? undefined : args[at]
  if (at === undefined || typeof callback !== 'function') return false
  const around = context.get()
  args[at] = function (this: unknown, ...results: unknown[]): unknown {
    ends(results[0] ? { error: results[0] } : undefined)
    return context.run(around, () => Reflect.apply(callback, this, results))
  }
  return true
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

function isGenerator(fn: object): boolean {
  return Object.prototype.toString.call(fn) === '[object GeneratorFunction]'
}
