// A page of a SELECT that grows with its table: the same statement with a LIMIT, in an order that is always the same.

import { parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import { valueTypes } from '../../sql/index.ts'
import type { Remedy, UnboundedSelect } from '../advisor.ts'

export function pageInSql({ text, outer, sql, key }: UnboundedSelect): Remedy {
  const remediation = 'Page it: ORDER BY a unique key, LIMIT n, and go on after the last key.'
  if (LOCKS_OR_PAGES.test(outer)) return { remediation }
  const ordered = inOneOrder(text, outer, key)
  const next = parameters()
  const page = ordered && writeStatement({ text: ordered, types: valueTypes(sql) }, next)
  return { remediation, ...(page ? { fix: `${page} limit ${next()}` } : {}) }
}

const LOCKS_OR_PAGES = /\b(for (update|share|no key|key)|limit|offset|fetch (first|next))\b/i

/** Without an order, the same page may have other rows each time. */
function inOneOrder(text: string, outer: string, key: readonly string[] | undefined): string | undefined {
  if (/\border by\b/i.test(outer)) return text
  if (!key || /\b(union|intersect|except)\b/i.test(outer)) return undefined
  return `${text} order by ${key.join(', ')}`
}
