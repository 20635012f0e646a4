// `ignore` in the application's code: the queries sent inside say that somebody has looked at them and why they stay. It
// judges nothing and hides nothing by itself; what is left out, and what need not have been, is told by the report.
import { types } from 'node:util'
import { cleanReason } from '../sql/fingerprint/ignore-comment.ts'
import { isDay } from '../suppression/day.ts'
import { describeValue } from '../text/describe-value.ts'
import type { AnyDetectorId } from '../types/detector.ts'
import type { Ignore } from '../types/query.ts'
import { takesOneOf } from './detector-options.ts'
import { knownDetectorIds } from './known-detectors.ts'
import { sharedState } from './shared-state.ts'

export interface IgnoreOptions {
  /** Why the queries stay as they are. */
  reason: string
  /** Ids of the detectors whose findings are left out. Default: all. */
  detectors?: readonly AnyDetectorId[]
  /** The last day on which it counts, in UTC: `YYYY-MM-DD`. Default: for ever. */
  until?: string
}

/** The result of `ignore`: a promise when the function returns a thenable. */
export type Ignored<T> = T extends PromiseLike<infer Value> ? Promise<Value> : T

/**
 * Runs `fn` and returns its result. Findings that only queries inside of `fn` show are left out of reports, which list the
 * reason. A thenable is awaited inside, so that a query builder sends its query there. When no profiler is on, it only calls
 * the function.
 *
 * @throws TypeError when the reason is missing, or when a detector or the day does not exist; never when no profiler is on,
 * and never when NODE_ENV is `production`: a wrong call then ignores nothing.
 */
export function ignore<T>(why: string | IgnoreOptions, fn: () => T): Ignored<T> {
  const { isProfiling, ignores } = sharedState()
  const mark = isProfiling ? readMark(why) : undefined
  if (!mark) return awaited(fn()) as Ignored<T>
  const marks = [...(ignores.getStore() ?? []), mark]
  return ignores.run(marks, () => awaited(fn())) as Ignored<T>
}

/** A promise stays the one it is. */
function awaited(result: unknown): unknown {
  if (types.isPromise(result) || !isThenable(result)) return result
  return (async () => await result)()
}

function isThenable(value: unknown): boolean {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && typeof (value as { then?: unknown }).then === 'function'
}

/** Undefined when it is wrong and must not break a request. */
function readMark(why: string | IgnoreOptions): Ignore | undefined {
  const { reason, detectors: ids, until } = typeof why === 'string' ? { reason: why } : { ...why }
  const problem = findProblem({ reason: typeof why === 'function' ? why : reason, detectors: ids, until })
  if (problem === undefined) {
    const mark = { by: 'ignore' as const, reason: cleanReason(reason as string) }
    return { ...mark, ...(ids ? { detectors: [...ids] } : {}), ...(until === undefined ? {} : { until }) }
  }
  if (process.env.NODE_ENV === 'production') return undefined
  throw new TypeError(`pg-loupe: ignore ${problem}`)
}

function findProblem({
  reason,
  detectors: ids,
  until,
}: Record<keyof IgnoreOptions, unknown>): string | undefined {
  if (typeof reason !== 'string' || reason.trim() === '') {
    return `takes the reason, in words, as 'text' or { reason: 'text' }, but got ${describeValue(reason)}`
  }
  if (ids !== undefined) {
    if (!Array.isArray(ids) || ids.length === 0)
      return `takes an array of ids as detectors, but got ${describeValue(ids)}`
    const known = knownDetectorIds()
    const unknown = ids.find((id) => !known.includes(id))
    if (unknown !== undefined)
      return `got the detector ${describeValue(unknown)}, but takes ${takesOneOf(known)}`
  }
  if (until !== undefined && (typeof until !== 'string' || !isDay(until))) {
    return `takes a day as '2027-01-31' as until, but got ${describeValue(until)}`
  }
  return undefined
}
