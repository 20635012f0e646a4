// A budget is kept again when a request that does the same work with about as many rows stays within it.
import { plural } from '../../text/plural.ts'
import type { Finding } from '../../types/finding.ts'
import { whyOtherWork } from './same-work.ts'
import {
  type ConclusiveRequest,
  fixed,
  inconclusive,
  type Judgement,
  type SeenRequest,
} from './seen-request.ts'

/** The part of the rows before that is enough. Fewer rows may keep any loop within the budget. */
const ENOUGH_ROWS = 0.5

export function judgeBudget(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace, request, findings }: ConclusiveRequest,
): Judgement {
  const count = plural(request.queries, 'query', 'queries')
  const cause = findings.find(({ cost }) => cost.queries > 0)
  if (cause) {
    return inconclusive(
      `This request sent ${count}, but it still sends ${cause.cost.queries} too many, which may grow: ${cause.title}.`,
    )
  }
  if (!before?.trace) {
    return inconclusive(
      `This request sent ${count}; the one that exceeded the budget is not kept any more, so they cannot be compared.`,
    )
  }
  const difference = whyOtherWork(before.trace, trace, ENOUGH_ROWS)
  if (difference !== undefined)
    return inconclusive(`This request sent ${count}, but it may have had less to do: ${difference}.`)
  return fixed(
    `This request sent ${count}, where ${finding.detail.replace(/\.$/, '')} and sent ${before.request.queries}.`,
  )
}
