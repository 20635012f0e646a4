// The part of a finding that says what it is and where: the same for every detector, so that keys are made in one place.
// A key survives moved lines, other counts and other times; it is made of names only.
import type { Finding, LoopStatement } from '../types/finding.ts'
import type { CallSite, Frame } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'

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

/**
 * Of a loop, whatever it sends: a statement more or less in it, or another order of them, is the same loop. Loops of one
 * function are numbered by the report.
 */
export function loopKey(detector: string, route: string, [place]: CallSite): string {
  return [detector, route, place?.function ?? ''].join(' | ')
}

/** Of one statement of a loop: the key that its finding would have if it was the only one. */
export function statementKey(route: string, { detector, callSite, fingerprint }: LoopStatement): string {
  return [loopKey(detector, route, callSite), fingerprint].join(' | ')
}

/** Places of one function that share a key are numbered as they stand in it. */
export function withoutNumber(key: string): string {
  return key.replace(/ \| \d{1,15}$/, '')
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
