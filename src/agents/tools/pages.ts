// Pages of a list: a cursor is the position of the next row.
import * as v from 'valibot'

export const cursor = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'the cursor of an answer'),
    v.description('The cursor of the answer before.'),
  ),
)

export function start(given: string | undefined): number {
  return Number(given ?? 0)
}

/** Counts the rows after this page, and gives the cursor of the next page. */
export function leftOut(
  first: number,
  shown: number,
  total: number,
  what: string,
): { leftOut?: string; cursor?: string } {
  const end = first + shown
  if (end >= total) return {}
  return { leftOut: `${total - end} more ${what}`, cursor: String(end) }
}
