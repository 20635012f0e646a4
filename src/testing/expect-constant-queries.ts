// Runs the code at several sizes and proves that the number of queries does not grow with the size, without a threshold and
// without knowing what a loop looks like. Statements are compared one by one instead of in total, because queries that are
// sent only once, at the start, make the first size look larger than it is.
import * as v from 'valibot'
import { defaultProfiler } from '../profiler/default-profiler.ts'
import { record, wholeNumber } from '../profiler/option-shapes.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { analyzeStatement, loadParser } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import { checkAssertion } from './check-options.ts'
import { enforce } from './enforce-verdict.ts'
import { describeMatching, matches, matchingOption } from './expect-query-count.ts'
import { findingsAbout, listFindings, listStatements } from './failure-text.ts'
import { type Growth, growthTable } from './growth-table.ts'
import { judgeSilence, whyIncomplete } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { statementsOf } from './statements.ts'
import { type Inconclusive, inconclusiveOption, type Verdict, withDoubt } from './verdict.ts'

export interface ConstantQueriesOptions<T = unknown> {
  /** The sizes, in growing order. Default: `[2, 3]`. */
  scales?: readonly number[]
  /** Creates the data for a size, or that much more data, before `run`. Its own queries do not count. */
  populate?: (scale: number) => unknown
  /** The code under test. Its queries are counted. */
  run: (scale: number) => T | PromiseLike<T>
  /** Compares only matching statements, as in `expectQueryCount`. */
  matching?: string | RegExp
  /**
   * The reaction when no query returned more at the larger size, or when a request cannot be assigned to `run`. Default:
   * `warn`.
   */
  inconclusive?: Inconclusive
}

/** The captured queries of one size. */
export interface Scaled<T = unknown> {
  scale: number
  captured: CapturedQueries<T>
}

const NAME = 'expectConstantQueries'
const SCALES: readonly number[] = [2, 3]

/**
 * Runs `populate` and then `run` for each size, one size after the other. Resolves with the results of `run` in the order of
 * the sizes.
 *
 * @throws QueryAssertionError when a statement was sent more often at a larger size, with the counts of each size and the
 * lines and remedies of these statements; also when no query was seen. TypeError when an option is wrong. Errors of
 * `populate` and `run` are passed through unchanged.
 */
export async function expectConstantQueries<T>(
  options: ConstantQueriesOptions<T>,
  profiler: Profiler = defaultProfiler(),
): Promise<T[]> {
  const fail = failureAt(expectConstantQueries)
  const scaled = await captureScales(options, profiler)
  const verdict = judgeConstantQueries(scaled, options)
  const last = scaled.at(-1)?.captured
  if (last) enforce(verdict, last.report, fail, options.inconclusive)
  return scaled.map(({ captured }) => captured.result)
}

/** Runs the code at all sizes without judging the result. */
export async function captureScales<T>(
  options: ConstantQueriesOptions<T>,
  profiler: Profiler = defaultProfiler(),
  caller = NAME,
): Promise<Scaled<T>[]> {
  checkAssertion(caller, constantQueriesOptions(), options, profiler)
  const { scales = SCALES, populate, run } = options
  // The parser finds the names of the tables. Without it the failure message is only shorter.
  await loadParser()
  const scaled: Scaled<T>[] = []
  for (const scale of scales) {
    await populate?.(scale)
    scaled.push({ scale, captured: await capture(caller, () => run(scale), profiler) })
  }
  return scaled
}

export function judgeConstantQueries(
  scaled: readonly Scaled[],
  { matching }: Pick<ConstantQueriesOptions, 'matching'> = {},
  assertion = NAME,
): Verdict {
  const sizes = scaled.map(({ scale }) => scale)
  const [first] = scaled
  const silence = first && scaled.every(({ captured }) => captured.count === 0)
  if (silence) return judgeSilence(first.captured, assertion) as Verdict

  const cut = scaled.find(({ captured }) => captured.count > captured.queries.length)
  if (cut) {
    const message =
      `${assertion} saw ${cut.captured.count} queries at size ${cut.scale}, more than the profiler keeps, so they cannot be ` +
      'compared; smaller sizes show growth as well'
    return { pass: false, message }
  }
  const counted = scaled.map(({ captured }) =>
    matching === undefined ? captured.queries : captured.queries.filter(matches(matching)),
  )
  const totals = counted.map(({ length }) => length)
  if (totals.every((total) => total === 0)) {
    const message = `${assertion} saw no query${describeMatching(matching)}, so it proves nothing; there were others:`
    const others = statementsOf(first?.captured.queries ?? [])
    return { pass: false, message: `${message}\n\n${listStatements(others)}` }
  }
  const bySize = counted.map((queries) => new Map(statementsOf(queries).map((one) => [one.key, one.queries])))
  const grown = statementsOf(counted.flat()).flatMap(({ key, text }): Growth[] => {
    const queries = bySize.map((statements) => statements.get(key) ?? [])
    const counts = queries.map(({ length }) => length)
    if (!hasGrown(counts, totals)) return []
    return [{ text, counts, table: tableOf(queries.flat()), queries: queries.flat() }]
  })
  if (grown.length === 0) {
    const lost = scaled.map(({ captured }) => whyIncomplete(captured, assertion)).find(Boolean)
    return withDoubt(steady(totals, sizes, counted, assertion), lost)
  }

  const blocks = [
    `expected the same number of queries at each size, but it grows:\n\n${growthTable(sizes, totals, grown)}`,
    ...remedies(grown, scaled),
  ]
  const meant = grown.flatMap(({ queries }) => queries)
  const shown = scaled.flatMap(({ captured }) => findingsAbout(meant, captured))
  return { pass: false, message: blocks.join('\n\n'), shown }
}

/**
 * A known statement that is sent more often has grown, whatever the other statements do. A new statement may have replaced
 * another one (a batch whose text depends on its size), so it counts as growth only when the total has grown as well.
 */
function hasGrown(counts: readonly number[], totals: readonly number[]): boolean {
  return counts.some((count, later) =>
    counts.slice(0, later).some((before, earlier) => {
      if (count <= before) return false
      return before > 0 || (totals[later] ?? 0) > (totals[earlier] ?? 0)
    }),
  )
}

function steady(
  totals: readonly number[],
  sizes: readonly number[],
  counted: readonly (readonly Query[])[],
  assertion: string,
): Verdict {
  const same = new Set(totals).size === 1
  const numbers = same ? `${totals[0]} at each of the sizes ${sizes.join(', ')}` : totals.join(' → ')
  const verdict = {
    pass: true,
    message: `expected the number of queries to grow with the size, but it was ${numbers}`,
  }
  const [least = [], most = []] = [counted[0], counted.at(-1)]
  const before = new Map(statementsOf(least).map((one) => [one.key, one.queries]))
  if (statementsOf(most).some(({ key, queries }) => broughtMore(queries, before.get(key) ?? [])))
    return verdict
  return {
    ...verdict,
    inconclusive:
      `${assertion} is inconclusive: the queries returned no more at size ${sizes.at(-1)} than at size ${sizes[0]}, ` +
      'so a loop over the rows would not have grown either. Does populate create rows that run reads?',
  }
}

/** Bytes count too, because rows may be nested in one row. */
function broughtMore(queries: readonly Query[], before: readonly Query[]): boolean {
  return sum(queries, 'rows') > sum(before, 'rows') || sum(queries, 'bytes') > sum(before, 'bytes')
}

function sum(queries: readonly Query[], what: 'rows' | 'bytes'): number {
  return queries.reduce((total, query) => total + (query[what] ?? 0), 0)
}

function remedies(grown: readonly Growth[], scaled: readonly Scaled[]): string[] {
  const meant = grown.flatMap(({ queries }) => queries)
  // The largest size shows the loop best; the others would repeat it.
  const largest = scaled.findLast(({ captured }) => findingsAbout(meant, captured).length > 0)
  if (!largest) return ['Ask for all of them at once: a join, or = any($1) with the values of all rows.']
  const { captured, scale } = largest
  return [`At size ${scale}:\n\n${listFindings(findingsAbout(meant, captured), captured.report)}`]
}

function tableOf([query]: readonly Query[]): string {
  if (!query) return ''
  if (query.tables && query.tables.length > 0) return query.tables.join(', ')
  const analysis = analyzeStatement(query.sql)
  if (!analysis.analyzed) return ''
  const names = analysis.tables.filter(({ kind }) => kind === 'table').map(({ name }) => name)
  return [...new Set(names)].join(', ')
}

const constantQueriesOptions = () => {
  const growing = 'an array of at least two whole numbers, each larger than the one before'
  const aFunction = v.custom<(scale: number) => unknown>((value) => typeof value === 'function', 'a function')
  return record({
    scales: v.optional(
      v.pipe(
        v.array(wholeNumber(1), growing),
        v.minLength(2, growing),
        v.check((scales) => scales.every((scale, i) => i === 0 || scale > (scales[i - 1] ?? 0)), growing),
      ),
    ),
    populate: v.optional(aFunction),
    run: aFunction,
    matching: matchingOption(),
    inconclusive: inconclusiveOption(),
  })
}
