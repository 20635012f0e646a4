// The values that whoever pastes a remedy has to pass: those of the loop's turns, collected as the remedy says.
import { readPlaceholders, statementValues } from '../../src/sql/index.ts'
import type { Query } from '../../src/types.ts'

export interface RemedyRun {
  sql: string
  values: unknown[]
}

/** The values of each turn, in the order of the fingerprint's `?`. */
export function valuesOf(turns: readonly Query[]): (readonly unknown[])[] {
  return turns.map(({ sql, params }) => statementValues(sql, params))
}

export function varyingPositions(values: readonly (readonly unknown[])[]): number[] {
  const [first = []] = values
  return [...first.keys()].filter(
    (at) => new Set(values.map((turn) => JSON.stringify(one(turn[at])))).size > 1,
  )
}

/** A list of one value is that value. */
export function one(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

/** A remedy for a list of values: `= any($1)`, the others as they were. A LIMIT that it has no more has no value. */
export function listRun(fix: string, text: string, turns: readonly (readonly unknown[])[]): RemedyRun {
  const varying = new Set(varyingPositions(turns))
  const places = readPlaceholders(text)
  const values = (turns[0] ?? []).map((value, at) =>
    varying.has(at) ? turns.map((turn) => one(turn[at])) : value,
  )
  const kept = / limit \$\d+/.test(fix) ? values : values.filter((_, at) => places[at]?.role !== 'limit')
  return { sql: fix, values: kept }
}

/** One with brackets for two turns. */
export function pairRun(
  fix: string,
  turns: readonly (readonly unknown[])[],
  two: readonly number[],
): RemedyRun {
  const varying = varyingPositions(turns)
  const rows = two.map((turn) => varying.map((at) => one(turns[turn]?.[at])))
  const values = (turns[0] ?? []).flatMap((value, at) => {
    if (!varying.includes(at)) return [value]
    return at === varying[0] ? rows.flat() : []
  })
  return { sql: fix, values }
}

/** One that is joined to the query that the values come from. */
export function lateralRun(fix: string, parent: Query, turns: readonly (readonly unknown[])[]): RemedyRun {
  const varying = new Set(varyingPositions(turns))
  const fixed = (turns[0] ?? []).filter((_, at) => !varying.has(at))
  return { sql: fix, values: [...statementValues(parent.sql, parent.params), ...fixed] }
}
