// Writes expressions over one relation in one canonical spelling, so that the expression of an index can be compared with
// that of a condition. Only the differences that PostgreSQL itself adds when it prints an expression are removed: casts from
// varchar to text, and casts of constants to the type of the column that they are compared with.

import type { Node, TypeName } from 'libpg-query'
import { as, constantValue, strings, withoutCasts } from '../parse/tree.ts'
import type { RelationColumn } from './relation.ts'

export type ColumnLookup = (reference: Node) => RelationColumn | undefined

/** The canonical text, or undefined when the expression contains anything but columns of the relation and constants. */
export function canonicalExpression(
  node: Node | undefined,
  columnOf: ColumnLookup,
  params: readonly unknown[] | undefined,
): string | undefined {
  let ok = node !== undefined
  const text = ok ? write(node as Node) : ''
  return ok ? text : undefined

  function write(part: Node): string {
    const column = as(part, 'ColumnRef')
    if (column !== undefined) {
      const found = columnOf(part)
      if (found === undefined) ok = false
      return `c:${found?.name}`
    }
    const parameter = as(part, 'ParamRef')
    if (parameter !== undefined) {
      const value = params?.[(parameter.number ?? 0) - 1]
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') ok = false
      return JSON.stringify(String(value))
    }
    const constant = as(part, 'A_Const')
    if (constant !== undefined) {
      const value = constantValue(constant)
      return value === null ? 'null' : JSON.stringify(String(value))
    }
    const cast = as(part, 'TypeCast')
    if (cast?.arg !== undefined) {
      const inner = withoutCasts(cast.arg)
      const isConstant = as(inner, 'A_Const') !== undefined
      const isName = as(cast.arg, 'ColumnRef') !== undefined
      const type = typeNameOf(cast.typeName)
      if (isConstant && TEXT_TYPES.has(type)) return write(cast.arg)
      if (isConstant && type === 'bool' && as(inner, 'A_Const')?.sval !== undefined)
        return JSON.stringify(String(/^t/i.test(as(inner, 'A_Const')?.sval?.sval ?? '')))
      if (as(cast.arg, 'A_ArrayExpr') !== undefined && TEXT_TYPES.has(type.slice(1))) return write(cast.arg)
      if (isName && type === 'text' && TEXT_TYPES.has(columnOf(cast.arg)?.type ?? '')) return write(cast.arg)
      return `${write(cast.arg)}::${type}`
    }
    const call = as(part, 'FuncCall')
    if (call !== undefined) {
      const names = strings(call.funcname)
      if (call.over !== undefined || call.agg_star === true) ok = false
      return `${names.filter((name) => name !== 'pg_catalog').join('.')}(${(call.args ?? []).map(write).join()})`
    }
    const expression = as(part, 'A_Expr')
    if (expression !== undefined) {
      const sides = [expression.lexpr, expression.rexpr].map((side) =>
        side === undefined ? '' : write(side),
      )
      const operator = strings(expression.name).at(-1)
      // PostgreSQL prints IN as = ANY.
      const isIn = expression.kind === 'AEXPR_IN' && operator === '='
      const kind = isIn ? 'AEXPR_OP_ANY' : expression.kind
      return `(${sides[0]} ${kind === 'AEXPR_OP' ? '' : kind} ${operator} ${sides[1]})`
    }
    const test = as(part, 'NullTest')
    if (test?.arg !== undefined) return `(${write(test.arg)} ${test.nulltesttype})`
    const truth = as(part, 'BooleanTest')
    if (truth?.arg !== undefined) return `(${write(truth.arg)} ${truth.booltesttype})`
    const bool = as(part, 'BoolExpr')
    if (bool !== undefined) return `(${bool.boolop} ${(bool.args ?? []).map(write).join()})`
    const coalesce = as(part, 'CoalesceExpr')
    if (coalesce !== undefined) return `coalesce(${(coalesce.args ?? []).map(write).join()})`
    const list = as(part, 'List')?.items ?? as(part, 'A_ArrayExpr')?.elements
    if (list !== undefined) return `[${list.map(write).join()}]`
    ok = false
    return ''
  }
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name'])

/** The last name of a type. PostgreSQL's array types begin with an underscore. */
export function typeNameOf(type: TypeName | undefined): string {
  const name = strings(type?.names).at(-1) ?? ''
  return type?.arrayBounds === undefined ? name : `_${name}`
}

/** The conditions that AND joins. */
export function conjunctsOf(node: Node | undefined): Node[] {
  if (node === undefined) return []
  const bool = as(node, 'BoolExpr')
  return bool?.boolop === 'AND_EXPR' ? (bool.args ?? []).flatMap(conjunctsOf) : [node]
}

/** An OR with more alternatives is ignored. */
const MOST_ALTERNATIVES = 50

/** The alternatives of an OR. Each is a list of conditions that are true together. */
export function alternativesOf(node: Node): Node[][] | undefined {
  const bool = as(node, 'BoolExpr')
  if (bool?.boolop !== 'OR_EXPR') return undefined
  const arms = (bool.args ?? []).flatMap((arm) => alternativesOf(arm) ?? [conjunctsOf(arm)])
  return arms.length <= MOST_ALTERNATIVES ? arms : undefined
}

/** `active`, `active = true` and `active IS TRUE` are one condition, and so are their opposites. */
export function spellingsOf(text: string): string[] {
  const yes = /^(?:\((c:[^\s()]+) {2}= "true"\)|\((c:[^\s()]+) IS_TRUE\)|(c:[^\s()]+))$/.exec(text)
  const column = yes?.[1] ?? yes?.[2] ?? yes?.[3]
  if (column !== undefined) return [column]
  const no = /^(?:\((c:[^\s()]+) {2}= "false"\)|\((c:[^\s()]+) IS_FALSE\)|\(NOT_EXPR (c:[^\s()]+)\))$/.exec(
    text,
  )
  const opposite = no?.[1] ?? no?.[2] ?? no?.[3]
  return [opposite === undefined ? text : `not ${opposite}`]
}
