// Describes the detector with an id: a detector of this package, or a detector of the user that the report describes.
import type { DetectorDescription } from '../types/detector.ts'
import { detectorPages } from './pages.ts'

/** The detectors of the user that a report describes. */
interface WithRules {
  readonly rules?: readonly DetectorDescription[]
}

/** Returns undefined for a detector that neither this version nor the report knows. */
export function describeDetector({ rules }: WithRules, id: string): DetectorDescription | undefined {
  return Object.hasOwn(detectorPages, id) ? detectorPages[id] : rules?.find((rule) => rule.id === id)
}

/** The ids of all detectors that are known: those of this package in the order of their pages, then those of the user. */
export function describedIds({ rules = [] }: WithRules): string[] {
  return [...Object.keys(detectorPages), ...rules.map(({ id }) => id)]
}

/** An address that can be opened from anywhere; undefined for a page in the installed package. */
export function webPage({ url = '' }: Pick<DetectorDescription, 'url'>): string | undefined {
  return /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined
}
