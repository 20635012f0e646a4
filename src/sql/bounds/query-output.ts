// The output of a query level for the level around it: its columns, and the keys that are still unique among its rows.
import type { Node, SelectStmt } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'
import { typeOf } from './equality.ts'
import type { Facts } from './facts.ts'
import { groupTerm } from './groups.ts'
import { combinations, type Unit } from './joins.ts'
import type { QueryContext } from './query-context.ts'
import { type Key, type Relation, type RelationColumn, resolveColumn } from './relation.ts'
import { isRowNumber, isStarTarget, nameOfExpression } from './target-names.ts'

export function outputColumns(targets: readonly Node[], context: QueryContext): RelationColumn[] | undefined {
  const { relations } = context.level
  const columns: RelationColumn[] = []
  for (const node of targets) {
    const target = as(node, 'ResTarget')
    const value = target?.val
    const reference = as(value, 'ColumnRef')
    if (reference !== undefined && isStarTarget(value)) {
      const qualifier = strings(reference.fields).at(-1)
      const stars = qualifier === undefined ? relations : relations.filter(({ alias }) => alias === qualifier)
      if (stars.length === 0 || stars.some((relation) => relation.columns === undefined)) return undefined
      for (const relation of stars)
        columns.push(...(relation.columns ?? []).map((column) => given(column, relation)))
      continue
    }
    const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
    if (found?.kind === 'local') {
      columns.push({ ...given(found.column, found.relation), name: target?.name ?? found.column.name })
      continue
    }
    const type = value === undefined ? undefined : typeOf(value, context.level)
    const name = target?.name ?? nameOfExpression(value)
    const counts = isRowNumber(as(value, 'FuncCall'))
    columns.push({
      name,
      notNull: false,
      ...(type === undefined || type === 'unknown' ? {} : { type }),
      ...(counts ? { counts } : {}),
    })
  }
  return columns
}

export interface ColumnKey {
  relation: Relation
  names: string[]
  nullsNotDistinct: boolean
}

/** Keys of a relation that determine the rows of all other relations of the level, so that they are unique in its result. */
export function uniqueColumns(units: readonly Unit[], facts: Facts): ColumnKey[] {
  return units.flatMap((unit) => {
    if (!('relation' in unit) || unit.relation.after.size > 0 || unit.relation.keys.length === 0) return []
    const { relation } = unit
    const others = units.filter((other) => other !== unit)
    if (others.length > 0 && combinations(others, facts, new Set([relation])).rows > 1) return []
    const conditions = facts.conditions.get(relation)
    return relation.keys.flatMap((key) => {
      const isColumns = key.parts.every((part) => part.startsWith('c:'))
      if (!isColumns || !key.conditions.every((condition) => conditions?.has(condition))) return []
      const names = key.parts.map((part) => part.slice(2))
      return [{ relation, names, nullsNotDistinct: key.nullsNotDistinct }]
    })
  })
}

export function outputKeys(
  node: SelectStmt,
  columns: readonly RelationColumn[] | undefined,
  uniqueKeys: readonly ColumnKey[],
  shape: { isGrouped: boolean; plain: boolean; sets: boolean },
  context: QueryContext,
): Key[] {
  if (columns === undefined) return []
  const isUniqueName = (name: string) => columns.filter((column) => column.name === name).length === 1
  const keys: Key[] = []
  const add = (names: readonly (string | undefined)[], nullsNotDistinct: boolean) => {
    if (names.every((name) => name !== undefined && isUniqueName(name)))
      keys.push({ parts: names.map((name) => `c:${name}`), nullsNotDistinct, conditions: [] })
  }
  const outputOf = (relation: Relation, name: string) =>
    outputName(node.targetList ?? [], relation, name, context)
  if (shape.plain) for (const names of numberedColumns(node, context)) add(names, true)
  if (shape.plain)
    for (const key of uniqueKeys)
      add(
        key.names.map((name) => outputOf(key.relation, name)),
        key.nullsNotDistinct,
      )
  if (node.distinctClause?.every((term) => Object.keys(term).length === 0))
    add(
      columns.map(({ name }) => name),
      true,
    )
  const terms = node.groupClause ?? []
  if (shape.isGrouped && !shape.sets && terms.every((term) => as(term, 'GroupingSet') === undefined)) {
    const names = terms.map((term) => {
      const { value } = groupTerm(term, node, context)
      const reference = as(value, 'ColumnRef')
      const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
      return found?.kind === 'local' ? outputOf(found.relation, found.column.name) : undefined
    })
    if (names.length > 0) add(names, true)
  }
  return keys
}

/** `row_number()` is unique within its partition. */
function numberedColumns(node: SelectStmt, context: QueryContext): (string | undefined)[][] {
  return (node.targetList ?? []).flatMap((item) => {
    const target = as(item, 'ResTarget')
    const call = as(target?.val, 'FuncCall')
    if (!isRowNumber(call) || call?.over?.name !== undefined || call?.over?.refname !== undefined) return []
    const partition = (call?.over?.partitionClause ?? []).map((term) => {
      const reference = as(term, 'ColumnRef')
      const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
      return found?.kind === 'local'
        ? outputName(node.targetList ?? [], found.relation, found.column.name, context)
        : undefined
    })
    return [[...partition, target?.name ?? 'row_number']]
  })
}

/** The output name of an unchanged column of a relation. */
function outputName(
  targets: readonly Node[],
  relation: Relation,
  name: string,
  context: QueryContext,
): string | undefined {
  for (const node of targets) {
    const target = as(node, 'ResTarget')
    const reference = as(target?.val, 'ColumnRef')
    if (reference === undefined) continue
    if (isStarTarget(target?.val)) {
      const qualifier = strings(reference.fields).at(-1)
      if (qualifier === undefined || qualifier === relation.alias) return name
      continue
    }
    const found = resolveColumn(reference, context.level)
    if (found.kind === 'local' && found.relation === relation && found.column.name === name)
      return target?.name ?? name
  }
  return undefined
}

function given(column: RelationColumn, relation: Relation): RelationColumn {
  return relation.nullable === true ? { ...column, notNull: false } : column
}
