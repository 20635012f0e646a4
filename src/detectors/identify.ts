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
 * Identity of a loop. It does not depend on the statements of the loop or on their order. The report numbers the loops of one
 * function.
 */
export function loopKey(detector: string, route: string, [place]: CallSite): string {
  return [detector, route, place?.function ?? ''].join(' | ')
}

/** Identity of one statement of a loop: the key that its finding would have if the statement was the only one. */
export function statementKey(route: string, { detector, callSite, fingerprint }: LoopStatement): string {
  return [loopKey(detector, route, callSite), fingerprint].join(' | ')
}

/** Places of one function that share a key are numbered in the order of their lines. */
export function withoutNumber(key: string): string {
  return key.replace(/ \| \d{1,15}$/, '')
}

interface PlaceSighting extends Pick<Finding, 'route' | 'callSite' | 'occurrences'> {
  builtAt?: Frame
  statement: string
  traces: number
}

/**
 * Identity of a place in the code that several traces led to. It is told apart by the name of its function, or by the route
 * when the function has no name.
 */
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
