// Evaluates the values when a trace closes: which values and which results are equal, from which earlier rows the values of
// repeated queries came, and how many rows were requested. Then parameters and rows are dropped, so that detectors see no
// value.
import { findRepetitions } from '../../grouping/repetitions.ts'
import type { Catalog } from '../../sql/bounds/catalog-shape.ts'
import { limitInForce } from '../../sql/fingerprint/limit-in-force.ts'
import { statementValues } from '../../sql/index.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { declaredKeys } from './key-relation.ts'
import { textOf } from './result-columns.ts'
import { nameResults } from './result-names.ts'
import { followValues, type RepeatedValue } from './value-flow.ts'
import { valueNames } from './value-names.ts'

interface SealOptions {
  isWhole?: boolean
  catalog?: Catalog | undefined
  /** The values that the unit of work was given from outside. */
  input?: (() => readonly unknown[]) | undefined
}

/** In an incomplete trace no value is followed, because it may have come from rows that were not kept. */
export function sealValues(
  queries: readonly RecordedQuery[],
  { isWhole = true, catalog, input }: SealOptions = {},
): void {
  const nameValue = valueNames()
  const sent = queries.map((query) => ({ query, values: statementValues(query.sql, query.params) }))
  for (const { query, values } of sent) {
    query.valueHashes = values.map(nameValue)
    if (query.sqlLength === undefined) Object.assign(query, limitInForce(query.sql, query.params))
  }
  if (isWhole) {
    const repeatedValues = findRepetitions(queries).flatMap(({ indexes }) =>
      varyingValues(indexes.flatMap((index) => (sent[index] ? { ...sent[index], index } : []))),
    )
    followValues(queries, repeatedValues, { keys: declaredKeys(catalog), input })
  }
  for (const [index, resultHash] of nameResults(queries)) Object.assign(queries[index] ?? {}, { resultHash })
  for (const query of queries) {
    delete query.params
    delete query.kept
  }
}

interface Sent {
  query: RecordedQuery
  /** In the trace. */
  index: number
  values: readonly unknown[]
}

/** The values that are single in each execution (except for NULL), and not always the same. */
function varyingValues(sent: readonly Sent[]): RepeatedValue[] {
  const count = sent[0]?.values.length ?? 0
  const repeatedValues = Array.from({ length: count }, (_, param) => param).flatMap((param) => {
    if (sent.some(({ values }) => isList(values[param]))) return []
    const uses = sent.flatMap(({ query, index, values }) => {
      const value = [values[param]].flat()[0] ?? null
      return value === null ? [] : [{ query, index, text: textOf(value) }]
    })
    return new Set(uses.map(({ text }) => text)).size > 1 ? [{ param, uses }] : []
  })
  return repeatedValues.map((repeated) => ({ ...repeated, varying: repeatedValues.length }))
}

/** A list of one element, `IN ($1)`, is a single value, and so is the parent's key in each row of an INSERT. */
function isList(value: unknown): boolean {
  return Array.isArray(value) && (value.length === 0 || value.some((one) => one !== value[0]))
}
