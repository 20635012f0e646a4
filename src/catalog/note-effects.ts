// Notes for each query what it reads and changes beyond the tables that its text names: tables behind views, foreign keys
// that cascade, triggers, functions of the database. Tables are known by the names in the statements only; when two schemas
// have a table of one name, both are meant.
import type { Catalog, CatalogRelation } from '../sql/bounds/catalog-shape.ts'
import { createTextCache, type TextCache, type TextCacheLimits } from '../sql/fingerprint/text-cache.ts'
import { fingerprint } from '../sql/index.ts'
import type { Effects, Query } from '../types/query.ts'

type Sent = Query & { effects?: Effects }

/** Applications send a few hundred different statements. */
const KEPT_EFFECTS: TextCacheLimits = {
  entries: 4_096,
  bytes: 4 * 1024 * 1024,
  bytesPerCharacter: 2,
  bytesPerEntry: 400,
}

const readers = new WeakMap<Catalog, (sql: string) => Effects | undefined>()

export function noteEffects(queries: readonly Sent[], catalog: Catalog | undefined): void {
  if (!catalog) return
  let effectsOf = readers.get(catalog)
  if (!effectsOf) {
    effectsOf = effectsReader(catalog)
    readers.set(catalog, effectsOf)
  }
  for (const query of queries) {
    if (query.effects || query.sqlLength !== undefined) continue
    const effects = effectsOf(query.sql)
    if (effects) query.effects = effects
  }
}

interface Found {
  effects: Effects | undefined
}

function effectsReader(catalog: Catalog): (sql: string) => Effects | undefined {
  const relations = relationsByName(catalog)
  const functions = functionsByName(catalog)
  const known: TextCache<Found> = createTextCache(KEPT_EFFECTS)
  if (relations.size === 0 && functions.size === 0) return () => undefined
  return (sql) => {
    const remembered = known.get(sql)
    if (remembered) return remembered.effects
    const effects = readEffects(sql, relations, functions)
    known.set(sql, { effects })
    return effects
  }
}

/** The required facts about all relations of one name. */
interface Related {
  reads: ReadonlySet<string>
  writes: ReadonlySet<string>
  runsCode: boolean
}

/** Only those of which there is something to say. */
function relationsByName({ relations }: Catalog): Map<string, Related> {
  const byId = new Map(relations.map((relation) => [relation.id, relation]))
  const found = new Map<string, Related>()
  for (const relation of relations) {
    const reads = reachable(relation, byId, ({ readsFrom }) => readsFrom)
    const writes = reachable(relation, byId, ({ readsFrom, cascadesTo }) => [
      ...(readsFrom ?? []),
      ...(cascadesTo ?? []),
    ])
    const runsCode = [relation, ...writes].some((one) => one.runsCode)
    if (reads.size + writes.size === 0 && !runsCode) continue
    const before = found.get(relation.name)
    found.set(relation.name, {
      reads: new Set([...(before?.reads ?? []), ...namesOf(reads)]),
      writes: new Set([...(before?.writes ?? []), ...namesOf(writes)]),
      runsCode: runsCode || before?.runsCode === true,
    })
  }
  return found
}

function namesOf(relations: ReadonlySet<CatalogRelation>): string[] {
  return [...relations].map(({ name }) => name)
}

function reachable(
  from: CatalogRelation,
  byId: ReadonlyMap<number, CatalogRelation>,
  next: (relation: CatalogRelation) => readonly number[] | undefined,
): ReadonlySet<CatalogRelation> {
  const reached = new Set<CatalogRelation>([from])
  for (const relation of reached) {
    for (const id of next(relation) ?? []) {
      const other = byId.get(id)
      if (other) reached.add(other)
    }
  }
  reached.delete(from)
  return reached
}

/** Functions of the database, not of PostgreSQL; true for those that may change something. */
function functionsByName({ functions }: Catalog): Map<string, boolean> {
  const found = new Map<string, boolean>()
  for (const { schema, name, volatile } of functions) {
    if (schema !== 'pg_catalog') found.set(name, volatile || found.get(name) === true)
  }
  return found
}

function readEffects(
  sql: string,
  relations: ReadonlyMap<string, Related>,
  functions: ReadonlyMap<string, boolean>,
): Effects | undefined {
  const { kind, text } = fingerprint(sql)
  if (kind === 'set' || kind === 'transaction') return undefined
  const isRead = kind === 'select'
  const reads = new Set<string>()
  const writes = new Set<string>()
  let readsAnything = false
  let writesAnything = false
  for (const [, quoted, plain, bracket] of text.matchAll(NAME)) {
    const name = quoted ?? plain ?? ''
    const related = relations.get(name)
    if (related && isRead) for (const read of related.reads) reads.add(read)
    if (related && !isRead) {
      for (const write of related.writes) writes.add(write)
      writesAnything ||= related.runsCode
    }
    const changes = bracket === undefined ? undefined : functions.get(name)
    readsAnything ||= changes !== undefined
    writesAnything ||= changes === true
  }
  if (reads.size + writes.size === 0 && !readsAnything && !writesAnything) return undefined
  return {
    ...(reads.size > 0 ? { reads: [...reads].sort() } : {}),
    ...(readsAnything ? { readsAnything } : {}),
    ...(writes.size > 0 ? { writes: [...writes].sort() } : {}),
    ...(writesAnything ? { writesAnything } : {}),
  }
}

/** A name, with the bracket of a call behind it. */
const NAME = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))(\()?/gu
