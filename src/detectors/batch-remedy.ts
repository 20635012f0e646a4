// What to write instead of a read that is repeated with different values: one statement that answers for all of them,
// written out where its form allows it and named where it does not. `= ANY` serves a lookup by one key; whatever has a
// LIMIT, an aggregate or several keys per row is joined to the query the values come from, row by row as before.
import type { Finding } from '../types.ts'
import { numberValues, withArray } from './number-values.ts'
import type { Slot } from './slots.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export interface RepeatedRead {
  /** The fingerprint's text. */
  text: string
  varying: readonly Slot[]
  via: string | undefined
  /** Its own rows are where the next values come from. */
  walksTree: boolean
  /** The statement whose rows hold the values, with the column for each varying slot, in their order. */
  parent?: { text: string; columns: readonly string[] } | undefined
}

export function batchRemedy(read: RepeatedRead): Remedy {
  if (read.walksTree) {
    return { remediation: 'Read the tree at once: WITH RECURSIVE, or all its rows when they are few.' }
  }
  return askForAll(read) ?? joinToParent(read) ?? groupByKey(read) ?? { remediation: inWords(read) }
}

const LIMITED = /\b(limit|offset|fetch (first|next)|for (update|share|no key|key))\b/i
const AGGREGATE = /\b(count|sum|avg|min|max|array_agg|jsonb?_agg|string_agg|bool_or|bool_and|every)\s*\(/i
/** What is grouped, combined or holds another SELECT is not rewritten from its text. */
const NESTED =
  /^(?!select\b)|\bselect\b.*\bselect\b|\b(union|intersect|except|group by|having|over|distinct)\b/is

function askForAll({ text, varying, via }: RepeatedRead): Remedy | undefined {
  const [slot] = varying
  if (varying.length !== 1 || !slot?.column || !isLookup(slot)) return undefined
  if (LIMITED.test(text) || AGGREGATE.test(text) || NESTED.test(text)) return undefined
  const how = via === 'drizzle' ? `where(inArray(${plain(slot.column)}, …))` : `${slot.column} = any(…)`
  const remediation = `Collect the ${lastPart(slot.column)} values first and ask once, with ${how}.`
  const batched = withArray(text, slot)
  if (!batched) return { remediation }
  return { remediation, fix: selects(text, slot.column) ? batched : withKey(batched, slot.column) }
}

function groupByKey({ text, varying, via }: RepeatedRead): Remedy | undefined {
  const [slot] = varying
  if (varying.length !== 1 || !slot?.column || !isLookup(slot)) return undefined
  if (LIMITED.test(text) || NESTED.test(text)) return undefined
  const how = via === 'drizzle' ? `inArray(${plain(slot.column)}, …) and groupBy` : `${slot.column} = any(…)`
  const batched = withArray(text, slot)
  return {
    remediation: `Ask once for all, with ${how}, grouped by ${slot.column}; a value without rows has none in the result.`,
    ...(batched ? { fix: `${withKey(batched, slot.column)} group by ${slot.column}` } : {}),
  }
}

/** Exactly what the loop did, in one statement; needs no types and keeps LIMIT and aggregates per row. */
function joinToParent({ text, varying, via, parent }: RepeatedRead): Remedy | undefined {
  if (!parent || !/^select\b/i.test(text) || !/^(select|with)\b/i.test(parent.text)) return undefined
  const outer = numberValues(parent.text, 1, () => undefined)
  const columns = new Map(varying.map(({ position }, i) => [position, parent.columns[i]]))
  const inner =
    outer && numberValues(text, outer.next, (position) => name('parent_row', columns.get(position)))
  if (!inner) return undefined
  const keys = [...new Set(parent.columns)].map((column) => name('parent_row', column)).join(', ')
  return {
    remediation:
      via === 'drizzle'
        ? 'Load the rows with their parent, db.query.….findMany({ with: { … } }), or join them to it.'
        : 'Join to the query the values come from.',
    fix: `select ${keys}, child_row.* from (${outer.sql}) as parent_row\ncross join lateral (${inner.sql}) as child_row`,
  }
}

function inWords({ varying }: RepeatedRead): string {
  const names = varying.flatMap(({ column }) => column ?? [])
  const all = names.length > 1 ? ` combinations of (${names.join(', ')})` : ' of them'
  return `Ask once for all${all}, by a join to the query they come from.`
}

function isLookup({ role }: Slot): boolean {
  return role === 'equals' || role === 'list'
}

/** Without the key in the rows nobody can tell which row belongs to which value. */
function withKey(sql: string, column: string): string {
  return sql.replace(/^select /i, `select ${column}, `)
}

function selects(text: string, column: string): boolean {
  const items = /^select (.*?) from /is.exec(text)?.[1]?.split(', ') ?? []
  return items.some((item) => /^([\w"]+\.)?\*$/.test(item) || item === column || item === lastPart(column))
}

function lastPart(column: string): string {
  return plain(column.slice(column.lastIndexOf('.') + 1))
}

function plain(column: string): string {
  return column.replaceAll('"', '')
}

function name(alias: string, column: string | undefined): string | undefined {
  if (column === undefined) return undefined
  return `${alias}.${/^[a-z_][a-z0-9_]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`}`
}
