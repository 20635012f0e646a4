// The interface through which code that knows a driver records its queries: the adapters of this package, and drivers that this
// package does not know. It takes facts and judges nothing.
import type { Database } from '../catalog/database.ts'
import type { ContextStore } from '../trace/context.ts'
import type { QueryRecording, QueryStart } from '../trace/query-recording.ts'
import type { TraceHandle } from '../trace/trace-handle.ts'

export interface Recorder {
  /**
   * Records that the application sends a query. Call it where the application calls the driver, before anything is awaited: the
   * trace and the call site are those of the calling code. The answer is `undefined` when nothing has to be told about this
   * query: the profiler is off, the trace is not sampled, or it is full. Never throws.
   */
  startQuery(start: QueryStart): QueryRecording | undefined
  /** Whether a query that is sent now would be fully captured. Ask it before you determine facts that take effort. */
  isRecording(): boolean
  /**
   * The comment that statements of the calling code are to be sent with; `undefined` unless the option `commentTags` is on. Pass it to
   * `addComment`, and record the statement without it.
   */
  comment(): string | undefined
  /**
   * Carries the trace along asynchronous calls. `bind` a callback or an event listener that the driver calls later, so that it runs
   * in the trace of the code that passed it. Open connections in `run(undefined, …)`: they outlive the request that needed them.
   */
  readonly context: ContextStore<TraceHandle>
  /**
   * Call it before the driver passes a message that no query asked for, such as a notification, to the application: the work on
   * each message is a unit of its own.
   */
  beginRoot(): void
  /**
   * Tells which database a connection leads to, so that the keys and sizes of its tables can be read. `connection` is the object
   * that is passed to `QueryRecording.sent`. Without it, queries are analysed without a catalog.
   */
  addConnection(connection: object, database: Database | undefined): void
  /** Counts an error in the adapter itself; the first one is shown. Catch such errors: the application must not notice them. */
  countInternalError(error: unknown): void
}
