// What the code says about its own queries, by `ignore` or in a comment, and whether it counts today.
import { ignoresOf } from '../sql/ignore-comment.ts'
import type { Ignore, Trace } from '../types.ts'
import { isDay } from './day.ts'

/** For each query of the trace what is said about it; undefined when nothing is, about any. */
export function readMarks({ queries }: Trace): readonly (readonly Ignore[] | undefined)[] | undefined {
  let marks: (readonly Ignore[] | undefined)[] | undefined
  for (const [index, query] of queries.entries()) {
    const ignores = ignoresOf(query)
    if (!ignores) continue
    marks ??= new Array(queries.length).fill(undefined)
    marks[index] = ignores
  }
  return marks
}

/** Two calls that say the same are one suppression. */
export function keyOfMark({ by, reason, detectors = [], until = '' }: Ignore): string {
  return JSON.stringify([by, reason, detectors, until])
}

export function isAbout(mark: Ignore, detector: string): boolean {
  return !mark.detectors || mark.detectors.includes(detector)
}

export function isValid({ reason, until }: Pick<Ignore, 'reason' | 'until'>): boolean {
  return reason !== '' && (until === undefined || isDay(until))
}

export function isInForce(mark: Pick<Ignore, 'reason' | 'until'>, day: string): boolean {
  return isValid(mark) && (mark.until === undefined || mark.until >= day)
}
