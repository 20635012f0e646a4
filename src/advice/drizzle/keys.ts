// Reads how a query's condition compares columns with values of a loop, and writes the parts of one query for all turns: its
// condition, the key that its rows are looked up by, and the names of its variables.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import {
  callAt,
  countMentions,
  type Expression,
  type Range,
  textOf,
  withReplaced,
} from '../code/expression.ts'
import { capitalized, newName, valuesOf } from '../code/loop-values.ts'

export interface Key {
  /** `orderItems.orderId` */
  column: string
  /** `order.id` */
  value: string
  /** The tokens of the comparison. */
  range: Range
}

/** `undefined` when the expression uses values of the loop in any other way. */
export function keysOf(
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

export const COLUMN = /^[\w$]+(?:\.[\w$]+)+$/

export function tableOf({ column }: Key): string {
  return column.split('.').at(-2) ?? ''
}

export function propertyOf({ column }: Key): string {
  return column.split('.').at(-1) ?? ''
}

export interface Condition {
  text: string
  /** The functions that it calls. */
  imports: string[]
}

/** The condition for all turns: a list of values for one column, or a condition for each turn when there are several columns. */
export function conditionForAll(
  expression: Expression,
  condition: Range,
  keys: readonly Key[],
  loop: SourceLoop,
): Condition {
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

/** The selection of the key beside the rows: `orderItems.orderId`, or an object when there are several columns. */
export function selectedKey(keys: readonly Key[]): string {
  const [key] = keys as [Key]
  return keys.length === 1
    ? key.column
    : `{ ${keys.map((one) => `${propertyOf(one)}: ${one.column}`).join(', ')} }`
}

/** The key of a row whose key was selected as `key`. */
export function keyOfRow(keys: readonly Key[], { keyOf }: Names): string {
  return lookup(keys, keyOf, (one) => (keys.length === 1 ? 'key' : `key.${propertyOf(one)}`))
}

/** The key by which the loop looks its rows up. */
export function keyOfTurn(keys: readonly Key[], { keyOf }: Names): string {
  return lookup(keys, keyOf, ({ value }) => value)
}

/** A key for the Map of rows: a value, or the text that a function makes of several values. */
export function lookup(keys: readonly Key[], keyOf: string, of: (key: Key) => string): string {
  const [key] = keys as [Key]
  return keys.length === 1 ? of(key) : `${keyOf}(${keys.map(of).join(', ')})`
}

/** The function that makes one text of several values, when it is needed. */
export function keyMaker(keys: readonly Key[], { keyOf }: Names, { isTyped }: QuerySource): string[] {
  if (keys.length === 1) return []
  return [`const ${keyOf} = (...values${isTyped ? ': unknown[]' : ''}) => JSON.stringify(values)`]
}

/** Names of variables that the pasted code declares. */
export interface Names {
  /** The rows of the one query. */
  found: string
  /** A Map of these rows by their key. */
  by: string
  /** The function that makes one key of several values. */
  keyOf: string
}

export function namesFor(keys: readonly Key[], source: QuerySource, made = 'Found'): Names {
  const [key] = keys as [Key]
  const table = tableOf(key)
  const parts = keys.map((one) => capitalized(propertyOf(one))).join('And')
  return {
    found: newName(`${table}${made}`, source),
    by: newName(`${table}By${parts}`, source),
    keyOf: newName(`keyOf${capitalized(table)}`, source),
  }
}

/** How one statement finds the rows of all turns, in words. */
export function howForAll(keys: readonly Key[]): string {
  const [key] = keys as [Key]
  return keys.length === 1 ? `inArray(${key.column}, …)` : 'or(…), a condition for each of them'
}
