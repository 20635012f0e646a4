// Reads the outcome of a query from a result of pg. Several statements in one text have an array of results.
import type { Command } from '../../src/trace/command-transaction.ts'
import type { DriverField, Outcome } from '../../src/trace/query-recording.ts'

interface ResultLike {
  rows?: readonly unknown[]
  rowCount?: number | null
  fields?: readonly DriverField[]
  command?: Command
}

interface OutcomeOfPg extends Outcome {
  /** The name in the command tag. */
  command: Command
  /** The command names of several statements. */
  commands?: readonly Command[]
}

/** The rows of all statements are counted. The rows of the last statement that has some are kept. */
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

/** With the option `rows: n`, `rowCount` is that of the last portal only. With RETURNING both numbers are equal. */
function countOf(result: unknown): number {
  const { rows, rowCount } = (result ?? {}) as ResultLike
  return rows?.length || rowCount || 0
}
