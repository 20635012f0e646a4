// The queries of one unit of work: plain data that can be written to a file and read back.
import type { Query } from './query.ts'

/** The unit of work a trace stands for. */
export type TraceKind = 'http' | 'test' | 'job' | 'script'

/** The queries of one unit of work, in the order they started. */
export interface Trace {
  v: 1
  id: string
  kind: TraceKind
  /** For requests the method and the route pattern: `GET /orders/:id`. */
  name: string
  /** ISO 8601 */
  startedAt?: string
  durationMs?: number
  labels?: Readonly<Record<string, string>>
  /** What counted as application code when its call sites were read; absent when nothing was set. */
  application?: RecordedApplication
  /** How many queries were counted but not kept. */
  truncated: number
  /** What of its queries was left out to stay within the limits; absent when nothing was. */
  cut?: TraceCut
  /** Of its queries before those kept, all as known from earlier traces; never in a trace file. */
  onlyCounted?: OnlyCounted
  queries: readonly Query[]
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
  queries: number
  /** Those of them that control transactions and settings. */
  control: number
  databaseMs: number
}
