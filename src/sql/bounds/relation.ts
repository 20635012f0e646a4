// The relations one query level reads from, and how names in its expressions find their columns. A name that cannot be
// told for certain is unknown, and nothing is concluded from it.

import type { ColumnRef } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'

/** An upper bound, and in words why there is none. */
export interface Amount {
  rows: number
  /** Why rows is Infinity, or what makes it finite. */
  reason: string
}

export interface RelationColumn {
  name: string
  /** Name of the type where it is known. */
  type?: string
  notNull: boolean
  /** How many different values it can have at most, NULL not counted. */
  values?: number
  deterministic?: boolean
  /** It counts rows from 1: `row_number()`. */
  counts?: boolean
}

/** No two rows agree in all parts. A part is a column, `c:name`, or an expression, `e:…`, see `canonical.ts`. */
export interface Key {
  parts: readonly string[]
  nullsNotDistinct: boolean
  /** Conditions that must all be given by the query, as canonical expressions; a column that must not be NULL as `n:name`. */
  conditions: readonly string[]
}

export interface Relation {
  alias: string
  /** Name in `schema.table` of the statement, for qualified references. */
  name?: string
  schema?: string
  /** For the reason: `orders`, `the query "t"`. */
  title: string
  /** Absent when they are not known. */
  columns?: readonly RelationColumn[] | undefined
  keys: readonly Key[]
  /** Without looking at conditions. */
  own: Amount
  nested: Amount
  /** Relations of the same level that a LATERAL item refers to, which come first. */
  after: ReadonlySet<Relation>
  /** It refers to something that could not be resolved. */
  unknownReferences: boolean
  /** One that is its own neighbour's outer-join partner gives NULLs. */
  nullable?: boolean
}

export interface Level {
  relations: Relation[]
  outer?: Level
  /** Some join is RIGHT or FULL, so that a merged column of USING may be either side's. */
  mergesOddly: boolean
  /** References from inside that went to the levels around, and whether some could not be resolved. */
  references: { level: Level; relation: Relation }[]
  unknownReferences: boolean
}

export function createLevel(outer?: Level): Level {
  const level: Level = { relations: [], mergesOddly: false, references: [], unknownReferences: false }
  if (outer !== undefined) level.outer = outer
  return level
}

export type Resolved =
  | { kind: 'local'; relation: Relation; column: RelationColumn }
  /** All columns of a relation, or one whose columns are not known. */
  | { kind: 'whole'; relation: Relation }
  | { kind: 'outer'; column?: RelationColumn }
  | { kind: 'unknown' }

/** Finds a column from a level, inside out, and notes on the way where inner levels looked outside. */
export function resolveColumn(reference: ColumnRef, level: Level): Resolved {
  const names = strings(reference.fields)
  const isStar = reference.fields?.some((field) => as(field, 'A_Star') !== undefined) === true
  const passed: Level[] = []
  for (let at: Level | undefined = level; at !== undefined; at = at.outer) {
    const found = findIn(at, names, isStar)
    if (found === 'ambiguous') break
    if (found !== undefined) {
      const { relation, column } = found
      for (const inner of passed) inner.references.push({ level: at, relation })
      if (at !== level) return column === undefined ? { kind: 'outer' } : { kind: 'outer', column }
      return column === undefined ? { kind: 'whole', relation } : { kind: 'local', relation, column }
    }
    passed.push(at)
  }
  for (let at: Level | undefined = level; at !== undefined; at = at.outer) at.unknownReferences = true
  return { kind: 'unknown' }
}

type Found = { relation: Relation; column?: RelationColumn }

function findIn(level: Level, names: readonly string[], isStar: boolean): Found | 'ambiguous' | undefined {
  const { relations } = level
  if (names.length > 1 || isStar) {
    const qualifiers = isStar ? names : names.slice(0, -1)
    // A bare star is every relation of the level; what it stands for is nobody's one column.
    if (qualifiers.length === 0) return 'ambiguous'
    const matches = relations.filter((relation) => isQualifier(qualifiers, relation))
    if (matches.length > 1) return 'ambiguous'
    const relation = matches[0]
    if (relation === undefined) return undefined
    const column = isStar ? undefined : relation.columns?.find(({ name }) => name === names.at(-1))
    return column === undefined ? { relation } : { relation, column }
  }
  const name = names[0] as string
  const found: Found[] = []
  for (const relation of relations) {
    const column = relation.columns?.find((candidate) => candidate.name === name)
    if (column !== undefined) found.push({ relation, column })
  }
  const hides = relations.some((relation) => relation.columns === undefined)
  if (found.length === 0) {
    if (hides) return 'ambiguous'
    const whole = relations.find((relation) => relation.alias === name)
    return whole === undefined ? undefined : { relation: whole }
  }
  if (hides || (found.length > 1 && level.mergesOddly)) return 'ambiguous'
  // Several only after USING, where the first is the merged one; PostgreSQL refuses the rest.
  return found[0]
}

function isQualifier(qualifiers: readonly string[], relation: Relation): boolean {
  const last = qualifiers.at(-1)
  if (qualifiers.length === 1) return relation.alias === last
  return (
    relation.name === last &&
    relation.alias === last &&
    (relation.schema ?? qualifiers.at(-2)) === qualifiers.at(-2)
  )
}
