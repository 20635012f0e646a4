// Checks the number of queries, of all or of the matching ones. Each statement counts, also BEGIN and COMMIT, because each is
// a round trip.
import { types } from 'node:util'
import * as v from 'valibot'
import { defaultProfiler } from '../profiler/default-profiler.ts'
import { record, wholeNumber } from '../profiler/option-shapes.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import { checkAssertion } from './check-options.ts'
import { enforce } from './enforce-verdict.ts'
import { findingsAbout, listFindings, listStatements } from './failure-text.ts'
import { judgeSilence, whyIncomplete } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { statementsOf } from './statements.ts'
import { type Inconclusive, inconclusiveOption, type Verdict, withDoubt } from './verdict.ts'

/** The allowed number of queries: either `max` or `exactly`. */
export interface QueryCountOptions {
  max?: number
  exactly?: number
  /**
   * Counts only matching statements. A string must match whole words of the statement, so the name of a table is enough.
   * Upper and lower case, quotes around names and white space make no difference.
   */
  matching?: string | RegExp
  /** The reaction when no statement matched, or when a request cannot be assigned to the function. Default: `warn`. */
  inconclusive?: Inconclusive
}

const NAME = 'expectQueryCount'

/**
 * Runs `fn` and resolves with its result, unless it sent more queries than `max`, or a number other than `exactly`.
 *
 * @throws QueryAssertionError that lists the statements with their counts and lines, or says that no query was seen (unless
 * none was expected). TypeError when an option is wrong. Errors of `fn` are passed through unchanged.
 */
export async function expectQueryCount<T>(
  fn: () => T | PromiseLike<T>,
  options: QueryCountOptions,
  profiler: Profiler = defaultProfiler(),
): Promise<T> {
  const fail = failureAt(expectQueryCount)
  checkQueryCount(options, profiler)
  const captured = await capture(NAME, fn, profiler)
  enforce(judgeQueryCount(captured, options), captured.report, fail, options.inconclusive)
  return captured.result
}

/** @throws TypeError when an option is wrong. */
export function checkQueryCount(
  options: QueryCountOptions,
  profiler: Profiler = defaultProfiler(),
  caller = NAME,
): void {
  checkAssertion(caller, queryCountOptions(), options, profiler)
}

export function judgeQueryCount(
  captured: CapturedQueries,
  { max, exactly, matching }: QueryCountOptions,
  assertion = NAME,
): Verdict {
  const expected = exactly ?? max ?? 0
  const silence = expected === 0 ? undefined : judgeSilence(captured, assertion)
  if (silence) return silence
  const { queries, report } = captured
  const counted = matching === undefined ? queries : queries.filter(matches(matching))
  const left = captured.count - queries.length
  const count = matching === undefined ? captured.count : counted.length
  // Whether the queries that were not kept match is unknown.
  const isSure = matching === undefined || left === 0 || count > expected
  const pass = isSure && (exactly === undefined ? count <= expected : count === expected)

  const which = `${expected} ${expected === 1 ? 'query' : 'queries'}${describeMatching(matching)}`
  const wanted = exactly === undefined ? `at most ${which}` : `exactly ${which}`
  const numbers = { actual: count, expected }
  if (pass) {
    const verdict = { pass, message: `expected not ${wanted}, but there were ${count}`, ...numbers }
    const unmatched =
      count === 0 && expected > 0 && matching !== undefined
        ? `${assertion} is inconclusive: none of ${captured.count} queries was one${describeMatching(matching)}`
        : undefined
    return withDoubt(verdict, whyIncomplete(captured, assertion) ?? unmatched)
  }
  if (!isSure) {
    const message =
      `expected ${wanted}, but ${left} more queries were sent than the profiler keeps, which may match or not; ` +
      'raise its option limits.queriesPerTrace'
    return { pass, message }
  }
  // When too few matching statements were sent, the others may explain why.
  const shown = counted.length > 0 ? counted : queries
  const findings = count > expected ? findingsAbout(counted, captured) : []
  const blocks = [
    `expected ${wanted}, but ${count === 0 ? 'there was none' : `there were ${count}`}${shown.length > 0 ? (counted.length > 0 ? ':' : ' among:') : ''}`,
    ...(shown.length > 0 ? [listStatements(statementsOf(shown))] : []),
    ...(findings.length > 0 ? [listFindings(findings, report)] : []),
  ]
  return { pass, message: blocks.join('\n\n'), shown: findings, ...(exactly === undefined ? {} : numbers) }
}

export function matches(matching: string | RegExp): (query: Query) => boolean {
  const pattern = toPattern(matching)
  return ({ sql }) => pattern.test(fingerprint(sql).text) || pattern.test(sql)
}

function toPattern(matching: string | RegExp): RegExp {
  // With these flags a RegExp remembers its position and would find only every second match.
  if (types.isRegExp(matching)) return new RegExp(matching.source, matching.flags.replace(/[gy]/g, ''))
  const words = matching.trim().split(/\s+/).map(escapePattern).join('\\s+')
  return new RegExp(`(?<![\\w$])${words}(?![\\w$])`, 'i')
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

export function describeMatching(matching: string | RegExp | undefined): string {
  if (matching === undefined) return ''
  return ` matching ${types.isRegExp(matching) ? matching : `'${matching}'`}`
}

export const matchingOption = () =>
  v.optional(
    v.custom<string | RegExp>(
      (value) => types.isRegExp(value) || (typeof value === 'string' && value.trim() !== ''),
      'a RegExp, or words of the statement such as the name of a table',
    ),
  )

const queryCountOptions = () =>
  v.pipe(
    record({
      max: v.optional(wholeNumber(0)),
      exactly: v.optional(wholeNumber(0)),
      matching: matchingOption(),
      inconclusive: inconclusiveOption(),
    }),
    v.check(
      ({ max, exactly }) => (max === undefined) !== (exactly === undefined),
      'either max or exactly, a whole number',
    ),
  )
