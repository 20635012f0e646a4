// Aggregates and counts of one value in each turn: one query with a group for each value. A value without rows has no group,
// so the loop gets what the aggregate gives for no rows.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'
import { type Entry, type Expression, inLines, type Range, textOf, withReplaced } from '../code/expression.ts'
import { advice, pasted } from '../code/pasted.ts'
import {
  conditionForAll,
  type Key,
  keyMaker,
  keyOfRow,
  keyOfTurn,
  keysOf,
  lookup,
  namesFor,
  propertyOf,
  selectedKey,
} from './keys.ts'

export function isAggregate(value: string): boolean {
  return AGGREGATE.test(value)
}

const AGGREGATE =
  /^(?:(?:count|countDistinct|sum|sumDistinct|avg|avgDistinct|min|max)\(|sql\b[^`]*`[^`]*\b(?:count|sum|avg|min|max|array_agg|jsonb?_agg|string_agg|bool_or|bool_and|every)\s*\()/i

/** The value of an aggregate of no rows; `undefined` when it is unknown. */
function withoutRows(aggregate: string): string | undefined {
  if (/^count(?:Distinct)?\([^()]*\)$/.test(aggregate)) return '0'
  if (/^(?:sum|avg|min|max|sumDistinct|avgDistinct)\([^()]*\)$/.test(aggregate)) return 'null'
  const isCount =
    /^sql<number>`\s*(?:count\s*\([^()`]*\)\s*::\s*(?:int|integer|int4|float8)|cast\s*\(\s*count\s*\([^()`]*\)\s*as\s+(?:int|integer)\s*\))\s*`$/i
  const isMapped = /^sql(?:<number>)?`\s*count\s*\([^()`]*\)\s*`\.mapWith\(Number\)$/i
  return isCount.test(aggregate) || isMapped.test(aggregate) ? '0' : undefined
}

/** `select({ total: sum(…) })` without GROUP BY. */
export function aggregateOnce(
  expression: Expression,
  entries: readonly Entry[],
  keys: readonly Key[],
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { calls } = expression
  const [select] = calls
  const where = calls.find(({ name }) => name === 'where')
  if (!select || !where || calls.some(({ name }) => ['orderBy', 'having', 'limit'].includes(name)))
    return undefined
  const nothing = entries.map(({ name, value }) => ({ name, value: withoutRows(textOf(expression, value)) }))
  if (nothing.some(({ value }) => value === undefined)) return undefined
  const condition = conditionForAll(expression, where.args[0] as Range, keys, loop)
  const names = namesFor(keys, source, 'Counted')
  const columns = keys.map(({ column }) => column).join(', ')
  const selection = select.args[0] as Range
  const grouped = withReplaced(expression, [
    { range: selection, by: `{ key: ${selectedKey(keys)}, row: ${textOf(expression, selection)} }` },
    { range: where.args[0] as Range, by: condition.text },
  ])
  const empty = nothing.map(({ name, value }) => `${name}: ${value}`).join(', ')
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, grouped by ${columns}. Without rows the result is { ${empty} }.`,
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [
        `const ${names.found} = await ${inLines(`${grouped}.groupBy(${columns})`)}`,
        ...keyMaker(keys, names, source),
        `const ${names.by} = new Map(${names.found}.map(({ key, row }) => [${keyOfRow(keys, names)}, row]))`,
      ],
      inside: `[${names.by}.get(${keyOfTurn(keys, names)}) ?? { ${empty} }]`,
    }),
  )
}

/** `db.$count(table, condition)` */
export function countOnce(expression: Expression, source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const [call] = expression.calls
  const [table, where] = call?.args ?? []
  const keys = keysOf(expression, where, loop)
  if (!table || !where || !keys) return undefined
  const condition = conditionForAll(expression, where, keys, loop)
  const names = namesFor(keys, source, 'Counted')
  const columns = keys.map(({ column }) => column).join(', ')
  const selected = keys.map((key) => `${propertyOf(key)}: ${key.column}`).join(', ')
  const key = lookup(keys, names.keyOf, (one) => `row.${propertyOf(one)}`)
  return advice(
    source,
    `Count once for all of ${loop.over} before the loop, grouped by ${columns}. Without rows the number is 0.`,
    pasted(source, 'drizzle-orm', [...condition.imports, 'count'], {
      before: [
        `const ${names.found} = await ${expression.root}\n  .select({ ${selected}, rows: count() })\n  .from(${textOf(expression, table)})\n  .where(${condition.text})\n  .groupBy(${columns})`,
        ...keyMaker(keys, names, source),
        `const ${names.by} = new Map(${names.found}.map((row) => [${key}, row.rows]))`,
      ],
      inside: `${names.by}.get(${keyOfTurn(keys, names)}) ?? 0`,
    }),
  )
}
