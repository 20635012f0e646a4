// Lines about suppressions: only the number of those that suppress findings, and the next step for each of the others.
import { describeDetector, describedIds } from '../../detectors/describe-detector.ts'
import type { Frame } from '../../types/query.ts'
import type { Report, Suppression, SuppressionState } from '../../types/report.ts'
import { clip } from './printable.ts'

const LONGEST_NAME = 40

export interface SuppressionLine {
  state: SuppressionState
  /** Place and reason: `ignore (one row each)`. */
  what: string
  /** The problem and the next step. */
  next: string
  at?: Frame | undefined
}

/** The suppressions that suppress nothing, in the report's order. */
export function suppressionLines(report: Pick<Report, 'suppressions' | 'rules'>): SuppressionLine[] {
  return report.suppressions.flatMap((suppression) => {
    const next = nextStep(suppression, report)
    return next === undefined
      ? []
      : [{ state: suppression.state, what: describe(suppression), next, at: suppression.at }]
  })
}

/** The number of suppressed findings and of their reasons. Empty when there are none. */
export function countSuppressed(suppressed: number, suppressions: readonly Suppression[]): string {
  if (suppressed === 0) return ''
  const reasons = suppressions.filter(({ state }) => state === 'used').length
  const count = suppressed === 1 ? '1 finding is' : `${suppressed} findings are`
  return `${count} suppressed, for ${reasons === 1 ? 'one reason' : `${reasons} reasons`}`
}

function describe({ by, reason, detectors, route, path, fingerprint }: Suppression): string {
  const about = [...(detectors ?? []), route, path, fingerprint].filter(Boolean).join(', ')
  return [by === 'comment' ? 'pg-loupe-ignore' : by, about, reason && `(${reason})`].filter(Boolean).join(' ')
}

function nextStep(
  { state, reason, until, detectors, findings }: Suppression,
  report: Pick<Report, 'rules'>,
): string | undefined {
  switch (state) {
    case 'unused':
      return 'it suppresses nothing any more: remove it'
    case 'expired':
      return findings > 0
        ? `was valid until ${until}: fix the findings that it suppresses, or give it a later date`
        : `was valid until ${until}: remove it`
    case 'invalid':
      return whatIsWrong(reason, detectors, report)
    default:
      return undefined
  }
}

function whatIsWrong(
  reason: string,
  detectors: readonly string[] | undefined,
  report: Pick<Report, 'rules'>,
): string {
  if (reason === '')
    return 'suppresses nothing without a reason: write one after a colon, as in /* pg-loupe-ignore: four shops */'
  const unknown = detectors?.find((id) => !describeDetector(report, id))
  if (unknown !== undefined)
    return `there is no detector ${clip(unknown, LONGEST_NAME)}: use one of ${describedIds(report).join(', ')}`
  return 'suppresses nothing: until takes a date, as in /* pg-loupe-ignore until 2027-01-31: four shops */'
}
