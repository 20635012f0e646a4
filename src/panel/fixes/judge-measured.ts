// A finding that was measured is not disproved by one more measurement: a fast run may have found its data in memory, or have
// had other values. Baselines and gates leave such findings out for the same reason.
import type { Finding } from '../../types/finding.ts'
import {
  type ConclusiveRequest,
  fingerprintsOf,
  inconclusive,
  isOneOf,
  type Judgement,
  type SeenRequest,
} from './seen-request.ts'

export function judgeMeasured(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace }: ConclusiveRequest,
): Judgement {
  const isSame = isOneOf(fingerprintsOf(finding))
  const slowest = (queries = trace.queries) =>
    queries
      .filter(isSame)
      .reduce<number | undefined>((most, { durationMs = 0 }) => Math.max(most ?? 0, durationMs), undefined)
  const [was, is] = [slowest(before?.trace?.queries ?? []), slowest()]
  if (is === undefined) return inconclusive('This request did not send the query.')
  const compared = was === undefined ? '' : `, ${Math.round(was)} ms before`
  return inconclusive(
    `The query took ${Math.round(is)} ms in this request${compared}: a measured time differs from run to run, so one run proves nothing.`,
  )
}
