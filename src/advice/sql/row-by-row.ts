// Statements that do row by row what a loop did: a lateral join to the query that the values come from, and a recursive query
// for a loop that goes from row to row.
import { type Edit, parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'
import type { ReadRewrite, RepeatedRead, VaryingValue } from './repeated-read.ts'

/** Does in one statement exactly what the loop did: LIMIT, aggregates and parents without rows are kept. */
export function lateral(read: RepeatedRead): ReadRewrite | undefined {
  const { parent, text, varying } = read
  if (!parent || LOCKS.test(text) || LOCKS.test(parent.text)) return undefined
  if (![text, parent.text].every((one) => /^(?:select|with)\b/.test(one) && !/[^\s]\s*;/.test(one)))
    return undefined
  if (/\b(?:parent_row|child_row)\b/.test(text + parent.text)) return undefined
  const next = parameters()
  const outer = writeStatement(parent, next)
  const columns = varying.map((value, at) =>
    columnEdit(read, value, `parent_row.${quoteName(parent.columns[at] ?? '')}`),
  )
  const inner = outer && writeStatement(read, next, columns)
  if (!inner) return undefined
  const keys = [...new Set(parent.columns)].map((column) => {
    const alias = quoteName(`parent_${column}`)
    return `parent_row.${quoteName(column)} as ${text.includes(alias) ? quoteName(`parent_row_${column}`) : alias}`
  })
  return {
    kind: 'lateral',
    sql: `select ${keys.join(', ')}, child_row.* from (${outer}) as parent_row\nleft join lateral (${inner}) as child_row on true`,
  }
}

/** Replaces a value by a column, and an array of one value by an array of the column. */
function columnEdit({ text, types }: RepeatedRead, { start, position }: VaryingValue, column: string): Edit {
  const isArray = /\b(?:any|all) ?\($/.test(text.slice(0, start))
  const cast = types[position]?.cast ?? ''
  return { start, end: start + 1, write: () => `${isArray ? `array[${column}]` : column}${cast}` }
}

const LOCKS = /\bfor (?:update|share|no key update|key share)\b/

/** Repeats the statement for the next row. A row that leads back to an earlier row ends the walk. */
export function walk(read: RepeatedRead, from: string): string | undefined {
  const { text, varying } = read
  const [value] = varying
  if (!value || varying.length > 1 || LOCKS.test(text) || !/^select\b/.test(text)) return undefined
  if (/\b(?:walk|first_row|next_row|step|is_repeated|visited)\b/.test(text)) return undefined
  const next = parameters()
  const numbers = new Map<number, string>()
  const give = (position: number) => {
    const known = numbers.get(position) ?? next()
    numbers.set(position, known)
    return known
  }
  const column = quoteName(from)
  const first = writeStatement(read, give)
  const following = writeStatement(read, give, [columnEdit(read, value, `walk.${column}`)])
  if (!first || !following) return undefined
  return [
    'with recursive walk as (',
    `  select 1 as step, first_row.* from (${first}) as first_row`,
    '  union all',
    `  select walk.step + 1, next_row.* from walk cross join lateral (${following}) as next_row`,
    `) cycle ${column} set is_repeated using visited`,
    'select * from walk where not is_repeated order by step',
  ].join('\n')
}
