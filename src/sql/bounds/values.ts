// Reads numbers from a statement and its parameters: how many rows a LIMIT returns, how many elements an array has, how many
// steps a series takes. A number that cannot be determined is Infinity with the reason.

import type { FuncCall, Node, SubLink } from 'libpg-query'
import { as, strings, withoutCasts } from '../parse/tree.ts'
import type { Amount, Level, Relation, RelationColumn } from './relation.ts'

/** The information about compared values that facts need. */
export interface ValueReader {
  params: readonly unknown[] | undefined
  /**
   * The relations of the level that a value depends on. Undefined when the value may differ from row to row, or when this is
   * not known.
   */
  given(value: Node, level: Level): ReadonlySet<Relation> | undefined
  /** The bound of a subquery in an expression. */
  query(
    link: SubLink,
    level: Level,
  ): { own: Amount; columns?: readonly RelationColumn[] | undefined } | undefined
}

/** Tolerance for floating-point errors: `(0.3 - 0) / 0.1` is slightly less than 3. */
const ROUNDING = 1e-6

type Scalar = number | string | boolean | null | undefined

/** The value of a constant expression. Undefined when the expression is not constant or needs a missing parameter. */
function scalar(node: Node | undefined, params: readonly unknown[] | undefined): Scalar {
  const inner = withoutCasts(node)
  const constant = as(inner, 'A_Const')
  if (constant !== undefined) {
    if (constant.isnull === true) return null
    if (constant.ival !== undefined) return constant.ival.ival ?? 0
    if (constant.boolval !== undefined) return constant.boolval.boolval ?? false
    return constant.fval?.fval ?? constant.sval?.sval
  }
  const parameter = as(inner, 'ParamRef')
  if (parameter !== undefined) {
    const at = (parameter.number ?? 0) - 1
    if (params === undefined || at >= params.length) return undefined
    const value = params[at]
    if (value === null || value === undefined) return null
    if (typeof value === 'bigint') return Number(value)
    return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
      ? value
      : undefined
  }
  const expression = as(inner, 'A_Expr')
  if (expression?.kind === 'AEXPR_OP') {
    const left = expression.lexpr === undefined ? 0 : toNumber(scalar(expression.lexpr, params))
    const right = toNumber(scalar(expression.rexpr, params))
    if (left === undefined || right === undefined) return undefined
    switch (strings(expression.name).at(-1)) {
      case '+':
        return left + right
      case '-':
        return left - right
      case '*':
        return left * right
    }
  }
  return undefined
}

function toNumber(value: Scalar): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return undefined
  return Number(value)
}

/** The number of a constant expression or of a given parameter. */
export function numberOf(node: Node | undefined, params: readonly unknown[] | undefined): number | undefined {
  return toNumber(scalar(node, params))
}

/** Names the parameters of an expression, for the reason. */
function parametersIn(node: Node | undefined): string {
  const numbers = new Set(JSON.stringify(node ?? null).match(/"ParamRef":\{"number":\d+/g) ?? [])
  return [...numbers].map((text) => `$${text.slice(text.lastIndexOf(':') + 1)}`).join(', ')
}

/** The number of rows that LIMIT returns. `LIMIT NULL` and `LIMIT ALL` return all rows. */
export function limitOf(node: Node | undefined, params: readonly unknown[] | undefined): Amount | undefined {
  if (node === undefined) return undefined
  const inner = withoutCasts(node)
  const least = as(inner, 'MinMaxExpr')
  if (least?.op === 'IS_LEAST') {
    // LEAST ignores NULLs, so any number in it is an upper bound.
    const numbers = (least.args ?? []).flatMap((arg) => toNumber(scalar(arg, params)) ?? [])
    if (numbers.length > 0) return rowsOf(Math.min(...numbers))
  }
  const coalesce = as(inner, 'CoalesceExpr')
  for (const arg of coalesce?.args ?? []) {
    const value = scalar(arg, params)
    if (value === null) continue
    const number = toNumber(value)
    return number === undefined ? notKnown(node) : rowsOf(number)
  }
  const value = scalar(inner, params)
  if (value === null) return { rows: Infinity, reason: limitIsNull(node) }
  const number = toNumber(value)
  return number === undefined ? notKnown(node) : rowsOf(number)
}

function rowsOf(number: number): Amount {
  // PostgreSQL rounds the number and rejects a negative one.
  return { rows: Math.max(0, Math.ceil(number)), reason: 'LIMIT' }
}

function limitIsNull(node: Node): string {
  const parameters = parametersIn(node)
  return parameters === ''
    ? 'LIMIT ALL and LIMIT NULL do not limit'
    : `LIMIT is ${parameters}, which is NULL, and that does not limit`
}

function notKnown(node: Node): Amount {
  const parameters = parametersIn(node)
  return {
    rows: Infinity,
    reason:
      parameters === ''
        ? 'LIMIT is an expression whose value is not known'
        : `LIMIT is ${parameters}, whose value is not known`,
  }
}

/** Number of elements of an array, including the elements of nested arrays. */
export function countOfArray(node: Node | undefined, params: readonly unknown[] | undefined): Amount {
  const inner = withoutCasts(node)
  const elements = as(inner, 'A_ArrayExpr')?.elements
  if (elements !== undefined) {
    let rows = 0
    for (const element of elements) rows += countOfElement(element, params)
    return { rows, reason: 'the length of ARRAY[…]' }
  }
  const constant = as(inner, 'A_Const')
  if (constant?.sval !== undefined)
    return { rows: elementsInText(constant.sval.sval ?? ''), reason: 'a constant array' }
  const parameter = as(inner, 'ParamRef')
  if (parameter === undefined) return { rows: Infinity, reason: 'the length of an array is not known' }
  const number = parameter.number ?? 0
  const value = params?.[number - 1]
  if (Array.isArray(value)) return { rows: leaves(value), reason: `the length of $${number}` }
  if (typeof value === 'string') return { rows: elementsInText(value), reason: `the length of $${number}` }
  if (params !== undefined && number <= params.length && (value === null || value === undefined))
    return { rows: 0, reason: `$${number} is NULL` }
  return { rows: Infinity, reason: `the length of $${number} is not known` }
}

/** An element may be a nested array, whose elements all count. */
function countOfElement(element: Node, params: readonly unknown[] | undefined): number {
  const inner = withoutCasts(element)
  if (as(inner, 'A_ArrayExpr') !== undefined) return countOfArray(element, params).rows
  const isArray = as(element, 'TypeCast')?.typeName?.arrayBounds !== undefined
  if (isArray) return countOfArray(element, params).rows
  const parameter = as(inner, 'ParamRef')
  if (parameter !== undefined) {
    const value = params?.[(parameter.number ?? 0) - 1]
    return Array.isArray(value) ? leaves(value) : 1
  }
  return as(inner, 'A_Const') === undefined ? Infinity : 1
}

function leaves(values: readonly unknown[]): number {
  let count = 0
  for (const value of values) count += Array.isArray(value) ? leaves(value) : 1
  return count
}

/** Number of elements of `{1,2,3}`. Quoted commas make the result too large, but never too small. */
function elementsInText(text: string): number {
  return text.split(',').length
}

/** Number of rows that a set-returning function returns, where its arguments show it. */
export function rowsOfSet(call: FuncCall, params: readonly unknown[] | undefined): Amount {
  const name = strings(call.funcname).at(-1) ?? ''
  const args = call.args ?? []
  if (name === 'unnest') {
    const counts = args.map((arg) => countOfArray(arg, params))
    return counts.reduce((most, count) => (count.rows > most.rows ? count : most), { rows: 0, reason: '' })
  }
  if (name === 'generate_series' && (args.length === 2 || args.length === 3)) {
    const [from, to, step = 1] = args.map((arg) => toNumber(scalar(arg, params)))
    const isKnown = from !== undefined && to !== undefined && step !== undefined && step !== 0
    // JavaScript's numbers are not exact beyond this size.
    const isExact = isKnown && Math.abs(from) + Math.abs(to) < Number.MAX_SAFE_INTEGER
    if (isKnown && isExact && isNumeric(args)) {
      const steps = Math.floor((to - from) / step + ROUNDING)
      return { rows: Math.max(0, steps + 1), reason: 'generate_series' }
    }
    const parameters = parametersIn({ FuncCall: call })
    if (parameters !== '') return { rows: Infinity, reason: `generate_series depends on ${parameters}` }
  }
  const text = scalar(args[0], params)
  const rows = typeof text === 'string' ? rowsOfText(name, text) : undefined
  return rows === undefined
    ? { rows: Infinity, reason: `how many rows ${name}() returns is not known` }
    : { rows, reason: `the argument of ${name}()` }
}

/** Number of rows of functions that split a given JSON document or a given text. */
function rowsOfText(name: string, text: string): number | undefined {
  // A text can be split between any two characters and at both ends.
  if (name === 'regexp_split_to_table' || name === 'string_to_table') return text.length + 2
  if (!/^jsonb?_(array_elements|array_elements_text|each|each_text|object_keys)$/.test(name)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return 0
    // All members of a JSON document count, including repeated keys.
    return name.includes('array') && Array.isArray(value) ? value.length : text.length
  } catch {
    return undefined
  }
}

/** True when the arguments are numbers. A series of timestamps has an interval as its step. */
function isNumeric(args: readonly Node[]): boolean {
  return args.every((arg) => {
    const cast = as(arg, 'TypeCast')
    const type = strings(cast?.typeName?.names).at(-1)
    return type === undefined || /^(int[248]|numeric)$/.test(type)
  })
}

/** The value of conditions such as `$1 IS NULL` when the parameters are given. Undefined when it depends on the rows. */
export function truthOf(node: Node, params: readonly unknown[] | undefined): boolean | undefined {
  const constant = as(node, 'A_Const')
  if (constant?.boolval !== undefined) return constant.boolval.boolval ?? false
  const test = as(node, 'NullTest')
  const isParameter = as(withoutCasts(test?.arg), 'ParamRef') !== undefined
  if (test === undefined || !isParameter || params === undefined) return undefined
  const number = as(withoutCasts(test.arg), 'ParamRef')?.number ?? 0
  if (number > params.length) return undefined
  const value = params[number - 1]
  const isNull = value === null || value === undefined
  return test.nulltesttype === 'IS_NULL' ? isNull : !isNull
}
