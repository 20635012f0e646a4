// The part of a finding that says what it is and where: the same for every detector, so that keys are made in one place.
// A key survives moved lines, other counts and other times; it is made of names only.
import type { CallSite, Finding, Frame, Trace } from '../types.ts'

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

interface PlaceSighting extends Pick<Finding, 'route' | 'callSite' | 'occurrences'> {
  builtAt?: Frame
  statement: string
  traces: number
}

/** Of a place in the code that several traces led to. A function's name tells it apart, where it has none its route does. */
export function identifyPlace(
  detector: string,
  { route, callSite, builtAt, occurrences, statement, traces }: PlaceSighting,
): Identity {
  const name = (builtAt ?? callSite[0])?.function
  return {
    detector,
    key: [detector, name === undefined ? route : '', name ?? '', statement].join(' | '),
    route,
    callSite,
    occurrences,
    occurrenceCount: traces,
  }
}
