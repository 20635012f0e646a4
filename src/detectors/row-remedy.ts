// What to ask for instead of rows that are not read: one row, their number, or whether there is any. The statement is
// written out where adding to its end, or replacing its list of columns, cannot change what it means.

import { limitedInDrizzle } from '../advice/drizzle-columns.ts'
import { runnable } from '../sql/clauses/write-statement.ts'
import type { Finding } from '../types/finding.ts'
import type { Place } from './row-uses.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export function fewerRows(place: Place & { onlyFirst: boolean }, touched: number): Remedy {
  return touched === 0 ? theirNumber(place) : oneRow(place)
}

function oneRow({ text, via, expression, onlyFirst }: Place & { onlyFirst: boolean }): Remedy {
  if (!onlyFirst)
    return {
      remediation: 'Ask for the row that is read: by a WHERE, or an ORDER BY that puts it first and LIMIT 1.',
    }
  const remediation =
    via === 'drizzle' ? 'Ask for one row: findFirst, or .limit(1).' : 'Ask for one row: LIMIT 1.'
  if (via === 'drizzle') {
    const fix = expression === undefined ? undefined : limitedInDrizzle(expression)
    return { remediation, ...(fix ? { fix } : {}) }
  }
  if (/\b(offset|fetch (first|next))\b/i.test(text)) return { remediation }
  if (LIMITED.test(text) && !/ limit \?$/i.test(text)) return { remediation }
  return withFix(remediation, `${text.replace(/ limit \?$/i, '')} limit 1`)
}

function theirNumber({ text, via }: Place): Remedy {
  const isDrizzle = via === 'drizzle'
  const remediation = isDrizzle
    ? 'If their number is what counts, ask for it: db.$count(…). If it is whether there are any: exists(…), or .limit(1).'
    : 'If their number is what counts, ask for it: count(*). If it is whether there are any: SELECT EXISTS (…). If neither, drop the query.'
  const plain = isOneSelect(text) ? PLAIN.exec(withoutOrder(text)) : null
  if (isDrizzle || !plain || GROUPED.test(text)) return { remediation }
  return withFix(remediation, `select count(*)${plain[1]}`)
}

function isOneSelect(text: string): boolean {
  return !/\bselect\b/i.test(text.slice('select '.length))
}

/** The ORDER BY of the statement, which is the one behind all brackets, decides no number. */
function withoutOrder(text: string): string {
  const behind = Math.max(text.lastIndexOf('('), text.lastIndexOf(')')) + 1
  const order = text.slice(behind).search(/ order by /i)
  return order < 0 ? text : text.slice(0, behind + order)
}

function withFix(remediation: string, statement: string): Remedy {
  const fix = runnable(statement)
  return { remediation, ...(fix ? { fix } : {}) }
}

const LIMITED = /\blimit\b/i
/** With one SELECT on its own, it is its FROM and WHERE that decide the number of rows. */
const PLAIN = /^select (?:(?!\(|"[^"]* from ).)*?( from .*)$/is
const GROUPED =
  /\b(distinct|group by|having|union|intersect|except|limit|offset|fetch (first|next)|unnest|generate_series)\b/i
