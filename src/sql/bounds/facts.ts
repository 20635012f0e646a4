// Facts about single columns of relations: that a column has one value, or one of a few, when the rows of some other relations
// are given. `read-facts.ts` reads them from conditions.
import type { Relation, RelationColumn } from './relation.ts'

export interface Fact {
  relation: Relation
  /** The parts of a key that the fact fixes together. */
  parts: readonly string[]
  /** The relations whose rows must be given first. */
  given: ReadonlySet<Relation>
  /** The number of values that the parts can have. */
  values: number
  /** The reason when `values` is Infinity. */
  reason?: string
  /** Whether NULL passes too. */
  nulls: boolean
}

export interface Facts {
  all: Fact[]
  /** Canonical conditions that are true for each relation. Partial indexes need them. */
  conditions: Map<Relation, Set<string>>
  /** Pairs of columns that are equal, from which further facts follow. */
  equal: (readonly [Side, Side])[]
}

/** One side of a comparison that is a column. */
export interface Side {
  relation: Relation
  column: RelationColumn
}

export function createFacts(): Facts {
  return { all: [], conditions: new Map(), equal: [] }
}

/** The facts of both, and the facts that follow from them together. */
export function joinFacts(one: Facts, other: Facts): Facts {
  const conditions = new Map<Relation, Set<string>>()
  for (const from of [one.conditions, other.conditions])
    for (const [relation, texts] of from)
      conditions.set(relation, new Set([...(conditions.get(relation) ?? []), ...texts]))
  return withConsequences({
    all: [...one.all, ...other.all],
    conditions,
    equal: [...one.equal, ...other.equal],
  })
}

export function addColumn(
  facts: Facts,
  { relation, column }: Side,
  given: ReadonlySet<Relation>,
  values: number,
  nulls: boolean,
  reason?: string,
): void {
  const parts = [`c:${column.name}`]
  facts.all.push({ relation, parts, given, values, nulls, ...(reason === undefined ? {} : { reason }) })
  if (!nulls) addCondition(facts, relation, `n:${column.name}`)
}

export function addColumns(
  facts: Facts,
  sides: readonly Side[],
  given: ReadonlySet<Relation>,
  values: number,
): void {
  const relation = (sides[0] as Side).relation
  facts.all.push({
    relation,
    parts: sides.map(({ column }) => `c:${column.name}`),
    given,
    values,
    nulls: false,
  })
  for (const { column } of sides) addCondition(facts, relation, `n:${column.name}`)
}

export function addCondition(facts: Facts, relation: Relation, text: string): void {
  const texts = facts.conditions.get(relation) ?? new Set()
  texts.add(text)
  facts.conditions.set(relation, texts)
}

/** Columns in a group of equal columns. A larger group is ignored, because comparing it with itself takes quadratic time. */
const LARGEST_GROUP = 50

/** Adds the facts about one column to the columns that are equal to it. */
export function withConsequences(facts: Facts): Facts {
  const groups: Side[][] = []
  for (const pair of facts.equal) {
    const touched = groups.filter((group) => group.some((side) => pair.some((other) => isSame(side, other))))
    const merged = [...touched.flat(), ...pair]
    for (const group of touched) groups.splice(groups.indexOf(group), 1)
    groups.push(merged.filter((side, at) => merged.findIndex((other) => isSame(side, other)) === at))
  }
  const added: Fact[] = []
  for (const group of groups) {
    if (group.length > LARGEST_GROUP) continue
    for (const one of group)
      for (const other of group) {
        if (one === other || one.relation === other.relation) continue
        const parts = [`c:${one.column.name}`]
        added.push({
          relation: one.relation,
          parts,
          given: new Set([other.relation]),
          values: 1,
          nulls: false,
        })
        for (const fact of facts.all)
          if (
            fact.relation === other.relation &&
            !fact.nulls &&
            fact.parts.length === 1 &&
            fact.parts[0] === `c:${other.column.name}` &&
            !fact.given.has(one.relation)
          )
            added.push({ ...fact, relation: one.relation, parts })
      }
  }
  return added.length === 0 ? facts : { ...facts, all: [...facts.all, ...added], equal: facts.equal }
}

function isSame(one: Side, other: Side): boolean {
  return one.relation === other.relation && one.column.name === other.column.name
}
