// Finds the origin of the values of a repeated statement by comparing them with the rows that had arrived before, column by
// column. A column explains a repetition only if it contains every value. The probability that it does so by chance is
// estimated from the kind of the values, and stored with the result. A value that the application had sent to the database
// before, or that had arrived with earlier rows, proves nothing. src/detectors/n-plus-one.md describes the estimate.

import { namedTables } from '../../sql/fingerprint/named-tables.ts'
import { fingerprint } from '../../sql/index.ts'
import type { ValueFlow } from '../../types/query.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { NULL } from './canonical-value.ts'
import { columnOfValue } from './column-of-value.ts'
import { type GivenBy, givenValues } from './given-values.ts'
import {
  type AskedColumn,
  type DeclaredKeys,
  identityOf,
  type KeyRelation,
  keyRelation,
} from './key-relation.ts'
import {
  type Column,
  type Holder,
  type ListColumn,
  type ResultColumns,
  resultColumns,
  type StatementColumn,
} from './result-columns.ts'
import { chanceOfOrder } from './row-order.ts'
import { chanceOfValues, kindOf, type ValueKind } from './value-rarity.ts'

/** One value of a statement that was sent more than once. */
export interface RepeatedValue {
  /** Position among the statement's values. */
  param: number
  /** How many values of the statement vary. */
  varying: number
  /** The text of the value in each execution, in the order in which they started. */
  uses: readonly Use[]
}

interface Use {
  query: RecordedQuery
  /** In the trace. */
  index: number
  text: string
}

/** Notes on each query where its value may have come from, for the values that a column explains. */
export function followValues(
  queries: readonly RecordedQuery[],
  repeatedValues: readonly RepeatedValue[],
  { keys, input }: { keys: DeclaredKeys; input?: (() => readonly unknown[]) | undefined },
): void {
  if (repeatedValues.length === 0) return
  const texts = new Set(repeatedValues.flatMap(({ uses }) => uses.map(({ text }) => text)))
  const columns = resultColumns(queries)
  const columnsOf = columns.findColumns(texts)
  const seen: Seen = { columns, keys, givenBy: givenValues(queries, texts, input?.()) }

  for (const repeated of repeatedValues) {
    for (const { uses, flows } of best(explanationsOf(repeated, columnsOf, seen))) {
      uses.forEach(({ query }, use) => {
        const flow = flows[use]
        if (flow) query.flow = [...(query.flow ?? []), flow]
      })
    }
  }
}

interface Seen {
  columns: ResultColumns
  keys: DeclaredKeys
  givenBy: GivenBy
}

interface Explanation {
  column: Column
  uses: readonly Use[]
  flows: readonly ValueFlow[]
  /** The probability that the column contains the values by chance. */
  chance: number
  relation: KeyRelation
  /** The values follow each other as the rows do. */
  isInOrder: boolean
  /** Some of the values were first seen here. */
  isFirst: boolean
  /** Queries whose rows held the values: of two that could be meant, the one list rather than many single rows. */
  parents: number
}

function explanationsOf(
  repeated: RepeatedValue,
  columnsOf: (text: string, index: number) => readonly StatementColumn[],
  seen: Seen,
): Explanation[] {
  const [first, second] = repeated.uses
  if (!first || !second) return []
  const asked = askedColumn(repeated, first, seen.keys)
  const explainBy = (
    uses: readonly Use[],
    from: readonly StatementColumn[],
    read: (statementColumn: StatementColumn) => Column,
  ) =>
    from.flatMap(
      (statementColumn) => explain({ ...repeated, uses }, read(statementColumn), asked, seen) ?? [],
    )

  const columnsOfFirst = columnsOf(first.text, first.index)
  const byStatement = explainBy(repeated.uses, columnsOfFirst, seen.columns.column)
  if (byStatement.length > 0) return byStatement
  const byTable = explainBy(repeated.uses, columnsOfFirst, seen.columns.tableColumn)
  if (byTable.length > 0) return byTable
  // Code that walks a tree begins with a value from elsewhere and continues with the rows of the walk itself.
  const { key } = fingerprint(first.query.sql)
  const own = columnsOf(second.text, second.index).filter(({ statement }) => statement === key)
  return explainBy(repeated.uses.slice(1), own, seen.columns.column)
}

/** The column that the value is compared with or written to. */
function askedColumn({ param }: RepeatedValue, { query }: Use, keys: DeclaredKeys): AskedColumn | undefined {
  const { text } = fingerprint(query.sql)
  const column = columnOfValue(text, param)
  if (!column) return undefined
  const returned =
    namedTables(text).length === 1 ? query.fields?.find(({ name }) => name === column.column) : undefined
  return { ...column, identity: keys.identity(column) ?? identityOf(returned) }
}

/** Every value must be in rows that had arrived when its query started; the latest such rows are the ones meant. */
function explain(
  repeated: RepeatedValue,
  column: Column,
  asked: AskedColumn | undefined,
  seen: Seen,
): Explanation | undefined {
  const { param, uses } = repeated
  const held: { text: string; holder: Holder }[] = []
  for (const { index, text } of uses) {
    const holder = column.latestHolder(text, index)
    if (!holder) return undefined
    held.push({ text, holder })
  }
  const values = new Map(held.map(({ text, holder }) => [text, holder]))
  if (values.size < 2 || !isOfType(column, uses)) return undefined

  // A value that was mostly sent to the database before comes back, so it may have come from anywhere.
  const given = [...values.keys()].filter((text) => seen.givenBy(text) < column.firstArrival(text))
  if (given.length * 2 > values.size) return undefined
  const fresh = [...values.keys()].filter(
    (text) => column.firstArrival(text) <= Math.min(seen.givenBy(text), seen.columns.firstArrival(text)),
  )
  const taken = takenFrom(held)
  const order = orderOf(values, taken)
  const relation =
    asked && [...values.keys()].some((text) => TELL_ROWS_APART.has(kindOf(text)))
      ? keyRelation(asked, comparedColumn(column), seen.keys)
      : undefined
  const chance =
    chanceOfValues(fresh, column) *
    order.chance *
    chanceOfCompleteness(taken) *
    (relation ? RELATED[relation] : 1) *
    comparisons(repeated, values, relation, asked, seen)
  return {
    column,
    uses,
    chance,
    relation,
    isInOrder: order.isInOrder,
    isFirst: fresh.length > 0,
    parents: taken.size,
    flows: held.map(({ holder }) => flowFrom(param, column, holder, chance)),
  }
}

function flowFrom(param: number, column: Column, { index, query, texts }: Holder, chance: number): ValueFlow {
  return {
    param,
    query: index,
    column: column.name,
    ...(column.table ? { table: column.table } : {}),
    rows: Math.max(query.rows ?? 0, texts.length),
    chance: Math.max(LEAST_CHANCE, Math.min(1, Number(chance.toPrecision(1)))),
  }
}

/** An estimate is no better than that. */
const LEAST_CHANCE = 1e-12

/** The probability that a column without any relation to the values is one that a key leads to. */
const RELATED: Readonly<Record<NonNullable<KeyRelation>, number>> = { declared: 1 / 100, named: 1 / 25 }
/** Words, moments and booleans do not become keys by their names: `status` of one row is `status` of many. */
const TELL_ROWS_APART: ReadonlySet<ValueKind> = new Set(['integer', 'uuid', 'text'])

/** A number is no text that looks like one. */
function isOfType({ field }: Column, uses: readonly Use[]): boolean {
  if (field?.dataTypeID === undefined || !TEXT_TYPES.has(field.dataTypeID)) return true
  return !uses.some(({ query, text }) =>
    query.params?.some((value) => typeof value === 'number' && String(value) === text),
  )
}

/** char, name, text, bpchar and varchar */
const TEXT_TYPES: ReadonlySet<number> = new Set([18, 19, 25, 1042, 1043])

function comparedColumn({ name, field, sql }: ListColumn) {
  return { name, field, tables: namedTables(fingerprint(sql).text) }
}

/** The sources in the order of the trace, each with the different values that were taken from it. */
function takenFrom(held: readonly { text: string; holder: Holder }[]): Map<Holder, Set<string>> {
  const taken = new Map<Holder, Set<string>>()
  for (const { text, holder } of held) taken.set(holder, (taken.get(holder) ?? new Set()).add(text))
  return new Map([...taken].sort(([a], [b]) => a.index - b.index))
}

function orderOf(
  values: ReadonlyMap<string, Holder>,
  taken: ReadonlyMap<Holder, ReadonlySet<string>>,
): { chance: number; isInOrder: boolean } {
  const ranks = new Map<string, number>()
  for (const [{ texts }, own] of taken) {
    for (const text of texts) if (own.has(text) && !ranks.has(text)) ranks.set(text, ranks.size)
  }
  const used = [...values.keys()].map((text) => ({ text, rank: ranks.get(text) ?? 0 }))
  return {
    chance: chanceOfOrder(used, (a, b) => compareTexts(a.text, b.text)),
    isInOrder: used.every(({ rank }, at) => rank === at),
  }
}

function compareTexts(a: string, b: string): number {
  const difference = Number(a) - Number(b)
  if (!Number.isNaN(difference)) return difference
  return a < b ? -1 : Number(a > b)
}

/** Something else would end at any row: that all rows were used, and nothing but them, is one of as many. */
function chanceOfCompleteness(taken: ReadonlyMap<Holder, ReadonlySet<string>>): number {
  let largest = 1
  for (const [{ texts, isWhole }, own] of taken) {
    const different = new Set(texts)
    different.delete(NULL)
    if (!isWhole || different.size !== own.size) return 1
    largest = Math.max(largest, different.size)
  }
  return 1 / largest
}

/** The more columns there are to compare with, the sooner one of them fits. */
function comparisons(
  { varying, uses }: RepeatedValue,
  values: ReadonlyMap<string, Holder>,
  relation: KeyRelation,
  asked: AskedColumn | undefined,
  { columns, keys }: Seen,
): number {
  if (relation && asked) {
    const own = fingerprint(uses[0]?.query.sql ?? '').key
    const related = columns
      .listColumns(values.size)
      .filter(
        (column) =>
          fingerprint(column.sql).key !== own &&
          keyRelation(asked, comparedColumn(column), keys) !== undefined,
      )
    return Math.max(1, related.length)
  }
  const isInteger = [...values.keys()].every((text) => kindOf(text) === 'integer')
  return Math.max(1, columns.countColumns(isInteger, values.size)) * varying
}

/** Columns named when several explain the values equally well. */
const CANDIDATES = 3
/** When two explanations differ this much in their probability of being a coincidence, the less coincidental one is taken. */
const CLEARLY = 10

/** The explanation that is better than all others, or those that are as good. */
function best(explanations: readonly Explanation[]): Explanation[] {
  const byColumn = new Map<string, Explanation>()
  let first: Explanation | undefined
  for (const explanation of explanations) {
    const { identity } = explanation.column
    const same = byColumn.get(identity)
    if (!same || isBetter(explanation, same)) byColumn.set(identity, explanation)
    if (!first || isBetter(explanation, first)) first = explanation
  }
  if (!first) return []
  const chosen = first
  const others = [...byColumn.values()].filter(
    (other) => other.column.identity !== chosen.column.identity && !isClearlyBetter(chosen, other),
  )
  return [chosen, ...others].slice(0, CANDIDATES)
}

/** Values originate where they are seen first; unless they follow the rows of a later list, and not those of the first. */
function isBetter(a: Explanation, b: Explanation): boolean {
  if (a.isFirst !== b.isFirst) return a.isFirst ? !isFollowedRather(b, a) : isFollowedRather(a, b)
  if (a.isInOrder !== b.isInOrder) return a.isInOrder
  if (a.chance !== b.chance) return a.chance < b.chance
  return a.parents < b.parents
}

function isFollowedRather(later: Explanation, first: Explanation): boolean {
  return later.isInOrder && !first.isInOrder && later.parents <= first.parents
}

function isClearlyBetter(a: Explanation, b: Explanation): boolean {
  if (a.isFirst !== b.isFirst || a.isInOrder !== b.isInOrder) return true
  return (a.relation !== b.relation && a.chance < b.chance) || a.chance * CLEARLY <= b.chance
}
