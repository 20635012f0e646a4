// The marks that the code sets on its own queries, by `ignore` or in a comment, and whether they are valid today.

import type { WrongComment } from '../setup/setup-facts.ts'
import { ignoresOf } from '../sql/fingerprint/ignore-comment.ts'
import type { Ignore, Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { isDay } from './day.ts'

/** The marks of each query of a trace, or undefined when no query has any. */
export type Marks = readonly (readonly Ignore[] | undefined)[] | undefined

/**
 * Takes a finished trace. The result is kept, because the live report, the merged report and the observations all need it.
 */
export function readMarks({ queries }: Trace): Marks {
  const known = marksOf.get(queries)
  if (known !== undefined) return known || undefined
  const marks = read(queries)
  marksOf.set(queries, marks ?? false)
  return marks
}

/** False means no marks. */
const marksOf = new WeakMap<readonly Query[], Marks | false>()

function read(queries: readonly Query[]): Marks {
  let marks: (readonly Ignore[] | undefined)[] | undefined
  for (let index = 0; index < queries.length; index++) {
    const ignores = ignoresOf(queries[index] as Query)
    if (!ignores) continue
    marks ??= new Array(queries.length).fill(undefined)
    marks[index] = ignores
  }
  return marks
}

/** Two calls with equal contents are one suppression. */
export function keyOfMark({ by, reason, detectors = [], until = '' }: Ignore): string {
  return JSON.stringify([by, reason, detectors, until])
}

export function isAbout(mark: Ignore, detector: string): boolean {
  return !mark.detectors || mark.detectors.includes(detector)
}

function isValid({ reason, until }: Pick<Ignore, 'reason' | 'until'>): boolean {
  return reason !== '' && (until === undefined || isDay(until))
}

export function isInForce(mark: Pick<Ignore, 'reason' | 'until'>, day: string): boolean {
  return isValid(mark) && (mark.until === undefined || mark.until >= day)
}

/** The mistake because of which the mark has no effect. */
export function whatIsWrong(
  mark: Ignore,
  knownDetectors: readonly string[] | undefined,
): WrongComment['why'] | undefined {
  if (mark.reason === '') return 'no reason'
  if (!isValid(mark)) return 'wrong day'
  const isKnown = (id: string) => !knownDetectors || knownDetectors.includes(id)
  return mark.detectors?.every(isKnown) === false ? 'unknown detector' : undefined
}
