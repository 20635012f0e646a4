// Nothing is known about what a detector of the user looks at. Its finding is taken for fixed when it is gone from a request
// that used the same tables for as much data.
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

export function judgeOther(
  _finding: Finding,
  before: SeenRequest | undefined,
  { trace, request }: ConclusiveRequest,
): Judgement {
  if (!before?.trace) {
    return inconclusive(
      'The request that showed it is not kept any more, so it is unknown whether this one did the same.',
    )
  }
  const difference = whyOtherWork(before.trace, trace)
  if (difference !== undefined)
    return inconclusive(`This request does not show it, but it did other work: ${difference}.`)
  return fixed(
    `This request used the same tables with ${plural(request.queries, 'query', 'queries')}, and its detector finds nothing.`,
  )
}
