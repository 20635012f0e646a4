// Whether a loop will send more queries when its tables hold more rows. It will not where the rows that it runs over come
// from one query with a LIMIT: a page of twenty stays a page of twenty.
import type { Cost } from '../types/finding.ts'
import type { Trace } from '../types/trace.ts'
import type { Origin } from './origin.ts'

export function growth(
  trace: Trace,
  parent: number | undefined,
  origin: Origin | undefined,
): Pick<Cost, 'perRow'> {
  const limit = trace.queries[parent ?? -1]?.limit
  const isOneParent = (origin?.parents.length ?? 1) === 1
  return limit !== undefined && isOneParent ? {} : { perRow: true }
}
