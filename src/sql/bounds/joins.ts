// Bounds the number of row combinations of the relations of one level. Relations are added one after the other. A relation
// adds one row when a unique key of it is fixed by constants and by the relations already added, and all its rows when no key
// is fixed. The optional side of a LEFT JOIN is added after the other side and never counts as less than one row.

import { type Fact, type Facts, joinFacts } from './facts.ts'
import type { Amount, Key, Relation } from './relation.ts'

export type Unit = { relation: Relation } | OptionalUnit

/** The units on the right side of a LEFT JOIN. */
export interface OptionalUnit {
  optional: readonly Unit[]
  /** The relations of the left side. */
  after: ReadonlySet<Relation>
  /** The condition in ON, which bounds this side only. */
  on: Facts
}

export function combinations(
  units: readonly Unit[],
  facts: Facts,
  fixed: ReadonlySet<Relation> = new Set(),
): Amount {
  const there = new Set(fixed)
  let waiting = units
  let rows = 1
  const reasons: string[] = []
  while (waiting.length > 0) {
    let best: { unit: Unit; amount: Amount } | undefined
    for (const unit of waiting) {
      if (!isReady(unit, there)) continue
      const amount = amountOf(unit, facts, there)
      if (best === undefined || amount.rows < best.amount.rows) best = { unit, amount }
      if (amount.rows <= 1) break
    }
    if (best === undefined) return { rows: Infinity, reason: 'items of FROM refer to each other in a circle' }
    const { unit, amount } = best
    if (amount.rows === Infinity) return amount
    rows *= amount.rows
    if (amount.reason !== '') reasons.push(amount.reason)
    for (const relation of relationsOf(unit)) there.add(relation)
    waiting = waiting.filter((other) => other !== unit)
  }
  return { rows, reason: [...new Set(reasons)].join(', ') }
}

export function relationsOf(unit: Unit): Relation[] {
  return 'relation' in unit ? [unit.relation] : unit.optional.flatMap(relationsOf)
}

function isReady(unit: Unit, there: ReadonlySet<Relation>): boolean {
  return isSubset('relation' in unit ? unit.relation.after : unit.after, there)
}

function amountOf(unit: Unit, facts: Facts, there: ReadonlySet<Relation>): Amount {
  if ('relation' in unit) return amountOfRelation(unit.relation, facts, there)
  const { rows, reason } = combinations(unit.optional, joinFacts(facts, unit.on), there)
  return { rows: Math.max(1, rows), reason: rows <= 1 ? '' : reason }
}

function amountOfRelation(relation: Relation, facts: Facts, there: ReadonlySet<Relation>): Amount {
  let best: Amount = relation.own
  let unknownLength: string | undefined
  for (const key of relation.keys) {
    const amount = amountByKey(relation, key, facts, there)
    if (amount === undefined) continue
    if (amount.rows < best.rows) best = amount
    else if (amount.rows === Infinity) unknownLength ??= amount.reason
  }
  return best.rows === Infinity && unknownLength !== undefined
    ? { rows: Infinity, reason: unknownLength }
    : best
}

/** Undefined when some part of the key is not fixed. */
function amountByKey(
  relation: Relation,
  key: Key,
  facts: Facts,
  there: ReadonlySet<Relation>,
): Amount | undefined {
  const conditions = facts.conditions.get(relation)
  if (!key.conditions.every((condition) => conditions?.has(condition))) return undefined
  const usable = facts.all
    .filter(
      (fact) => fact.relation === relation && isSubset(fact.given, there) && passes(fact, relation, key),
    )
    .sort((a, b) => a.values - b.values)
  const covered = new Set<string>()
  let rows = 1
  let reason = ''
  for (const part of key.parts) {
    if (covered.has(part)) continue
    const fact = usable.find(({ parts }) => parts.includes(part))
    const values = Math.min(fact?.values ?? Infinity, valuesOfType(relation, part, key))
    if (fact === undefined && values === Infinity) return undefined
    rows *= values
    if (values === Infinity) reason = fact?.reason ?? ''
    covered.add(part)
    if (fact !== undefined && values === fact.values) for (const other of fact.parts) covered.add(other)
  }
  const names = key.parts.map(nameOfPart).join(', ')
  return {
    rows,
    reason: reason || (names === '' ? '' : `${relation.title} is read by its unique key (${names})`),
  }
}

function passes(fact: Fact, relation: Relation, key: Key): boolean {
  if (!fact.nulls || key.nullsNotDistinct) return true
  return fact.parts.every((part) => columnOf(relation, part)?.notNull === true)
}

/** Number of values of a column's type: a boolean has two, an enum as many as it has labels. */
function valuesOfType(relation: Relation, part: string, key: Key): number {
  const column = columnOf(relation, part)
  if (column?.values === undefined) return Infinity
  if (column.notNull) return column.values
  return key.nullsNotDistinct ? column.values + 1 : Infinity
}

function columnOf(relation: Relation, part: string) {
  return part.startsWith('c:') ? relation.columns?.find(({ name }) => name === part.slice(2)) : undefined
}

function nameOfPart(part: string): string {
  return part.startsWith('c:') ? part.slice(2) : part.slice(2).replaceAll('c:', '')
}

function isSubset(some: ReadonlySet<Relation>, all: ReadonlySet<Relation>): boolean {
  for (const one of some) if (!all.has(one)) return false
  return true
}
