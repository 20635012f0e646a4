// Judges by one later request of its route whether a finding is fixed. That a request does not show the finding proves
// nothing by itself: it may have stopped early, found a single row, or got its data from a cache. So each judge looks for
// the work that showed the finding, done in another way. Where it is not there, the answer is `inconclusive`, with the
// reason. Pure: whether the route ran at all, and what was known before, is the caller's to know.
import { describeDetector } from '../detectors/describe-detector.ts'
import { withoutNumber } from '../detectors/identify.ts'
import { queriesOfWorst } from '../detectors/occurrence.ts'
import { plural } from '../text/plural.ts'
import type { Finding } from '../types/finding.ts'
import { judgeBudget } from './fixes/judge-budget.ts'
import { judgeDuplicate } from './fixes/judge-duplicate.ts'
import { judgeLoop } from './fixes/judge-loop.ts'
import { judgeMeasured } from './fixes/judge-measured.ts'
import { judgeOffset } from './fixes/judge-offset.ts'
import { judgeOther } from './fixes/judge-other.ts'
import { judgeUnboundedArray, judgeUnboundedSelect } from './fixes/judge-size.ts'
import { judgeUnreadColumns, judgeUnreadRows } from './fixes/judge-unread.ts'
import {
  type ConclusiveRequest,
  fingerprintsOf,
  inconclusive,
  type Judgement,
  type SeenRequest,
  stillThere,
} from './fixes/seen-request.ts'

export type { Judgement, SeenRequest } from './fixes/seen-request.ts'

/**
 * `before` is a request that showed the finding. Without it, and without its trace, some findings cannot be judged.
 * `later` is a request of the same route.
 */
export function judgeFix(finding: Finding, before: SeenRequest | undefined, later: SeenRequest): Judgement {
  const again = later.findings.find((found) => isSame(finding, found, before?.findings ?? []))
  if (again) return stillThere(describeAgain(finding, again))
  const reason = whyNotConclusive(later)
  if (reason !== undefined || !later.trace) {
    return inconclusive(reason ?? 'The trace of this request is not kept any more.')
  }
  return judgeOf(finding)(finding, before, { ...later, trace: later.trace })
}

/** Judges by a request that was captured in full, ended well and does not show the finding. */
type Judge = (finding: Finding, before: SeenRequest | undefined, later: ConclusiveRequest) => Judgement

const JUDGES: Readonly<Record<string, Judge>> = {
  'duplicate-query': judgeDuplicate,
  'unread-columns': judgeUnreadColumns,
  'unread-rows': judgeUnreadRows,
  'unbounded-select': judgeUnboundedSelect,
  'unbounded-array': judgeUnboundedArray,
  'deep-offset': judgeOffset,
  'query-budget': judgeBudget,
}

/** Detectors of the user are judged by what their findings tell. */
function judgeOf({ detector, statements }: Finding): Judge {
  if (statements) return judgeLoop
  if (describeDetector({}, detector)?.isMeasured) return judgeMeasured
  return Object.hasOwn(JUDGES, detector) ? (JUDGES[detector] as Judge) : judgeOther
}

/**
 * A finding is the same one when it has the same key. A function may have got another name meanwhile: a finding about the
 * same statement, under a key that the request before did not show, is the same one, too. Several loops of one function
 * share a key and are told apart by their statements.
 */
function isSame(finding: Finding, found: Finding, before: readonly Finding[]): boolean {
  if (finding.route !== found.route || Boolean(finding.statements) !== Boolean(found.statements)) return false
  const hasSameKey = isSameKey(finding, found)
  const isKnown = before.some((other) => isSameKey(other, found))
  const shares = sharesStatement(finding, found)
  if (!finding.statements) return hasSameKey || (finding.detector === found.detector && shares && !isKnown)
  if (shares) return hasSameKey || !isKnown
  const isNamed = found.callSite[0]?.function !== undefined
  return hasSameKey && isNamed && !before.some((other) => sharesStatement(other, found))
}

function isSameKey(a: Finding, b: Finding): boolean {
  return withoutNumber(a.key) === withoutNumber(b.key)
}

function sharesStatement(a: Finding, b: Finding): boolean {
  const fingerprints = fingerprintsOf(a)
  return [...fingerprintsOf(b)].some((fingerprint) => fingerprints.has(fingerprint))
}

function describeAgain(finding: Finding, again: Finding): string {
  const moved = finding.key === again.key ? '' : ', from a function with another name'
  if (again.cost.queries === 0) return `This request shows it again${moved}: ${again.title}.`
  const [was, is] = [queriesOfWorst(finding), queriesOfWorst(again)]
  const compared = was === is || was === 0 ? '' : ` (${was} before)`
  return `This request shows it again with ${plural(is, 'query', 'queries')}${compared}${moved}.`
}

/** The reason why a request cannot show the absence of anything. */
function whyNotConclusive({ request, trace }: SeenRequest): string | undefined {
  const { capture, queries, status = Number(trace?.labels?.status) } = request
  if (capture === 'counted') {
    return `This request was only counted, so nothing is known about its ${plural(queries, 'query', 'queries')} but their number.`
  }
  const missing = (trace?.truncated ?? 0) + (trace?.onlyCounted?.queries ?? 0)
  if (missing > 0) {
    return `${missing} of the ${plural(queries, 'query', 'queries')} of this request were counted and not kept.`
  }
  if (capture === 'partial') return 'Only a part of this request was captured.'
  if (request.aborted || trace?.labels?.aborted !== undefined) {
    return 'This request was aborted, so it may not have come to the work that showed the finding.'
  }
  if (status >= 400) {
    return `This request ended with status ${status}, so it may not have come to the work that showed the finding.`
  }
  if (trace?.labels?.failed !== undefined) {
    return 'This run failed, so it may not have come to the work that showed the finding.'
  }
  return undefined
}
