// Asks for less than all rows, when they are not read: for one row, or for their number. A statement is shown only when
// adding to its end, or replacing its list of columns, cannot change its meaning.

import { runnable } from '../../sql/clauses/write-statement.ts'
import type { BuiltStatement, Remedy } from '../advisor.ts'

export function firstRowInSql({ text }: BuiltStatement): Remedy {
  const remediation = 'Ask for one row: LIMIT 1.'
  if (/\b(offset|fetch (first|next))\b/i.test(text)) return { remediation }
  if (LIMITED.test(text) && !/ limit \?$/i.test(text)) return { remediation }
  return withFix(remediation, `${text.replace(/ limit \?$/i, '')} limit 1`)
}

export function countRowsInSql({ text }: BuiltStatement): Remedy {
  const remediation =
    'If their number is what counts, ask for it: count(*). If it is whether there are any: SELECT EXISTS (…). If neither, drop the query.'
  const plain = isOneSelect(text) ? PLAIN.exec(withoutOrder(text)) : null
  if (!plain || GROUPED.test(text)) return { remediation }
  return withFix(remediation, `select count(*)${plain[1]}`)
}

function isOneSelect(text: string): boolean {
  return !/\bselect\b/i.test(text.slice('select '.length))
}

/** The ORDER BY after all brackets is that of the whole statement. It does not change the number of rows. */
function withoutOrder(text: string): string {
  const afterBrackets = Math.max(text.lastIndexOf('('), text.lastIndexOf(')')) + 1
  const order = text.slice(afterBrackets).search(/ order by /i)
  return order < 0 ? text : text.slice(0, afterBrackets + order)
}

function withFix(remediation: string, statement: string): Remedy {
  const fix = runnable(statement)
  return { remediation, ...(fix ? { fix } : {}) }
}

const LIMITED = /\blimit\b/i
/** FROM and WHERE decide the number of rows of a statement with a single SELECT. */
const PLAIN = /^select (?:(?!\(|"[^"]* from ).)*?( from .*)$/is
const GROUPED =
  /\b(distinct|group by|having|union|intersect|except|limit|offset|fetch (first|next)|unnest|generate_series)\b/i
