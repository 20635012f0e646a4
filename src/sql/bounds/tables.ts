// Prepares the catalog's relations for the bounds: usable unique keys, columns with few values, and the queries of views. A
// table that is not in the catalog has no keys and unknown columns.

import type { Node, RangeVar } from 'libpg-query'
import { parseStatements } from '../parse/parser.ts'
import { as } from '../parse/tree.ts'
import { canonicalExpression, conjunctsOf, spellingsOf } from './canonical.ts'
import type { Catalog, CatalogKey, CatalogRelation } from './catalog-shape.ts'
import type { Key, QueryBound, Relation, RelationColumn } from './relation.ts'

export interface TableReader {
  catalog: Catalog | undefined
  /** Returns a new object for each call, because FROM may contain one name twice. */
  relation(range: RangeVar, boundOfView: (query: Node) => QueryBound): Relation
}

/** Maximum depth of views that read views. Deeper views count as unbounded. */
const DEEPEST_VIEW = 16

export function createTableReader(
  catalog: Catalog | undefined,
  searchPath: readonly string[] = catalog?.searchPath ?? [],
): TableReader {
  const byName = relationsByName(catalog)
  let depth = 0
  return { catalog, relation }

  function relation(range: RangeVar, boundOfView: (query: Node) => QueryBound): Relation {
    const name = range.relname ?? ''
    const alias = range.alias?.aliasname ?? name
    const found = find(range.schemaname, name)
    const empty = {
      alias,
      name,
      title: name,
      nested: { rows: 0, reason: '' },
      after: new Set<Relation>(),
      unknownReferences: false,
      ...(range.schemaname === undefined ? {} : { schema: range.schemaname }),
    }
    if (found === undefined) {
      const reason =
        catalog === undefined
          ? `no LIMIT, and without a catalog no unique key of ${name} is known: add LIMIT`
          : `no LIMIT, and ${name} is not in the catalog: add LIMIT`
      return { ...empty, keys: [], own: { rows: Infinity, reason } }
    }
    const columns = found.columns.map(
      ({ name: columnName, type, notNull, labels, deterministic }): RelationColumn => ({
        name: columnName,
        type,
        notNull,
        ...(deterministic === undefined ? {} : { deterministic }),
        ...(labels !== undefined ? { values: labels } : type === 'bool' ? { values: 2 } : {}),
      }),
    )
    if (found.kind === 'view') return { ...empty, columns, ...view(found, boundOfView) }
    // `FROM parent` also reads the children, and no key spans them. `FROM ONLY parent` does not.
    const keys = found.hasChildren && range.inh === true ? [] : keysOf(found, columns)
    return { ...empty, columns, keys, own: { rows: Infinity, reason: reasonOf(found, keys) } }
  }

  function find(schema: string | undefined, name: string): CatalogRelation | undefined {
    if (schema !== undefined) return byName.get(`${schema}.${name}`)
    // PostgreSQL looks for its own relations and temporary tables before any schema of the search path.
    if (name.startsWith('pg_') || catalog?.temporary.includes(name) === true) return undefined
    // The definition of a view was printed for the search path with which the catalog was read.
    for (const at of depth > 0 ? (catalog?.searchPath ?? []) : searchPath) {
      const found = byName.get(`${at}.${name}`)
      if (found !== undefined) return found
    }
    return undefined
  }

  function view(
    { name, definition, columns }: CatalogRelation,
    boundOfView: (query: Node) => QueryBound,
  ): Pick<Relation, 'own' | 'keys' | 'nested'> {
    const query =
      definition === undefined || depth >= DEEPEST_VIEW
        ? undefined
        : parseStatements(definition).statements?.[0]
    const unknown = {
      own: { rows: Infinity, reason: `what the view ${name} reads is not known` },
      keys: [],
      nested: { rows: Infinity, reason: `what the view ${name} nests is not known` },
    }
    if (query === undefined) return unknown
    depth++
    try {
      const bound = boundOfView(query)
      const isSame =
        bound.columns?.length === columns.length &&
        bound.columns.every((column, at) => column.name === columns[at]?.name)
      const own =
        bound.own.rows === Infinity
          ? { rows: Infinity, reason: `${bound.own.reason} (in the view ${name})` }
          : bound.own
      return { own, keys: isSame ? bound.keys : [], nested: bound.nested }
    } finally {
      depth--
    }
  }

  function keysOf(found: CatalogRelation, columns: readonly RelationColumn[]): Key[] {
    if (found.kind === 'foreign') return []
    return found.uniqueKeys.flatMap((key) => {
      const usable = key.valid && key.immediate ? keyOf(key, columns) : undefined
      return usable === undefined ? [] : [usable]
    })
  }

  function keyOf(key: CatalogKey, columns: readonly RelationColumn[]): Key | undefined {
    const columnOf = (node: Node) => {
      const fields = as(node, 'ColumnRef')?.fields ?? []
      const text = as(fields.at(-1), 'String') as { sval?: string } | undefined
      return columns.find(({ name }) => name === text?.sval)
    }
    const parts: string[] = []
    for (const part of key.parts) {
      if ('column' in part) {
        parts.push(`c:${part.column}`)
        continue
      }
      const target = targetOf(`select ${part.expression}`)
      const text = canonicalExpression(target, columnOf, undefined)
      if (text === undefined) return undefined
      parts.push(`e:${text}`)
    }
    const conditions: string[] = []
    if (key.predicate !== undefined) {
      const where = as(
        parseStatements(`select where ${key.predicate}`).statements?.[0],
        'SelectStmt',
      )?.whereClause
      if (where === undefined) return undefined
      for (const conjunct of conjunctsOf(where)) {
        const test = as(conjunct, 'NullTest')
        const tested =
          test?.nulltesttype === 'IS_NOT_NULL' && test.arg !== undefined ? columnOf(test.arg) : undefined
        const text = canonicalExpression(conjunct, columnOf, undefined)
        if (text === undefined) return undefined
        const [spelling = text] = spellingsOf(text)
        conditions.push(tested === undefined ? spelling : `n:${tested.name}`)
      }
    }
    return { parts, nullsNotDistinct: key.nullsNotDistinct, conditions }
  }
}

/** The index of each catalog is kept, because a catalog does not change and may list thousands of relations. */
const indexes = new WeakMap<Catalog, ReadonlyMap<string, CatalogRelation>>()

function relationsByName(catalog: Catalog | undefined): ReadonlyMap<string, CatalogRelation> {
  if (catalog === undefined) return new Map()
  const known = indexes.get(catalog)
  if (known !== undefined) return known
  const made = new Map(catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]))
  indexes.set(catalog, made)
  return made
}

function targetOf(sql: string): Node | undefined {
  const select = as(parseStatements(sql).statements?.[0], 'SelectStmt')
  return as(select?.targetList?.[0], 'ResTarget')?.val
}

/** The advice for the developer. */
function reasonOf({ name }: CatalogRelation, keys: readonly Key[]): string {
  const names = keys
    .filter(({ conditions }) => conditions.length === 0)
    .map(({ parts }) => parts.map((part) => `${name}.${part.slice(2).replaceAll('c:', '')}`).join(' and '))
  const advice = names[0] === undefined ? 'add LIMIT' : `add LIMIT or filter by ${names[0]}`
  return `no LIMIT, and no unique key of ${name} is fixed: ${advice}`
}
