// The result of `analyzeStatement`: plain data with positions instead of references, so that it can be stored and sent.

import type { StatementKind } from '../fingerprint/statement-kind.ts'
import type { ParseFailure } from './parser.ts'
import type { ConstantValue } from './tree.ts'

/** A statement that could not be analysed, with the reason. */
export interface NotAnalyzed {
  analyzed: false
  reason: ParseFailure
}

export interface AnalyzedStatement {
  analyzed: true
  kind: StatementKind
  /** Number of statements in the text. Only the first is described. */
  statements: number
  /** The statement itself and all queries in it, outermost first. */
  queries: readonly QueryLevel[]
  tables: readonly TableUse[]
  predicates: readonly Predicate[]
  joins: readonly Join[]
  calls: readonly Call[]
  writes: readonly Write[]
}

export type StatementAnalysis = AnalyzedStatement | NotAnalyzed

/** One SELECT, or one INSERT, UPDATE, DELETE or MERGE. */
export interface QueryLevel {
  /** Position of the enclosing query. Absent for the statement itself. */
  parent?: number
  role: 'statement' | 'arm' | 'with' | 'from' | 'expression' | 'source'
  /** Name of a query in WITH. */
  name?: string
  /** The returned columns: the select list, or RETURNING. */
  outputs: readonly Output[]
  distinct: boolean
  grouped: boolean
  groupBy: readonly Operand[]
  having: boolean
  orderBy: readonly OrderTerm[]
  /** Absent without LIMIT, and for LIMIT ALL and LIMIT NULL. */
  limit?: Operand
  withTies: boolean
  offset?: Operand
  setOperation?: 'union' | 'union all' | 'intersect' | 'except'
  locks: readonly Lock[]
}

export interface Output {
  kind: 'column' | 'star' | 'aggregate' | 'constant' | 'expression'
  /** The table, for a column and for `t.*`. */
  table?: number
  /** Name of the column. */
  column?: string
  /** Name of the output, when the statement gives one. */
  name?: string
}

export interface TableUse {
  kind: 'table' | 'with' | 'query' | 'function' | 'values' | 'other'
  name: string
  schema?: string
  /** Alias of the table in its query, or its name. */
  alias: string
  query: number
  lateral: boolean
  /** True when rows of the table are inserted, updated, deleted or merged. */
  written: boolean
}

export interface ColumnUse {
  column: string
  qualifier?: string
  /** Position in `tables`. Absent when only a catalog could tell. */
  table?: number
}

export type Operand =
  | ({ kind: 'column' } & ColumnUse)
  /** Number of the parameter: 1 for `$1`. */
  | { kind: 'parameter'; number: number }
  | { kind: 'constant'; value: ConstantValue }
  | { kind: 'list' | 'row'; items: readonly Operand[] }
  | { kind: 'call'; name: string; items: readonly Operand[] }
  /** Position in `queries`. */
  | { kind: 'query'; query: number }
  | { kind: 'other' }

/** One comparison. When one side is a column, that side is on the left. */
export interface Predicate {
  query: number
  clause: 'where' | 'join' | 'having'
  left: Operand
  /** The operator in lower case: `=`, `<`, `like`, `in`, `= any`, `between`, `is null`, `is distinct from`, `exists`, … */
  operator: string
  right: Operand
  /** True when the comparison must hold for each row: it is the whole clause, or AND joins it to the rest. */
  conjunct: boolean
  /** True when the comparison is inside a NOT. */
  negated: boolean
}

export interface Join {
  query: number
  kind: 'inner' | 'left' | 'right' | 'full' | 'cross'
  lateral: boolean
  /** Positions of the tables on either side. */
  left: readonly number[]
  right: readonly number[]
  using: readonly string[]
}

export interface OrderTerm {
  by: Operand
  descending: boolean
}

export interface Lock {
  strength: 'update' | 'no key update' | 'share' | 'key share'
  wait: 'block' | 'skip locked' | 'nowait'
}

export interface Call {
  query: number
  name: string
  schema?: string
  kind: 'aggregate' | 'window' | 'set' | 'function'
  args: readonly Operand[]
  distinct: boolean
  star: boolean
}

export interface Write {
  kind: 'insert' | 'update' | 'delete' | 'merge'
  query: number
  table: number
  columns: readonly string[]
  /** The values of SET, in the order of `columns`. */
  values: readonly Operand[]
  /** For an INSERT: the number of rows in VALUES, or another source of the rows. */
  rows?: number
  source?: 'values' | 'query' | 'defaults'
  onConflict?: 'nothing' | 'update'
  returning: boolean
}
