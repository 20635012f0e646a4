// What to write instead of a read that is repeated with different values: the statement that answers for all of them
// at once where its form allows to write it down, and otherwise the way to it. It refuses to write what it cannot vouch
// for: a LIMIT per row or several moving values need more than `= ANY`.
import type { Finding } from '../types.ts'
import type { Slot } from './slots.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export function batchRemedy(
  text: string,
  varying: readonly Slot[],
  via: string | undefined,
  walksTree: boolean,
): Remedy {
  if (walksTree)
    return { remediation: 'Read the tree at once: WITH RECURSIVE, or all its rows when they are few.' }
  const [slot] = varying
  const column = slot?.column
  const names = varying.map((one) => one.column).filter((name) => name !== undefined)
  const drizzle = via === 'drizzle'
  if (varying.length > 1 || !slot || !column) {
    const all = names.length === varying.length ? ` of (${names.join(', ')})` : ''
    return { remediation: `Ask once for all combinations${all}, by a join to the query they come from.` }
  }
  if (slot.role !== 'equals' && slot.role !== 'list') {
    return { remediation: 'Ask once for all of them, by a join to the query they come from.' }
  }
  if (LIMITED.test(text)) {
    return {
      remediation: drizzle
        ? 'Load the rows with their parent: db.query.….findMany({ with: { … } }), with the limit inside `with`.'
        : 'Ask once for all of them: join the query they come from to this one with CROSS JOIN LATERAL.',
    }
  }
  const values = `${column.slice(column.lastIndexOf('.') + 1).replaceAll('"', '')} values`
  const grouped = AGGREGATE.test(text)
  const how = drizzle ? `where(inArray(${column.replaceAll('"', '')}, …))` : `${column} = ANY($1)`
  const remediation = `Collect the ${values} first and ask once, with ${how}${grouped ? `, grouped by ${column}` : ''}.`
  const batched = `${text.slice(0, slot.start)}ANY($1)${text.slice(slot.start + 1)}`
  if (slot.role === 'list' || NESTED.test(text)) return { remediation }
  const fix = selects(text, column) ? batched : batched.replace(/^select /i, `select ${column}, `)
  return { remediation, fix: grouped ? `${fix} group by ${column}` : fix }
}

/** Without the key in the rows nobody can tell which row belongs to which value. */
function selects(text: string, column: string): boolean {
  const list = /^select (.*?) from /is.exec(text)?.[1] ?? ''
  const name = column.slice(column.lastIndexOf('.') + 1)
  return list.split(', ').some((item) => /^([\w"]+\.)?\*$/.test(item) || item === column || item === name)
}

const LIMITED = /\b(limit|offset|fetch (first|next)|for (update|share|no key|key))\b/i
const AGGREGATE = /\b(count|sum|avg|min|max|array_agg|json_agg|jsonb_agg|string_agg|bool_or|bool_and)\s*\(/i
/** One SELECT on its own is rewritten, anything that holds another, or is grouped or ordered already, is not. */
const NESTED =
  /^(?!select\b)|\bselect\b.*\bselect\b|\b(union|intersect|except|group by|having|over|distinct)\b/is
