// A finding about one repeated statement, with that statement as its only one, so that the statements of one loop can be
// joined later.
import { fingerprint } from '../sql/index.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { severityOf } from '../worst-first.ts'
import { type Origin, parentEvidence, statementEvidence } from './origin.ts'
import { growth } from './row-growth.ts'
import { unknownLineEvidence } from './unknown-line.ts'

interface RepeatedStatement {
  trace: Trace
  /** The queries that repeat the statement, at least one. */
  queries: readonly Query[]
  origin: Origin | undefined
  /** Position in the trace of the query whose rows the loop walks. */
  parent: number | undefined
}

/** Completes the finding: all but one of the queries could be saved. */
export function loopOfOne(
  described: Omit<Finding, 'severity' | 'statements' | 'cost' | 'evidence'>,
  { trace, queries, origin, parent }: RepeatedStatement,
): Finding {
  const [first] = queries as [Query]
  const { text, key } = fingerprint(first.sql)
  const count = queries.length
  const cost = { queries: count - 1, roundTrips: count - 1, ...growth(trace, parent, origin) }
  const { detector, confidence, callSite, detail, remediation, fix } = described
  const evidence = [
    statementEvidence(count, text, first),
    ...parentEvidence(trace, parent, origin),
    ...unknownLineEvidence(callSite),
  ]
  const statement = { detector, fingerprint: key, text, count, confidence, callSite, detail, remediation }
  return {
    ...described,
    severity: severityOf(cost),
    cost,
    evidence,
    statements: [{ ...statement, ...(fix === undefined ? {} : { fix }), evidence }],
  }
}
