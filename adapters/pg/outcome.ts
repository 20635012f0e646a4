// What a result of pg says about its query. Several statements in one text give an array of results.
import type { DriverField, Outcome } from '../../src/trace/query-recording.ts'
import type { Command } from './connection-facts.ts'

interface ResultLike {
  rows?: readonly unknown[]
  rowCount?: number | null
  fields?: readonly DriverField[]
  command?: Command
}

interface OutcomeOfPg extends Outcome {
  /** The name in the command tag. */
  command: Command
  /** Of several statements. */
  commands?: readonly Command[]
}

/** Rows of all statements are counted; those of the last one with any are kept. */
export function outcomeOf(result: unknown): OutcomeOfPg {
  if (!Array.isArray(result)) return single((result ?? {}) as ResultLike)
  const results = result as (ResultLike | undefined)[]
  const last = results.findLast((one) => one?.rows?.length) ?? results.at(-1) ?? {}
  return {
    ...single(last),
    rowCount: results.reduce((sum, one) => sum + countOf(one), 0),
    commands: results.map((one) => one?.command),
  }
}

function single({ rows, rowCount, fields, command }: ResultLike): OutcomeOfPg {
  const outcome: OutcomeOfPg = { rowCount: rows?.length || rowCount || 0, command }
  if (fields) outcome.fields = fields
  if (rows) outcome.rows = rows
  return outcome
}

/** With `rows: n` the count is the last portal's only; with RETURNING both are the same. */
function countOf(result: unknown): number {
  const { rows, rowCount } = (result ?? {}) as ResultLike
  return rows?.length || rowCount || 0
}
