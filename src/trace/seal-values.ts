// What becomes of the values when a trace closes: of queries that repeat it is noted which values are equal and from
// which earlier rows they came, then parameters and rows are dropped. Detectors see no value.
import { findRepetitions } from '../grouping/repetitions.ts'
import { statementValues } from '../sql/index.ts'
import { canonicalValue } from './canonical-value.ts'
import type { RecordedQuery } from './recorded-query.ts'
import { followValues, type Slot } from './value-flow.ts'

export function sealValues(queries: readonly RecordedQuery[]): void {
  const nameValue = valueNames()
  const slots = findRepetitions(queries).flatMap(({ indexes }) => {
    const sent = indexes.flatMap((index) => {
      const query = queries[index]
      return query ? [{ query, values: statementValues(query.sql, query.params) }] : []
    })
    for (const { query, values } of sent) query.valueHashes = values.map(nameValue)
    return varyingSlots(sent)
  })
  followValues(queries, slots)
  for (const query of queries) {
    delete query.params
    delete query.keptRows
    delete query.mappedRows
  }
}

/** The slots that hold a single value at each sending (NULL apart), and not always the same one. */
function varyingSlots(sent: readonly { query: RecordedQuery; values: readonly unknown[] }[]): Slot[] {
  const count = sent[0]?.values.length ?? 0
  return Array.from({ length: count }, (_, param) => param).flatMap((param) => {
    if (sent.some(({ values }) => isList(values[param]))) return []
    const uses = sent.flatMap(({ query, values }) => {
      const value = [values[param]].flat()[0] ?? null
      return value === null ? [] : [{ query, text: canonicalValue(value) }]
    })
    return new Set(uses.map(({ text }) => text)).size > 1 ? [{ param, uses }] : []
  })
}

/** A list of one, `IN ($1)`, is a single value. */
function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length !== 1
}

/**
 * Names values in the order they are met. Equal values get equal names within one trace, as the keyed hashes of trace
 * files promise, and a number tells nothing at all about the value.
 */
function valueNames(): (value: unknown) => string | readonly string[] {
  const names = new Map<string, string>()
  const nameOf = (value: unknown): string => {
    const text = canonicalValue(value)
    const name = names.get(text) ?? String(names.size)
    names.set(text, name)
    return name
  }
  return (value) => (Array.isArray(value) ? value.map(nameOf) : nameOf(value))
}
