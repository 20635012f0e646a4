// The relations that one query level reads, and the lookup of columns by name. A name that cannot be resolved for certain is
// unknown, and nothing is concluded from it.

import type { ColumnRef } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'

/** An upper bound with its reason. */
export interface Amount {
  rows: number
  /** The reason for the bound, or for its absence when `rows` is Infinity. */
  reason: string
}

export interface RelationColumn {
  name: string
  /** Name of the type, where it is known. */
  type?: string
  notNull: boolean
  /** Maximum number of different values, without NULL. */
  values?: number
  deterministic?: boolean
  /** True when the column numbers the rows from 1: `row_number()`. */
  counts?: boolean
}

/** A set of parts in which no two rows agree. A part is a column (`c:name`) or an expression (`e:…`, see `canonical.ts`). */
export interface Key {
  parts: readonly string[]
  nullsNotDistinct: boolean
  /** Canonical expressions that the query's conditions must contain. `n:name` is a column that must not be NULL. */
  conditions: readonly string[]
}

export interface Relation {
  alias: string
  /** Name and schema in the statement, for qualified references. */
  name?: string
  schema?: string
  /** Name for the reason: `orders`, `the query "t"`. */
  title: string
  /** Absent when the columns are not known. */
  columns?: readonly RelationColumn[] | undefined
  keys: readonly Key[]
  /** Maximum number of rows, before any condition. */
  own: Amount
  nested: Amount
  /** Relations of the same level that a LATERAL item refers to and that must be added first. */
  after: ReadonlySet<Relation>
  /** True when the relation contains a reference that could not be resolved. */
  unknownReferences: boolean
  /** True when an outer join may replace the rows of this relation by NULLs. */
  nullable?: boolean
}

export interface Level {
  relations: Relation[]
  outer?: Level
  /** True when a join is RIGHT or FULL, so that a merged column of USING may come from either side. */
  mergesOddly: boolean
  /** References from inside to outer levels. `unknownReferences` is true when some could not be resolved. */
  references: { level: Level; relation: Relation }[]
  unknownReferences: boolean
}

/** The bound of one query, and what the query around it needs to know about its result. */
export interface QueryBound {
  own: Amount
  nested: Amount
  columns: readonly RelationColumn[] | undefined
  keys: readonly Key[]
  /** Relations of outer levels that the query refers to. */
  references: readonly { level: Level; relation: Relation }[]
  unknownReferences: boolean
  /** True when a function in the query may return a different result each time. */
  volatile: boolean
}

export function createLevel(outer?: Level): Level {
  const level: Level = { relations: [], mergesOddly: false, references: [], unknownReferences: false }
  if (outer !== undefined) level.outer = outer
  return level
}

export type Resolved =
  | { kind: 'local'; relation: Relation; column: RelationColumn }
  /** All columns of a relation, or one column of a relation whose columns are not known. */
  | { kind: 'whole'; relation: Relation }
  | { kind: 'outer'; column?: RelationColumn }
  | { kind: 'unknown' }

/** Looks a column up from the innermost level outwards, and notes in the inner levels that they refer to an outer one. */
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
    // A bare star means all relations of the level, so it is not a column of one of them.
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
  // Several candidates are possible only after USING, where the first one is the merged column. PostgreSQL rejects all other
  // cases.
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
