// Turns the bound of a subquery into a relation of the query level around it, under the names that it gets there.
import type { Node } from 'libpg-query'
import { strings } from '../parse/tree.ts'
import type { Amount, QueryBound, Relation, RelationColumn } from './relation.ts'

export function relationOf(
  bound: QueryBound,
  alias: string,
  title: string,
  after: ReadonlySet<Relation>,
): Relation {
  const { own, nested, columns, keys, unknownReferences } = bound
  return {
    alias,
    title,
    ...(columns === undefined ? {} : { columns }),
    keys,
    own,
    nested,
    after,
    unknownReferences,
  }
}

/** Renames columns by position. The keys are renamed with them. */
export function renamed(bound: QueryBound, names: readonly Node[] | undefined): QueryBound {
  if (names === undefined || names.length === 0) return bound
  const texts = strings(names)
  const newName = (name: string) =>
    texts[bound.columns?.findIndex((column) => column.name === name) ?? -1] ?? name
  const columns = renameColumns(bound.columns, names)
  const isUnique = columns !== undefined && new Set(columns.map(({ name }) => name)).size === columns.length
  const keys = bound.keys.map((key) => ({
    ...key,
    parts: key.parts.map((part) => `c:${newName(part.slice(2))}`),
  }))
  return { ...bound, columns, keys: isUnique ? keys : [] }
}

export function renameColumns(
  columns: readonly RelationColumn[] | undefined,
  names: readonly Node[] | undefined,
): readonly RelationColumn[] | undefined {
  const texts = strings(names)
  return columns?.map((column, at) => ({ ...column, name: texts[at] ?? column.name }))
}

export function anonymous(own: Amount): Relation {
  return {
    alias: '',
    title: 'a table function',
    keys: [],
    own,
    nested: { rows: 0, reason: '' },
    after: new Set(),
    unknownReferences: false,
  }
}

export function unbounded(reason: string): QueryBound {
  return {
    own: { rows: Infinity, reason },
    nested: { rows: 0, reason: '' },
    columns: undefined,
    keys: [],
    references: [],
    unknownReferences: false,
    volatile: false,
  }
}
