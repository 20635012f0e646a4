// The queries of one unit of work: plain data that can be written to a file and read back.
import type { Query } from './query.ts'

/** The unit of work a trace stands for. */
export type TraceKind = 'http' | 'test' | 'job' | 'script'

/** The queries of one unit of work, in the order they started. */
export interface Trace {
  readonly v: 1
  readonly id: string
  readonly kind: TraceKind
  /** For requests the method and the route pattern: `GET /orders/:id`. */
  readonly name: string
  /** ISO 8601 */
  readonly startedAt?: string
  readonly durationMs?: number
  readonly labels?: Readonly<Record<string, string>>
  /** What counted as application code when its call sites were read; absent when nothing was set. */
  readonly application?: RecordedApplication
  /** How many queries were counted but not kept. */
  readonly truncated: number
  /** What of its queries was left out to stay within the limits; absent when nothing was. */
  readonly cut?: TraceCut
  /** Of its queries before those kept, all as known from earlier traces; never in a trace file. */
  readonly onlyCounted?: OnlyCounted
  readonly queries: readonly Query[]
}

/** The option `application` without its functions and regular expressions, which cannot be written. */
export interface RecordedApplication {
  include?: readonly string[]
  exclude?: readonly string[]
}

/** What is counted, and was not kept. */
export interface TraceCut {
  /** Results of which not all rows were kept to follow their values. */
  results?: number
  /** Statements of which only the start was kept. */
  statements?: number
  /** Queries of which a parameter was too large to be kept until the end of the trace. */
  values?: number
}

/** Queries that were counted because they were as known. */
export interface OnlyCounted {
  readonly queries: number
  /** Those of them that control transactions and settings. */
  readonly control: number
  readonly databaseMs: number
}
