// The part of a finding that says what it is and where: the same for every detector, so that keys are made in one place.
// A key survives moved lines, other counts and other times; it is made of names only.
import type { CallSite, Finding, Trace } from '../types.ts'

type Identity = Pick<Finding, 'detector' | 'key' | 'route' | 'callSite' | 'occurrences' | 'occurrenceCount'>

export interface Sighting {
  trace: Trace
  /** Positions of the queries that show it. */
  queries: readonly number[]
  parent?: number | undefined
  callSite?: CallSite | undefined
  /** The fingerprint's key, for findings about one statement. */
  statement?: string
}

export function identify(
  detector: string,
  { trace, queries, parent, callSite = [], statement }: Sighting,
): Identity {
  const names = [
    detector,
    trace.name,
    ...(statement === undefined ? [] : [callSite[0]?.function ?? '', statement]),
  ]
  return {
    detector,
    key: names.join(' | '),
    route: trace.name,
    callSite,
    occurrences: [{ trace: trace.id, queries, ...(parent === undefined ? {} : { parent }) }],
    occurrenceCount: 1,
  }
}
