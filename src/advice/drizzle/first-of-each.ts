// A `select` with a limit for one value in each turn: one query that numbers the rows of each value and keeps the first ones.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'
import { type Entry, type Expression, inLines, textOf } from '../code/expression.ts'
import { newName } from '../code/loop-values.ts'
import { advice, groupRows, pasted } from '../code/pasted.ts'
import { COLUMN, conditionForAll, type Key, namesFor, propertyOf, tableOf } from './keys.ts'

export function firstOfEach(
  expression: Expression,
  entries: readonly Entry[] | undefined,
  keys: readonly Key[],
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { calls, root } = expression
  const [key] = keys as [Key]
  const argsOf = (name: string) => calls.find((call) => call.name === name)?.args ?? []
  const [table] = argsOf('from').map((arg) => textOf(expression, arg))
  const [where] = argsOf('where')
  const [limit] = argsOf('limit').map((arg) => textOf(expression, arg))
  const order = argsOf('orderBy').map((arg) => textOf(expression, arg))
  const selection = calls[0]?.args[0]
  if (
    !table ||
    !where ||
    !limit ||
    calls[0]?.name !== 'select' ||
    key.column !== `${table}.${propertyOf(key)}`
  )
    return undefined
  if (order.some((term) => /=>/.test(term))) return undefined
  const columns = entries?.map(({ name, value }) => ({ name, column: textOf(expression, value) }))
  if (selection && !columns?.every(({ column }) => COLUMN.test(column))) return undefined
  if (columns && new Set(columns.map(({ column }) => column)).size < columns.length) return undefined
  const own =
    columns?.find(({ column }) => column === key.column)?.name ?? (selection ? undefined : propertyOf(key))
  const list = columns
    ? columns.map(({ name, column }) => `${name}: ${column}`)
    : [`...getTableColumns(${table})`]
  const condition = conditionForAll(expression, where, keys, loop)
  const names = namesFor(keys, source)
  const ranked = newName(`${tableOf(key)}Ranked`, source)
  const over = [
    `partition by \${${key.column}}`,
    ...(order.length > 0 ? [`order by ${order.map((term) => `\${${term}}`).join(', ')}`] : []),
  ].join(' ')
  const fields = [...list, ...(own ? [] : [`key: ${key.column}`])].join(', ')
  const number = `sql${source.isTyped ? '<number>' : ''}\`row_number() over (${over})\`.as('nth')`
  const keyName = own ?? 'key'
  const omitted = own ? `'nth'` : `'nth' | 'key'`
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, numbered by row_number() over (partition by ${key.column} …), and keep those up to ${limit}.`,
    pasted(
      source,
      'drizzle-orm',
      [...condition.imports, 'lte', 'sql', ...(columns ? [] : ['getTableColumns'])],
      {
        before: [
          `const ${ranked} = ${root}\n  .select({ ${fields}, nth: ${number} })\n  .from(${table})\n  .where(${condition.text})\n  .as('ranked')`,
          `const ${names.found} = await ${inLines(`${root}.select().from(${ranked}).where(lte(${ranked}.nth, ${limit})).orderBy(${ranked}.nth)`)}`,
          ...groupRows(source, {
            ...names,
            row: own ? '{ nth, ...row }' : '{ nth, key, ...row }',
            key: own ? `row.${own}` : 'key',
            keyType: `(typeof ${names.found})[number]['${keyName}']`,
            rowType: `Omit<(typeof ${names.found})[number], ${omitted}>[]`,
          }),
        ],
        inside: `${names.by}.get(${key.value}) ?? []`,
      },
    ),
  )
}
