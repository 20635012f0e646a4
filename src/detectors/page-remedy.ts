// What to write instead of a SELECT that grows with its table: a page of it, in an order that has one way only. Where a
// page would answer another question (the groups of a sum, a tree) it says what would help, and shows no statement.

import { parameters, writeStatement } from '../sql/clauses/write-statement.ts'
import { outerText } from '../sql/fingerprint/outer-text.ts'
import { valueTypes } from '../sql/index.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export function pageRemedy(text: string, { sql, via, bound }: Query): Remedy {
  const outer = outerText(text)
  if (/\bwith recursive\b/i.test(text))
    return { remediation: 'Limit how deep the recursion goes, or the rows that it starts from.' }
  if (GROUPED.test(outer) || /^select distinct\b/i.test(text)) return { remediation: FEWER_GROUPS }
  if (via === 'drizzle')
    return { remediation: 'Page it: .orderBy(…).limit(n), and go on after the last key.' }
  const remediation = 'Page it: ORDER BY a unique key, LIMIT n, and go on after the last key.'
  if (LOCKS_OR_PAGES.test(outer)) return { remediation }
  const ordered = inOneOrder(text, outer, bound?.key)
  const next = parameters()
  const page = ordered && writeStatement({ text: ordered, types: valueTypes(sql) }, next)
  return { remediation, ...(page ? { fix: `${page} limit ${next()}` } : {}) }
}

const GROUPED = /\bgroup by\b/i
/** A LIMIT would leave groups out, and a sum over some of them is another sum. */
const FEWER_GROUPS =
  'Narrow by a condition what it groups, such as a period, or keep the totals in a table of their own: LIMIT would leave groups out.'
const LOCKS_OR_PAGES = /\b(for (update|share|no key|key)|limit|offset|fetch (first|next))\b/i

/** A page of rows in no order is another one each time. */
function inOneOrder(text: string, outer: string, key: readonly string[] | undefined): string | undefined {
  if (/\border by\b/i.test(outer)) return text
  if (!key || /\b(union|intersect|except)\b/i.test(outer)) return undefined
  return `${text} order by ${key.join(', ')}`
}
