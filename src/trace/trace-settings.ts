// The settings that all traces of one profiler share.
import type { RecordedApplication } from '../types/trace.ts'
import type { ResolveCall } from './call-site/call-site.ts'
import type { ClosingQueue } from './closing-queue.ts'
import type { ContextStore } from './context.ts'
import type { RowWatcher } from './row-usage/row-watcher.ts'
import type { TraceHandle } from './trace-handle.ts'
import type { ValueLimits } from './value-flow/kept-values.ts'

export interface TraceLimits extends ValueLimits {
  /** Queries kept per trace; further ones are only counted. */
  queriesPerTrace: number
  /** Rows kept per query until the trace closes, to follow their values. */
  rowsPerQuery: number
  /** Characters kept of a statement. */
  statementLength: number
}

export interface TraceSettings {
  limits: TraceLimits
  /** Carries the trace along asynchronous calls. */
  context: ContextStore<TraceHandle>
  resolveCall: ResolveCall
  /** The part of the option `application` that a trace can keep. */
  application?: RecordedApplication | undefined
  /** Absent when the application's reads of rows are not watched. */
  rowWatcher?: RowWatcher | undefined
  /** Closes traces some time after their last query. */
  closing: ClosingQueue
  /** Called for each query that is kept. */
  queryBegan?(): void
  /** A promise while facts about the databases behind these connections are being loaded; it never rejects. */
  loading(connections: Iterable<object>): Promise<void> | undefined
  /** Counts an error of pg-loupe itself, such as one that a getter of a row threw. */
  countError(error: unknown): void
}
