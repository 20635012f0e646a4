// `db.query.orders.findFirst({ where: … })` and `findMany`: one `findMany` for the values of all turns. The condition is a
// function call, or since Drizzle 1.0 an object.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { ReadRows, Remedy } from '../advisor.ts'
import {
  countMentions,
  type Expression,
  entriesOf,
  type Range,
  textOf,
  withReplaced,
} from '../code/expression.ts'
import { capitalized, newName, valuesOf } from '../code/loop-values.ts'
import { advice, groupRows, pasted } from '../code/pasted.ts'
import { type Key, keysOf, propertyOf } from './keys.ts'

export function findOnce(
  expression: Expression,
  source: QuerySource,
  loop: SourceLoop,
  rows: ReadRows,
): Remedy | undefined {
  const [call] = expression.calls
  const [options] = call?.args ?? []
  const entries = options && entriesOf(expression, options)
  const where = entries?.find(({ name }) => name === 'where')?.value
  const columns = entries?.find(({ name }) => name === 'columns')?.value
  if (!call || !where || entries?.some(({ name }) => ['limit', 'offset', 'extras'].includes(name)))
    return undefined
  const byObject = keyOfObject(expression, where, loop)
  const keys = byObject ? [byObject] : keysOf(expression, where, loop)
  const [key] = keys ?? []
  if (!key || keys?.length !== 1) return undefined
  const shown = columns && entriesOf(expression, columns)
  if (
    columns &&
    !shown?.some(({ name, value }) => name === propertyOf(key) && textOf(expression, value) === 'true')
  )
    return undefined
  const table = expression.root.split('.').at(-1) ?? ''
  const names = {
    found: newName(`${table}Found`, source),
    by: newName(`${table}By${capitalized(propertyOf(key))}`, source),
  }
  const values = valuesOf(loop, key.value)
  const by = byObject ? `${propertyOf(key)}: { in: ${values} }` : `inArray(${key.column}, ${values})`
  const asked = withReplaced(expression, [
    { range: [call.open - 1, call.open], by: 'findMany' },
    { range: key.range, by },
  ])
  const found = `${names.by}.get(${key.value})`
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop; the loop looks its rows up. Where the schema has the relation, with: { … } in the query of ${loop.over} loads them along.`,
    pasted(source, 'drizzle-orm', byObject ? [] : ['inArray'], {
      before: [
        `const ${names.found} = await ${asked}`,
        ...groupRows(source, {
          ...names,
          ...rows,
          row: 'row',
          key: `row.${propertyOf(key)}`,
          keyType: `(typeof ${names.found})[number]['${propertyOf(key)}']`,
          rowType: `typeof ${names.found}`,
        }),
      ],
      inside: call.name === 'findFirst' ? `${found}?.[0]` : `${found} ?? []`,
    }),
  )
}

/** `where: { orderId: order.id }`. Its range is the whole entry. */
function keyOfObject(expression: Expression, where: Range, { names }: SourceLoop): Key | undefined {
  const entries = entriesOf(expression, where)
  const used = entries?.filter(({ value }) => countMentions(expression, value, names) > 0) ?? []
  const [entry] = used
  if (!entry || used.length !== 1) return undefined
  if (countMentions(expression, entry.value, names) !== countMentions(expression, [0, expression.end], names))
    return undefined
  const value = textOf(expression, entry.value)
  if (value.startsWith('{')) return undefined
  const [from, to] = entry.value
  const isShort = expression.tokens.texts[from - 1] !== ':'
  return { column: `where.${entry.name}`, value, range: [isShort ? from : from - 2, to] }
}
