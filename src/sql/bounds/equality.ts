// Decides whether `column = value` leaves at most one row of a unique column. It does when PostgreSQL compares the column's
// own values, or converts them into a type in which different values stay different. `numeric_column = 0.1::float8` does not,
// because many numerics become the same float8. A value of unknown type is accepted only when no type could make different
// values of the column equal.

import type { Node } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'
import { typeNameOf } from './canonical.ts'
import { type Level, type RelationColumn, resolveColumn } from './relation.ts'

/** The type of a quoted literal or a bare parameter: PostgreSQL converts it to the type of the other side. */
const ADAPTS = 'unknown'

const INTEGERS = new Set(['int2', 'int4', 'int8'])
const NUMBERS = new Set([...INTEGERS, 'numeric'])
const TEXTS = new Set(['text', 'varchar', 'name'])
/** Values of these types stay different, whatever type they are compared with. */
const SAFE_WITH_ANYTHING = new Set(['int2', 'int4', 'uuid', 'bool', 'text'])

export function isSafeEquality(column: string | undefined, value: string | undefined): boolean {
  if (value === ADAPTS) return true
  if (column === undefined) return false
  // A comparison of an array with a single value is made element by element.
  if (value?.startsWith('_') === true && value !== column) return false
  if (value === undefined) return SAFE_WITH_ANYTHING.has(column)
  if (column === value || SAFE_WITH_ANYTHING.has(column)) return true
  return (NUMBERS.has(column) && NUMBERS.has(value)) || (TEXTS.has(column) && TEXTS.has(value))
}

/** Whether equality is transitive between two types, which it is only inside one family of types. */
export function isOneFamily(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  return one === other || (NUMBERS.has(one) && NUMBERS.has(other)) || (TEXTS.has(one) && TEXTS.has(other))
}

const TEXT_FUNCTIONS = new Set(
  'lower upper trim btrim ltrim rtrim md5 substr substring left right replace concat concat_ws to_char format initcap split_part current_setting regexp_replace'.split(
    ' ',
  ),
)

/** The type of an expression, where its form alone shows it. */
export function typeOf(node: Node | undefined, level: Level): string | undefined {
  if (node === undefined) return undefined
  if (as(node, 'ParamRef') !== undefined) return ADAPTS
  const constant = as(node, 'A_Const')
  if (constant !== undefined) {
    if (constant.ival !== undefined) return 'int4'
    if (constant.fval !== undefined) return /^\d+$/.test(constant.fval.fval ?? '') ? 'int8' : 'numeric'
    if (constant.boolval !== undefined) return 'bool'
    return ADAPTS
  }
  const cast = as(node, 'TypeCast')
  if (cast !== undefined) return typeNameOf(cast.typeName)
  if (as(node, 'ColumnRef') !== undefined) return columnOf(node, level)?.type
  const call = as(node, 'FuncCall')
  if (call !== undefined) {
    const names = strings(call.funcname)
    const name = names.at(-1) ?? ''
    if (names.length > 1 && names[0] !== 'pg_catalog') return undefined
    if (TEXT_FUNCTIONS.has(name)) return 'text'
    if (name === 'count') return 'int8'
    if (name === 'now') return 'timestamptz'
    if (name === 'max' || name === 'min') return typeOf(call.args?.[0], level)
    return undefined
  }
  const expression = as(node, 'A_Expr')
  if (expression !== undefined && ['||', '->>', '#>>'].includes(strings(expression.name)[0] ?? ''))
    return strings(expression.name)[0] === '||' ? undefined : 'text'
  return undefined
}

function columnOf(node: Node, level: Level): RelationColumn | undefined {
  const reference = as(node, 'ColumnRef')
  if (reference === undefined) return undefined
  const found = resolveColumn(reference, level)
  return found.kind === 'local' || found.kind === 'outer' ? found.column : undefined
}
