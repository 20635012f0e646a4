// Finds names in a select list, and references to its items.
import type { FuncCall, Node } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'

export function soleName(node: Node | undefined): string | undefined {
  const reference = as(node, 'ColumnRef')
  const names = strings(reference?.fields)
  return reference !== undefined && names.length === 1 && reference.fields?.length === 1
    ? names[0]
    : undefined
}

export function nameOfExpression(value: Node | undefined): string {
  const call = as(value, 'FuncCall')
  if (call !== undefined) return strings(call.funcname).at(-1) ?? ''
  const cast = as(value, 'TypeCast')
  if (cast !== undefined) return soleName(cast.arg) ?? strings(as(cast.arg, 'ColumnRef')?.fields).at(-1) ?? ''
  return '?column?'
}

export function isStarTarget(value: Node | undefined): boolean {
  return as(value, 'ColumnRef')?.fields?.some((field) => as(field, 'A_Star') !== undefined) === true
}

export function isBareStar(fields: readonly Node[] | undefined): boolean {
  return fields?.length === 1 && as(fields[0], 'A_Star') !== undefined
}

export function isRowNumber(call: FuncCall | undefined): boolean {
  const names = strings(call?.funcname)
  return (
    call?.over !== undefined &&
    names.at(-1) === 'row_number' &&
    (names.length === 1 || names[0] === 'pg_catalog')
  )
}
