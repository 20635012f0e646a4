// The words of what `analyzeStatement` says: plain data, positions instead of references, so that it can be kept and sent.

import type { StatementKind } from '../fingerprint/statement-kind.ts'
import type { ParseFailure } from './parser.ts'
import type { ConstantValue } from './tree.ts'

/** A statement that could not be analysed, and why. */
export interface NotAnalyzed {
  analyzed: false
  reason: ParseFailure
}

export interface AnalyzedStatement {
  analyzed: true
  kind: StatementKind
  /** How many statements the text holds; only the first is described. */
  statements: number
  /** The statement itself, and every query in it, outermost first. */
  queries: readonly QueryLevel[]
  tables: readonly TableUse[]
  predicates: readonly Predicate[]
  joins: readonly Join[]
  calls: readonly Call[]
  writes: readonly Write[]
}

export type StatementAnalysis = AnalyzedStatement | NotAnalyzed

/** One SELECT, or the INSERT, UPDATE, DELETE or MERGE around it. */
export interface QueryLevel {
  /** Position of the query around it; absent for the statement itself. */
  parent?: number
  role: 'statement' | 'arm' | 'with' | 'from' | 'expression' | 'source'
  /** Name of the WITH query. */
  name?: string
  /** What it gives back: the select list, or RETURNING. */
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
  /** For a column, and for `t.*`. */
  table?: number
  /** Name of the column it is. */
  column?: string
  /** Name it gets, when the statement says one. */
  name?: string
}

export interface TableUse {
  kind: 'table' | 'with' | 'query' | 'function' | 'values' | 'other'
  name: string
  schema?: string
  /** The name it goes by in its query. */
  alias: string
  query: number
  lateral: boolean
  /** Its rows are inserted, updated, deleted or merged into. */
  written: boolean
}

export interface ColumnUse {
  column: string
  qualifier?: string
  /** Position in `tables`; absent where only a catalog could tell. */
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

/** One comparison, the column on its left where there is one. */
export interface Predicate {
  query: number
  clause: 'where' | 'join' | 'having'
  left: Operand
  /** In lower case: `=`, `<`, `like`, `in`, `= any`, `between`, `is null`, `is distinct from`, `exists`, … */
  operator: string
  right: Operand
  /** It must hold for every row: all of the clause, or joined to the rest by AND. */
  conjunct: boolean
  /** It stands under a NOT. */
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
  /** Of SET, in the order of `columns`. */
  values: readonly Operand[]
  /** For an INSERT: rows of VALUES, or where else they come from. */
  rows?: number
  source?: 'values' | 'query' | 'defaults'
  onConflict?: 'nothing' | 'update'
  returning: boolean
}
