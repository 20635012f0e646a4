// Runs the function of a test in its own trace, for any runner. Runners call the function with different arguments and
// examine what it returns, so its replacement has the same name and length and returns the same value. An error in this code
// never fails a test; the test then runs without a trace.
import { collectFolder } from '../collect/collect-traces.ts'
import { defaultOptions } from '../config/default-options.ts'
import { keepSignature } from '../host/replace-method.ts'
import { createProfiler, type Profiler } from '../profiler/profiler.ts'
import { coreOf } from '../profiler/profiler-core.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { noteFailedTest, notePassedTest } from '../testing/failed-verdicts.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { type TestPlace, testName } from './test-name.ts'

type Run = (this: unknown, ...args: unknown[]) => unknown

export interface TracedTest extends TestPlace {
  /**
   * Position of the callback among the arguments, for runners that treat a function with one more parameter as callback
   * style.
   */
  callbackAt?: number
  /** True for a test that passes when it throws, so that the runner prints no error. */
  isExpectedToFail?: boolean | undefined
}

/** Returns the replacement for `fn`. Returns `fn` itself when it is not a function, or a generator that the runner drives. */
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
      const result = trace.run(() => Reflect.apply(original, this, args))
      if (isThenable(result)) return endsWith(result, trace, ends, profiler)
      if (!callback) ends()
      return result
    } catch (error) {
      ends({ error })
      throw error
    }
  }
  keepSignature(run, original)
  Object.defineProperty(run, ORIGINAL, { value: original })
  return run as F
}

/** Marks a replacement, so that a test is not traced twice when a runner copies it and runs it again. */
const ORIGINAL = Symbol.for('pg-loupe test')

/**
 * The default profiler, created for tests when no code has created it before. It prints nothing by itself and opens no
 * connection, whatever NODE_ENV is, unless an environment variable asks for it.
 */
export function profilerOfTests(): Profiler {
  const state = sharedState()
  // In tests, and where traces are collected, the catalog is off by default without being disabled explicitly.
  const isOff = process.env.NODE_ENV === 'test' || collectFolder() !== undefined
  const quiet = { console: 'off' as const, ...(isOff ? {} : { catalog: false }) }
  state.defaultProfiler ??= createProfiler(defaultOptions(quiet))
  return state.defaultProfiler
}

function startTrace(test: TestPlace, profiler: Profiler): LiveTrace | undefined {
  try {
    const { name, file } = testName(test)
    const trace = coreOf(profiler).startTrace({
      kind: 'test',
      name,
      ...(file ? { labels: { testFile: file } } : {}),
    })
    sharedState().setupNotes.tests.traced++
    return trace
  } catch (error) {
    coreOf(profiler).countInternalError(error)
    return undefined
  }
}

/**
 * Some results send their request only when they are awaited, such as those of supertest. They are awaited inside of the
 * trace, and once.
 */
async function endsWith(
  result: PromiseLike<unknown>,
  trace: LiveTrace,
  ends: (failure?: Failure) => void,
  _profiler: Profiler,
): Promise<unknown> {
  let value: unknown
  try {
    value = await trace.run(async () => await result)
  } catch (error) {
    ends({ error })
    throw error
  }
  ends()
  return value
}

/** A wrapper, because a test may throw `undefined`. */
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
    coreOf(profiler).countInternalError(error)
  }
}

/**
 * Replaces the runner's callback, if there is one, by one that ends the trace. Work that the runner does afterwards,
 * including all following tests, is not part of this trace.
 */
function withCallback(
  args: unknown[],
  at: number | undefined,
  ends: (failure?: Failure) => void,
  profiler: Profiler,
): boolean {
  const callback = at === undefined ? undefined : args[at]
  if (at === undefined || typeof callback !== 'function') return false
  const { context } = coreOf(profiler)
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
