// What a result of pg says about its query. Several statements in one text give an array of results.
import type { DriverField, Outcome } from '../../src/trace/recorded-query.ts'

interface ResultLike {
  rows?: readonly unknown[]
  rowCount?: number | null
  fields?: readonly DriverField[]
  command?: string | null
}

/** Rows of all statements are counted; those of the last one with any are kept. `commands` are the command tags' names. */
export function outcomeOf(result: unknown): Outcome & { commands: readonly (string | null | undefined)[] } {
  const results = (Array.isArray(result) ? result : [result]) as (ResultLike | undefined)[]
  const last = results.findLast((one) => one?.rows?.length) ?? results.at(-1)
  return {
    // With `rows: n` the count is the last portal's only; with RETURNING both are the same.
    rowCount: results.reduce((sum, one) => sum + (one?.rows?.length || one?.rowCount || 0), 0),
    ...(last?.fields ? { fields: last.fields } : {}),
    ...(last?.rows ? { rows: last.rows } : {}),
    commands: results.map((one) => one?.command),
  }
}
