// A `select` with a condition: the condition takes the values of all turns, and the rows are grouped in a Map by those values.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { ReadRows, Remedy } from '../advisor.ts'
import { type Expression, entriesOf, inLines, type Range, textOf, withReplaced } from '../code/expression.ts'
import { advice, groupRows, pasted } from '../code/pasted.ts'
import { aggregateOnce, isAggregate } from './aggregate-once.ts'
import { firstOfEach } from './first-of-each.ts'
import {
  conditionForAll,
  howForAll,
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

const SELECTS = new Set(['select', 'selectDistinct'])
const PLAIN_CALLS = new Set([
  'select',
  'selectDistinct',
  'from',
  'where',
  'orderBy',
  'innerJoin',
  'limit',
  'groupBy',
  'having',
])

export function selectOnce(
  expression: Expression,
  source: QuerySource,
  loop: SourceLoop,
  rows: ReadRows,
): Remedy | undefined {
  const { calls } = expression
  const [select, from] = calls
  const where = calls.find(({ name }) => name === 'where')
  const limit = calls.find(({ name }) => name === 'limit')
  const isKnown = calls.every(({ name }) => PLAIN_CALLS.has(name))
  if (!select || !SELECTS.has(select.name) || from?.name !== 'from' || !isKnown || !where) return undefined
  const keys = keysOf(expression, where.args[0], loop)
  if (!keys) return undefined
  const [selection] = select.args
  const entries = selection && entriesOf(expression, selection)
  const isJoined = calls.some(({ name }) => name === 'innerJoin')
  if (!selection && isJoined) return undefined
  const isGrouped = calls.some(({ name }) => name === 'groupBy')
  const aggregates = entries?.some(({ value }) => isAggregate(textOf(expression, value))) ?? false
  if (aggregates && !isGrouped) return aggregateOnce(expression, entries ?? [], keys, source, loop)
  if (isGrouped || (limit && !isJoined && !isUnique(keys))) {
    return isGrouped || keys.length > 1 ? undefined : firstOfEach(expression, entries, keys, source, loop)
  }
  if (limit && isJoined) return undefined

  const condition = conditionForAll(expression, where.args[0] as Range, keys, loop)
  const own =
    entries && keys.map((key) => entries.find(({ value }) => textOf(expression, value) === key.column))
  const table = textOf(expression, from.args[0] ?? [0, 0])
  const isWhole = !selection && keys.every((key) => key.column === `${table}.${propertyOf(key)}`)
  const hasKeys = isWhole || own?.every((entry) => entry !== undefined) === true
  if (!selection && !isWhole) return undefined
  const names = namesFor(keys, source)
  const replacements = [
    { range: where.args[0] as Range, by: condition.text },
    ...(hasKeys || !selection
      ? []
      : [{ range: selection, by: `{ key: ${selectedKey(keys)}, row: ${textOf(expression, selection)} }` }]),
    ...(limit ? [{ range: [limit.open - 2, limit.close + 1] as Range, by: '' }] : []),
  ]
  const nameOfKey = (one: Key) => (isWhole ? propertyOf(one) : (own?.[keys.indexOf(one)]?.name ?? ''))
  const keyType =
    keys.length > 1
      ? 'string'
      : `(typeof ${names.found})[number][${hasKeys ? `'${nameOfKey(keys[0] as Key)}'` : "'key'"}]`
  const found = `${names.by}.get(${keyOfTurn(keys, names)}) ?? []`
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, with ${howForAll(keys)}; the loop looks its rows up.`,
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [
        `const ${names.found} = await ${inLines(withReplaced(expression, replacements))}`,
        ...keyMaker(keys, names, source),
        ...groupRows(source, {
          ...names,
          ...rows,
          row: hasKeys ? 'row' : '{ key, row }',
          key: hasKeys ? lookup(keys, names.keyOf, (one) => `row.${nameOfKey(one)}`) : keyOfRow(keys, names),
          keyType,
          rowType: hasKeys ? `typeof ${names.found}` : `(typeof ${names.found})[number]['row'][]`,
        }),
      ],
      inside:
        limit && !rows.isOneRow
          ? `(${found}).slice(0, ${textOf(expression, limit.args[0] ?? [0, 0])})`
          : found,
    }),
  )
}

/**
 * Whether the column is named as the key of its table usually is. When a column of another name is unique, the query for the first
 * rows of each value gives the same rows.
 */
function isUnique(keys: readonly Key[]): boolean {
  return keys.length === 1 && keys.some((key) => propertyOf(key) === 'id')
}
