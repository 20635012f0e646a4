// The queries of one unit of work: plain data that can be written to a file and read back.
import type { Query } from './query.ts'

/** The unit of work that a trace stands for. */
export type TraceKind = 'http' | 'test' | 'job' | 'script'

/** The queries of one unit of work, in the order in which they started. */
export interface Trace {
  readonly v: 1
  readonly id: string
  readonly kind: TraceKind
  /** For a request the method and the route pattern: `GET /orders/:id`. */
  readonly name: string
  /** ISO 8601 */
  readonly startedAt?: string
  readonly durationMs?: number
  readonly labels?: Readonly<Record<string, string>>
  /**
   * The definition of application code that was in force when the call sites were read. Absent when the option `application`
   * was not set.
   */
  readonly application?: RecordedApplication
  /** Number of queries that were counted but not kept. */
  readonly truncated: number
  /** Counts of everything that was left out to stay within the limits. Absent when nothing was. */
  readonly cut?: TraceCut
  /** Queries before the kept ones that were only counted, because earlier traces had sent the same. Never in a trace file. */
  readonly onlyCounted?: OnlyCounted
  readonly queries: readonly Query[]
}

/** The option `application` without its functions and regular expressions, which a file cannot hold. */
export interface RecordedApplication {
  include?: readonly string[]
  exclude?: readonly string[]
}

/** How much was left out, counted. */
export interface TraceCut {
  /** Results of which only some rows were kept to follow their values. */
  results?: number
  /** Statements of which only the beginning was kept. */
  statements?: number
  /** Queries with a parameter that was too large to keep until the end of the trace. */
  values?: number
}

/** Queries that were only counted, because earlier traces had sent the same. */
export interface OnlyCounted {
  readonly queries: number
  /** Number of those queries that control transactions or settings. */
  readonly control: number
  readonly databaseMs: number
}
