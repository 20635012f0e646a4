// One statement of Drizzle for all turns of a loop, made of the statement that the loop sends: its condition takes all
// values at once, and the rows are put in a Map by that value. It serves Drizzle 0.45 and 1.0. Whatever a builder does
// beyond what is known here, such as joins that may give null, is left to SQL.
import type { QuerySource, SourceLoop } from '../types/query.ts'
import {
  callAt,
  countMentions,
  type Entry,
  type Expression,
  entriesOf,
  inLines,
  type Range,
  readExpression,
  textOf,
  withReplaced,
} from './expression.ts'
import { capitalized, newName, valuesOf } from './loop-values.ts'
import { advice, groupRows, pasted } from './pasted.ts'
import type { Remedy } from './sql.ts'

export function drizzleCode(kind: string, source: QuerySource): Remedy | undefined {
  const { loop } = source
  if (!loop?.mayAwait) return undefined
  if (kind === 'insert') return insertOnce(source, loop)
  const expression = readExpression(loop.expression ?? '')
  if (!expression || countMentions(expression, [0, expression.end], loop.names) === 0) return undefined
  const names = expression.calls.map(({ name }) => name)
  if (kind !== 'select') return writeOnce(kind, expression, source, loop)
  if (names.length !== 1) return selectOnce(expression, source, loop)
  if (names[0] === '$count') return countOnce(expression, source, loop)
  return names[0] === 'findMany' || names[0] === 'findFirst' ? findOnce(expression, source, loop) : undefined
}

interface Key {
  /** `orderItems.orderId` */
  column: string
  /** `order.id` */
  value: string
  range: Range
}

/** The comparisons of a condition with a value of the loop; `undefined` where it uses such values in another way. */
function keysOf(
  expression: Expression,
  condition: Range | undefined,
  { names }: SourceLoop,
): Key[] | undefined {
  if (!condition) return undefined
  const keys = comparisons(expression, condition, names)
  if (!keys || keys.length === 0) return undefined
  const mentions = keys.reduce((sum, { range }) => sum + countMentions(expression, range, names), 0)
  return mentions === countMentions(expression, [0, expression.end], names) ? keys : undefined
}

function comparisons(expression: Expression, range: Range, names: readonly string[]): Key[] | undefined {
  if (countMentions(expression, range, names) === 0) return []
  const call = callAt(expression, range)
  if (call?.name === 'and') {
    const parts = call.args.map((arg) => comparisons(expression, arg, names))
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined
  }
  const [left, right] = call?.args ?? []
  if (call?.name !== 'eq' || !left || !right) return undefined
  const isSwapped = countMentions(expression, right, names) === 0
  const [column, value] = isSwapped ? [right, left] : [left, right]
  if (countMentions(expression, column, names) > 0) return undefined
  const name = textOf(expression, column)
  return COLUMN.test(name) ? [{ column: name, value: textOf(expression, value), range }] : undefined
}

const COLUMN = /^[\w$]+(?:\.[\w$]+)+$/

function tableOf({ column }: Key): string {
  return column.split('.').at(-2) ?? ''
}

function propertyOf({ column }: Key): string {
  return column.split('.').at(-1) ?? ''
}

/** The condition for all turns: by a list of values, or, for keys of several columns, by one condition for each. */
function conditionForAll(
  expression: Expression,
  condition: Range,
  keys: readonly Key[],
  loop: SourceLoop,
): { text: string; imports: string[] } {
  const [key] = keys as [Key]
  if (keys.length === 1) {
    const [from] = condition
    const text = withReplaced(expression, [
      { range: key.range, by: `inArray(${key.column}, ${valuesOf(loop, key.value)})` },
    ])
    const start = expression.tokens.starts[from] as number
    const tail = expression.text.length - (expression.tokens.ends[condition[1] - 1] as number)
    return { text: text.slice(start, text.length - tail), imports: ['inArray'] }
  }
  const each = valuesOf({ ...loop, isConditional: false }, textOf(expression, condition))
  return { text: `or(sql\`false\`, ...${each})`, imports: ['or', 'sql'] }
}

/** What the loop looks its rows up by: a value, or the text that a function makes of several. */
function lookup(keys: readonly Key[], keyOf: string, of: (key: Key) => string): string {
  const [key] = keys as [Key]
  return keys.length === 1 ? of(key) : `${keyOf}(${keys.map(of).join(', ')})`
}

/** That function, where it is needed. */
function keyMaker(keys: readonly Key[], keyOf: string, { isTyped }: QuerySource): string[] {
  if (keys.length === 1) return []
  return [`const ${keyOf} = (...values${isTyped ? ': unknown[]' : ''}) => JSON.stringify(values)`]
}

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

function selectOnce(expression: Expression, source: QuerySource, loop: SourceLoop): Remedy | undefined {
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
  const isAggregate = entries?.some(({ value }) => AGGREGATE.test(textOf(expression, value))) ?? false
  if (isAggregate && !isGrouped) return aggregateOnce(expression, entries ?? [], keys, source, loop)
  if (isGrouped || (limit && !isJoined && !isUnique(keys))) {
    return isGrouped || keys.length > 1 ? undefined : firstOfEach(expression, entries, keys, source, loop)
  }
  if (limit && isJoined) return undefined

  const condition = conditionForAll(expression, where.args[0] as Range, keys, loop)
  const own =
    entries && keys.map((key) => entries.find(({ value }) => textOf(expression, value) === key.column))
  const table = textOf(expression, from.args[0] ?? [0, 0])
  const isWhole = !selection && keys.every(({ column }) => column === `${table}.${column.split('.').at(-1)}`)
  const hasKeys = isWhole || own?.every((entry) => entry !== undefined) === true
  if (!selection && !isWhole) return undefined
  const names = namesFor(keys, source)
  const key =
    keys.length === 1
      ? keys[0]?.column
      : `{ ${keys.map((one) => `${propertyOf(one)}: ${one.column}`).join(', ')} }`
  const replacements = [
    { range: where.args[0] as Range, by: condition.text },
    ...(hasKeys || !selection
      ? []
      : [{ range: selection, by: `{ key: ${key}, row: ${textOf(expression, selection)} }` }]),
    ...(limit ? [{ range: [limit.open - 2, limit.close + 1] as Range, by: '' }] : []),
  ]
  const nameOfKey = (one: Key) => (isWhole ? propertyOf(one) : (own?.[keys.indexOf(one)]?.name ?? ''))
  const row = hasKeys ? 'row' : '{ key, row }'
  const keyOfRow = hasKeys
    ? lookup(keys, names.keyOf, (one) => `row.${nameOfKey(one)}`)
    : lookup(keys, names.keyOf, (one) => (keys.length === 1 ? 'key' : `key.${propertyOf(one)}`))
  const keyType =
    keys.length > 1
      ? 'string'
      : `(typeof ${names.found})[number][${hasKeys ? `'${nameOfKey(keys[0] as Key)}'` : "'key'"}]`
  const rowType = hasKeys ? `typeof ${names.found}` : `(typeof ${names.found})[number]['row'][]`
  const rows = `${names.by}.get(${lookup(keys, names.keyOf, ({ value }) => value)}) ?? []`
  return advice(
    source,
    askOnce(loop, keys),
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [
        `const ${names.found} = await ${inLines(withReplaced(expression, replacements))}`,
        ...keyMaker(keys, names.keyOf, source),
        ...groupRows(source, { ...names, row, key: keyOfRow, keyType, rowType }),
      ],
      inside: limit ? `(${rows}).slice(0, ${textOf(expression, limit.args[0] ?? [0, 0])})` : rows,
    }),
  )
}

/** By its name: whether it is the key of its table. Where it is not, the first rows are taken all the same. */
function isUnique(keys: readonly Key[]): boolean {
  return keys.length === 1 && keys.some((key) => propertyOf(key) === 'id')
}

interface Names {
  found: string
  by: string
  /** Makes one key of several values. */
  keyOf: string
}

function namesFor(keys: readonly Key[], source: QuerySource, made = 'Found'): Names {
  const [key] = keys as [Key]
  const table = tableOf(key)
  const parts = keys.map((one) => capitalized(propertyOf(one))).join('And')
  return {
    found: newName(`${table}${made}`, source),
    by: newName(`${table}By${parts}`, source),
    keyOf: newName(`keyOf${capitalized(table)}`, source),
  }
}

function askOnce({ over }: SourceLoop, keys: readonly Key[]): string {
  const [key] = keys as [Key]
  const how = keys.length === 1 ? `inArray(${key.column}, …)` : 'or(…), a condition for each of them'
  return `Ask once for all of ${over} before the loop, with ${how}; the loop looks its rows up.`
}

const AGGREGATE =
  /^(?:(?:count|countDistinct|sum|sumDistinct|avg|avgDistinct|min|max)\(|sql\b[^`]*`[^`]*\b(?:count|sum|avg|min|max|array_agg|jsonb?_agg|string_agg|bool_or|bool_and|every)\s*\()/i

/** What an aggregate gives where there are no rows; `undefined` where that is not known. */
function ofNoRows(aggregate: string): string | undefined {
  if (/^count(?:Distinct)?\([^()]*\)$/.test(aggregate)) return '0'
  if (/^(?:sum|avg|min|max|sumDistinct|avgDistinct)\([^()]*\)$/.test(aggregate)) return 'null'
  const isCount =
    /^sql<number>`\s*(?:count\s*\([^()`]*\)\s*::\s*(?:int|integer|int4|float8)|cast\s*\(\s*count\s*\([^()`]*\)\s*as\s+(?:int|integer)\s*\))\s*`$/i
  const isMapped = /^sql(?:<number>)?`\s*count\s*\([^()`]*\)\s*`\.mapWith\(Number\)$/i
  return isCount.test(aggregate) || isMapped.test(aggregate) ? '0' : undefined
}

function aggregateOnce(
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
  const nothing = entries.map(({ name, value }) => ({ name, value: ofNoRows(textOf(expression, value)) }))
  if (nothing.some(({ value }) => value === undefined)) return undefined
  const condition = conditionForAll(expression, where.args[0] as Range, keys, loop)
  const names = namesFor(keys, source, 'Counted')
  const [key] = keys as [Key]
  const columns = keys.map(({ column }) => column).join(', ')
  const selected =
    keys.length === 1
      ? key.column
      : `{ ${keys.map((one) => `${propertyOf(one)}: ${one.column}`).join(', ')} }`
  const grouped = withReplaced(expression, [
    {
      range: select.args[0] as Range,
      by: `{ key: ${selected}, row: ${textOf(expression, select.args[0] as Range)} }`,
    },
    { range: where.args[0] as Range, by: condition.text },
  ])
  const keyOfRow = lookup(keys, names.keyOf, (one) => (keys.length === 1 ? 'key' : `key.${propertyOf(one)}`))
  const empty = nothing.map(({ name, value }) => `${name}: ${value}`).join(', ')
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, grouped by ${columns}. Without rows the result is { ${empty} }.`,
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [
        `const ${names.found} = await ${inLines(`${grouped}.groupBy(${columns})`)}`,
        ...keyMaker(keys, names.keyOf, source),
        `const ${names.by} = new Map(${names.found}.map(({ key, row }) => [${keyOfRow}, row]))`,
      ],
      inside: `[${names.by}.get(${lookup(keys, names.keyOf, ({ value }) => value)}) ?? { ${empty} }]`,
    }),
  )
}

function countOnce(expression: Expression, source: QuerySource, loop: SourceLoop): Remedy | undefined {
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
        ...keyMaker(keys, names.keyOf, source),
        `const ${names.by} = new Map(${names.found}.map((row) => [${key}, row.rows]))`,
      ],
      inside: `${names.by}.get(${lookup(keys, names.keyOf, ({ value }) => value)}) ?? 0`,
    }),
  )
}

/** The first rows of each, by their number among the rows of one value. */
function firstOfEach(
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

/** `db.query.orders.findFirst({ where: … })`, in the words of the relational queries before and since 1.0. */
function findOnce(expression: Expression, source: QuerySource, loop: SourceLoop): Remedy | undefined {
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
  const rows = `${names.by}.get(${key.value})`
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop; the loop looks its rows up. Where the schema has the relation, with: { … } in the query of ${loop.over} loads them along.`,
    pasted(source, 'drizzle-orm', byObject ? [] : ['inArray'], {
      before: [
        `const ${names.found} = await ${asked}`,
        ...groupRows(source, {
          ...names,
          row: 'row',
          key: `row.${propertyOf(key)}`,
          keyType: `(typeof ${names.found})[number]['${propertyOf(key)}']`,
          rowType: `typeof ${names.found}`,
        }),
      ],
      inside: call.name === 'findFirst' ? `${rows}?.[0]` : `${rows} ?? []`,
    }),
  )
}

/** `where: { orderId: order.id }`; its range is the whole entry. */
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

function writeOnce(
  kind: string,
  expression: Expression,
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { calls } = expression
  const names = calls.map(({ name }) => name).join(' ')
  if (source.result !== 'unused' || (names !== 'update set where' && names !== 'delete where'))
    return undefined
  const set = calls.find(({ name }) => name === 'set')
  // What is added once for each turn is not added so often for all of them.
  if (set && /\bsql\b/.test(textOf(expression, set.args[0] ?? [0, 0]))) return undefined
  const where = calls.at(-1)?.args[0]
  const keys = keysOf(expression, where, loop)
  if (!where || !keys) return undefined
  const condition = conditionForAll(expression, where, keys, loop)
  const how = keys.length === 1 ? `inArray(${keys[0]?.column}, …)` : 'or(…), a condition for each of them'
  return advice(
    source,
    `${kind === 'delete' ? 'Delete' : 'Update'} the rows of all of ${loop.over} with one statement, by ${how}.`,
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [],
      inside: '',
      after: [`await ${inLines(withReplaced(expression, [{ range: where, by: condition.text }]))}`],
    }),
  )
}

function insertOnce(source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const expression = readExpression(source.expression)
  const [insert, values, ...others] = expression?.calls ?? []
  const table = expression && insert && textOf(expression, insert.args[0] ?? [0, 0])
  const row = expression && values && textOf(expression, values.args[0] ?? [0, 0])
  if (!expression || insert?.name !== 'insert' || values?.name !== 'values' || !table || !row)
    return undefined
  if (source.result !== 'unused' || others.some(({ name }) => name !== 'onConflictDoNothing'))
    return undefined
  if (countMentions(expression, [0, values.open], loop.names) > 0) return undefined
  const rows = newName(`new${capitalized(table.split('.').at(-1) ?? '')}`, source)
  const all = withReplaced(expression, [{ range: values.args[0] as Range, by: rows }])
  return advice(
    source,
    `Collect the rows in the loop and insert them at once: values(${rows}).`,
    pasted(source, 'drizzle-orm', [], {
      before: [`const ${rows}${source.isTyped ? `: (typeof ${table}.$inferInsert)[]` : ''} = []`],
      inside: `${rows}.push(${row})`,
      after: [`if (${rows}.length > 0) await ${all}`],
    }),
  )
}
