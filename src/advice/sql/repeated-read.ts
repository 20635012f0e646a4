// A read that a loop repeats, and the ways to write it as one statement.
import type { WithoutRows } from '../../sql/clauses/aggregates.ts'
import type { ShownStatement } from '../../sql/clauses/write-statement.ts'
import type { Placeholder, ValueType } from '../../sql/index.ts'
import type { OutputKey } from './output-key.ts'

/** A placeholder that has another value in each turn. */
export type VaryingValue = Placeholder & { position: number }

export interface RepeatedRead extends ShownStatement {
  types: readonly ValueType[]
  varying: readonly VaryingValue[]
  /** The LIMIT in force, if it is the same in all turns. */
  limit?: number | undefined
  /** One value of its key finds at most one row, whatever its LIMIT is. */
  findsOneRow?: boolean | undefined
  /** The tables that it reads are written to between its turns. */
  isWrittenBetween?: boolean | undefined
  /** The column of its rows from which the next turn takes its value. */
  nextFrom?: string | undefined
  /** The statement whose rows hold the values, and the column of each varying value, in their order. */
  parent?: (ShownStatement & { columns: readonly string[] }) | undefined
}

/** An aggregate, and its value for a key without rows. A grouped query has no row for such a key. */
export interface AggregateOutput {
  /** The item as written, such as `count(*) as books`. */
  item: string
  withoutRows: WithoutRows
}

export type ReadRewrite =
  /** One query for a list of values. `key` is compared with the list, and tells to which turn a row belongs. */
  | { kind: 'list'; key: OutputKey; sql?: string | undefined }
  /** One query for a list of several values for each row. */
  | { kind: 'pairs'; keys: readonly OutputKey[]; sql?: string | undefined }
  /** One query for a list of values, with a group for each. */
  | { kind: 'grouped'; key: OutputKey; aggregates: readonly AggregateOutput[]; sql?: string | undefined }
  /** One query for a list of values that locks the rows it finds. */
  | { kind: 'locked'; key: OutputKey }
  /** The query joined to the query that the values come from, row by row as before. */
  | { kind: 'lateral'; sql: string }
  /** The loop changes what it reads, so a read before it would find other rows. */
  | { kind: 'written' }
  /** The loop goes from row to row, until there is no next row. */
  | { kind: 'walk'; sql?: string | undefined }
  /** Nothing is proven. `keys` are the columns that the values are compared with. If `limited`, each turn takes only the first rows. */
  | { kind: 'words'; keys: readonly string[]; limited: boolean }

/** A longer statement is not worth pasting, and reading it takes quadratic time. */
export const LONGEST_STATEMENT = 4_000
