// The advisor of a library says what its users write instead of the code that a finding is about. `advisors.ts` chooses it
// by the `via` of a query. An advisor answers every question: a library that has no words of its own for a question spreads
// `sqlAdvisor`, which answers in SQL.
import type { Vocabulary } from '../source/vocabulary.ts'
import type { Finding } from '../types/finding.ts'
import type { QuerySource } from '../types/query.ts'
import type { ReadRewrite } from './sql/repeated-read.ts'
import type { WriteRewrite } from './sql/repeated-write.ts'

/** A sentence that says what to do, and code or a statement to paste if its result is proven to be the same. */
export type Remedy = Pick<Finding, 'remediation' | 'fix'>

/** A statement, with the calls that built it if the source shows them. */
export interface BuiltStatement {
  /** The text of its fingerprint. */
  text: string
  expression?: string | undefined
}

/** The facts about a read that decide how its rows are grouped. */
export interface ReadRows {
  /** One value of the key finds at most one row, so that a Map needs no lists that grow. */
  isOneRow: boolean
}

/** A SELECT whose result has no upper limit. */
export interface UnboundedSelect {
  /** The text of its fingerprint. */
  text: string
  /** The same text without anything in brackets. */
  outer: string
  /** The statement as it was sent. */
  sql: string
  /** Columns that order the rows in exactly one way, if the catalog knows them. */
  key: readonly string[] | undefined
}

export interface Advisor {
  /** Code that replaces a read in a loop; `undefined` when the source does not show that it can be replaced. */
  codeForRead(source: QuerySource, rows: ReadRows): Remedy | undefined
  /** Code that replaces a write in a loop. `kind` is that of its fingerprint, such as `insert`. */
  codeForWrite(kind: string, source: QuerySource): Remedy | undefined
  /** One read instead of a loop, when no code is known. */
  readOnce(rewrite: ReadRewrite, source: QuerySource | undefined): Remedy
  /** One write instead of a loop, when no code is known. */
  writeOnce(rewrite: WriteRewrite, source: QuerySource | undefined): Remedy
  /** A statement that selects only the columns that are read, by their names in the rows. */
  selectColumns(statement: BuiltStatement, read: readonly string[], unread: readonly string[]): Remedy
  /** One row, when only the first one is read. */
  firstRow(statement: BuiltStatement): Remedy
  /** The number of rows, when none of them is read. */
  countRows(statement: BuiltStatement): Remedy
  /** A page of a result that has no upper limit. */
  page(select: UnboundedSelect): Remedy
  /** A limit for an array that is collected inside a row. */
  limitArray(): Remedy
  /** Keyset pagination instead of a large OFFSET. */
  pageByKey(): Remedy
  /** One query instead of equal ones. */
  askOnce(): Remedy
  /**
   * Whether the library returns related rows as computed columns beside the columns of a table. A computed column is then no sign
   * that the statement does something beyond reading.
   */
  readonly nestsRelations: boolean
  /** Names of the library that the readers of the application's source have to know. */
  readonly vocabulary: Vocabulary
}
