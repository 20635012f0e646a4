// The assertions as matchers for runners that have `expect.extend`: `await expect(fn).toHaveNoNPlusOne()`. They judge as the
// functions do. `.not` inverts a verdict, but a run that proves nothing fails either way.
import type { Profiler } from '../profiler/profiler.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import {
  type ConstantQueriesOptions,
  captureScales,
  judgeConstantQueries,
} from './expect-constant-queries.ts'
import { checkNoFindings, judgeNoFindings, type NoFindingsOptions } from './expect-no-findings.ts'
import { checkNoNPlusOne, judgeNoNPlusOne, type NoNPlusOneOptions } from './expect-no-n-plus-one.ts'
import { checkQueryCount, judgeQueryCount, type QueryCountOptions } from './expect-query-count.ts'
import { noteFailedVerdict } from './failed-verdicts.ts'
import { judgeSilence } from './no-query.ts'
import { settle, type Verdict } from './verdict.ts'

/** The matchers as methods of the result of `expect`. Each takes a function and must be awaited. */
export interface LoupeMatchers {
  /** The function sends no query, reading or writing, for each row. */
  toHaveNoNPlusOne(options?: NoNPlusOneOptions): Promise<void>
  /** The queries of the function have no findings. */
  toHaveNoFindings(options?: NoFindingsOptions): Promise<void>
  /** The function sends this number of queries, or as many as the options allow. */
  toHaveQueryCount(count: number | QueryCountOptions): Promise<void>
  /** The function, called with each size, sends the same number of queries at all sizes. */
  toHaveConstantQueries(options?: Omit<ConstantQueriesOptions, 'run'>): Promise<void>
}

interface MatcherResult {
  pass: boolean
  message: () => string
  actual?: unknown
  expected?: unknown
}

type Matcher<Name extends keyof LoupeMatchers> = (
  this: MatcherContext,
  received: unknown,
  ...args: Parameters<LoupeMatchers[Name]>
) => Promise<MatcherResult>

interface MatcherContext {
  isNot?: boolean | undefined
}

export function matchersOf(profiler: Profiler): { [Name in keyof LoupeMatchers]: Matcher<Name> } {
  return {
    async toHaveNoNPlusOne(received, options = {}) {
      const name = 'toHaveNoNPlusOne'
      checkNoNPlusOne(options, profiler, name)
      const captured = await captured_(name, received)
      const verdict = settle(judgeNoNPlusOne(captured, name), options.inconclusive)
      return resultOf(verdict, [captured], name, this)
    },
    async toHaveNoFindings(received, options = {}) {
      const name = 'toHaveNoFindings'
      checkNoFindings(options, profiler, name)
      const captured = await captured_(name, received)
      const verdict = settle(judgeNoFindings(captured, options, name), options.inconclusive)
      return resultOf(verdict, [captured], name, this)
    },
    async toHaveQueryCount(received, count) {
      const name = 'toHaveQueryCount'
      const options = typeof count === 'number' ? { exactly: count } : count
      checkQueryCount(options, profiler, name)
      const captured = await captured_(name, received)
      const expectsNone = (options.exactly ?? options.max) === 0
      const verdict = settle(judgeQueryCount(captured, options, name), options.inconclusive)
      return resultOf(verdict, expectsNone ? [] : [captured], name, this)
    },
    async toHaveConstantQueries(received, options = {}) {
      const name = 'toHaveConstantQueries'
      const all = { ...options, run: received as ConstantQueriesOptions['run'] }
      const scaled = await captureScales(all, profiler, name)
      const verdict = settle(judgeConstantQueries(scaled, all, name), options.inconclusive)
      return resultOf(
        verdict,
        scaled.map(({ captured }) => captured),
        name,
        this,
      )
    },
  }

  function captured_(name: string, received: unknown): Promise<CapturedQueries> {
    return capture(name, received as () => unknown, profiler)
  }
}

function resultOf(
  verdict: Verdict,
  seen: readonly CapturedQueries[],
  name: string,
  { isNot = false }: MatcherContext,
): MatcherResult {
  const [first] = seen
  const silence = first && seen.every(({ count }) => count === 0) && judgeSilence(first, name)
  const isDoubted = !verdict.pass && verdict.inconclusive !== undefined
  const { pass, message, ...compared } =
    silence || isDoubted ? { ...(silence || verdict), pass: isNot } : verdict
  const { actual, expected } = compared as Verdict
  if (!pass && !isNot) noteFailedVerdict(verdict)
  return { pass, message: () => message, ...('expected' in compared ? { actual, expected } : {}) }
}
