// Describes a loop as one finding, built from the statements that it sends. Loops of several traces are one when they have
// the same name and share a statement with one path. The result of joining them does not depend on the order.

import { describedIds } from '../detectors/describe-detector.ts'
import { loopKey } from '../detectors/identify.ts'
import { queriesOfWorst } from '../detectors/occurrence.ts'
import { compareText } from '../text/compare-text.ts'
import type { Evidence, Finding, LoopStatement } from '../types/finding.ts'
import { compareNames, severityOf, surestFirst, worstFirst } from '../worst-first.ts'

type Parts = Pick<Finding, 'route' | 'callSite' | 'occurrences' | 'occurrenceCount'> & {
  statements: readonly LoopStatement[]
  /** The possible saving in the worst trace. */
  savedQueries: number
  /** More rows make more of them. */
  perRow: boolean
}

/** Kept of one loop: a statement that is made up in each turn is another one each time. */
const MOST_STATEMENTS = 200
/** Shown with the finding; all of them are in its `statements`. */
const SHOWN_STATEMENTS = 5

/** The finding of a loop that sends more than one statement. */
export function loopFinding({ statements, savedQueries, perRow, ...parts }: Parts): Finding {
  const sorted = statements.toSorted(leadFirst).slice(0, MOST_STATEMENTS)
  const [lead] = sorted as [LoopStatement]
  const detector = detectorOf(sorted)
  const cost = { queries: savedQueries, roundTrips: savedQueries, ...(perRow ? { perRow } : {}) }
  const queries = queriesOfWorst(parts)
  return {
    detector,
    severity: severityOf(cost),
    confidence: lead.confidence,
    title: `N+1: ${queries} queries of ${countOf(sorted)} statements from one loop`,
    detail: `${describeTurns(sorted)} ${lead.detail}`,
    remediation: lead.remediation,
    ...(lead.fix === undefined ? {} : { fix: lead.fix }),
    key: loopKey(detector, parts.route, parts.callSite),
    ...parts,
    cost,
    evidence: evidenceOf(sorted),
    statements: sorted,
  }
}

/** The same loop, seen in two traces; their occurrences are joined by the caller. */
export function joinLoops(
  a: Finding,
  b: Finding,
  { occurrences, occurrenceCount }: Pick<Finding, 'occurrences' | 'occurrenceCount'>,
): Finding {
  const statements = joinStatements([...(a.statements ?? []), ...(b.statements ?? [])])
  const [first] = [a, b].sort(innermostFirst) as [Finding]
  if (statements.length === 1) {
    const [worse] = [a, b].sort((x, y) => worstFirst(x, y) || innermostFirst(x, y)) as [Finding]
    return { ...worse, statements, occurrences, occurrenceCount }
  }
  return loopFinding({
    route: a.route,
    callSite: first.callSite,
    occurrences,
    occurrenceCount,
    statements,
    savedQueries: Math.max(a.cost.queries, b.cost.queries),
    perRow: a.cost.perRow === true || b.cost.perRow === true,
  })
}

/** One path of theirs sends the same statement. */
export function isSameLoop(a: Finding, b: Finding): boolean {
  const places = new Set(a.statements?.map(identityOf))
  return b.statements?.some((statement) => places.has(identityOf(statement))) ?? false
}

/** Each once, as it was sent most often. */
function joinStatements(statements: readonly LoopStatement[]): LoopStatement[] {
  const joined = new Map<string, LoopStatement>()
  for (const statement of statements) {
    const identity = identityOf(statement)
    const known = joined.get(identity)
    if (!known || isFuller(statement, known)) joined.set(identity, statement)
  }
  return [...joined.values()]
}

function isFuller(a: LoopStatement, b: LoopStatement): boolean {
  const order =
    surestFirst(a.confidence, b.confidence) ||
    b.count - a.count ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  return order < 0
}

function identityOf(statement: LoopStatement): string {
  return [statement.detector, statement.fingerprint, linesOf(statement)].join(' ')
}

function linesOf({ callSite }: Pick<LoopStatement, 'callSite'>): string {
  return callSite.map(({ file, line }) => `${file}:${line}`).join(' ')
}

function innermostFirst(a: Finding, b: Finding): number {
  return compareText(JSON.stringify(a.callSite), JSON.stringify(b.callSite))
}

/** Statements of several detectors are reported under the first of these detectors, in the order of their pages. */
function detectorOf(statements: readonly LoopStatement[]): string {
  const found = statements.map(({ detector }) => detector)
  return describedIds({}).find((id) => found.includes(id)) ?? (found[0] as string)
}

/** The surest first, as the finding is as sure as that one; then what is sent most often. */
export function leadFirst(a: LoopStatement, b: LoopStatement): number {
  return (
    surestFirst(a.confidence, b.confidence) ||
    b.count - a.count ||
    compareNames(linesOf(a), linesOf(b)) ||
    compareText(a.fingerprint, b.fingerprint)
  )
}

function countOf({ length }: readonly LoopStatement[]): string {
  return length < MOST_STATEMENTS ? String(length) : `${length} or more`
}

/** Which statements are sent once in a turn, and which in a loop inside it. */
function describeTurns(statements: readonly LoopStatement[]): string {
  const turns = turnsOf(statements)
  const once = statements.filter(({ count }) => count === turns).length
  if (once === statements.length) return `Each of ${turns} turns sends ${once} statements.`
  const several = statements.filter(({ count }) => count > turns)
  const less = statements.length - once - several.length
  const parts = [
    `${once} of its ${statements.length} statements once`,
    ...(several.length > 0 ? [`${several.length} several times (a loop inside the loop)`] : []),
    ...(less > 0 ? [`${less} not in every turn`] : []),
  ]
  return `Each of ${turns} turns sends ${parts.join(', ')}.`
}

/** Most statements of a loop are sent once in each of its turns. */
function turnsOf(statements: readonly LoopStatement[]): number {
  const times = new Map<number, number>()
  for (const { count } of statements) times.set(count, (times.get(count) ?? 0) + 1)
  const [[turns]] = [...times].sort(([a, x], [b, y]) => y - x || a - b) as [[number, number]]
  return turns
}

function evidenceOf(statements: readonly LoopStatement[]): Evidence[] {
  const turns = turnsOf(statements)
  const [lead] = statements
  const dearest = statements.toSorted((a, b) => b.count - a.count).slice(0, SHOWN_STATEMENTS)
  const left = statements.length - dearest.length
  const notes = statements.flatMap(({ evidence }, at) =>
    evidence.slice(1).filter(({ label }) => at === 0 || label === 'ignored'),
  )
  return [
    ...dearest.map((statement): Evidence => {
      const place = statement.evidence[0]?.callSite ?? statement.callSite[0]
      const perTurn = statement.count / turns
      const nested = perTurn >= 2 ? `, ${about(perTurn)} in each turn` : ''
      return {
        label: `${statement.count}×${nested}`,
        text: statement.text,
        ...(place ? { callSite: place } : {}),
      }
    }),
    ...(left > 0 ? [{ label: 'and', text: `${left} more ${left === 1 ? 'statement' : 'statements'}` }] : []),
    ...(lead ? notes : []),
  ]
}

function about(times: number): string {
  return Number.isInteger(times) ? String(times) : `about ${Math.round(times)}`
}
