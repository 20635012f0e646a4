// Makes one finding of all that one loop sends. The detectors find statement by statement, and so do suppressions: what is
// left out of a loop for a reason is out of it before it is put together.
import { loopKey } from '../detectors/identify.ts'
import { groupLoops, type Loop } from '../grouping/loops.ts'
import type { Finding, LoopStatement, Occurrence } from '../types/finding.ts'
import type { Trace } from '../types/trace.ts'
import { leadFirst, loopFinding } from './loop-finding.ts'

/** A finding about one repeated statement of this trace. */
interface Repeated {
  finding: Finding
  statement: LoopStatement
  indexes: readonly number[]
  callSite: Finding['callSite']
}

export function foldLoops(trace: Trace, findings: readonly Finding[]): Finding[] {
  const repeated = findings.flatMap((finding): Repeated[] => {
    const [statement] = finding.statements ?? []
    const { callSite, occurrences } = finding
    return statement ? [{ finding, statement, callSite, indexes: occurrences[0]?.queries ?? [] }] : []
  })
  return [
    ...findings.filter(({ statements }) => statements === undefined),
    ...groupLoops(trace.queries, repeated).map((loop) => fold(trace, loop)),
  ]
}

function fold(trace: Trace, { items, callSite }: Loop<Repeated>): Finding {
  const [first] = items as [Repeated]
  if (items.length === 1) {
    const { finding } = first
    return { ...finding, key: loopKey(finding.detector, finding.route, callSite) }
  }
  return loopFinding({
    route: trace.name,
    callSite,
    occurrences: [joinOccurrences(items)],
    occurrenceCount: 1,
    statements: items.map(({ finding, statement }) => ({ ...statement, evidence: finding.evidence })),
    savedQueries: items.reduce((sum, { finding }) => sum + finding.cost.queries, 0),
    perRow: items.some(({ finding }) => finding.cost.perRow),
  })
}

/** All queries of the loop, in the order they were sent, and the query whose rows those of the lead statement follow. */
function joinOccurrences(items: readonly Repeated[]): Occurrence {
  const [lead] = items.toSorted((a, b) => leadFirst(a.statement, b.statement)) as [Repeated]
  const [first] = lead.finding.occurrences as [Occurrence]
  return { ...first, queries: items.flatMap(({ indexes }) => indexes).sort((a, b) => a - b) }
}
