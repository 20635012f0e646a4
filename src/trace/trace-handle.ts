// The part of a trace that the application sees: it can name it, label it, run code in it, end it and wait for it.
import type { TraceKind } from '../types/trace.ts'

/** One unit of work while it runs: a request, a test, a job or a script. */
export interface TraceHandle {
  /** Shown in reports. It may be set until the trace has closed, for example once the kind of a job is known. */
  name: string
  /** Text that is kept with the trace. */
  readonly labels: Record<string, string>
  /** Runs `fn` in this trace: the queries that it and everything it starts send belong to this trace. Returns what `fn` returns. */
  run<R>(fn: () => R): R
  /**
   * Says that the work is done. Queries that follow still belong to the trace, marked as `afterResponse`, until none is
   * running and none has started for 50 ms. Then the trace closes and is analysed.
   */
  end(): void
  /** Resolves when this trace and all traces started inside it have closed. */
  settled(): Promise<void>
}

/** The description of the unit of work that a new trace stands for. */
export interface TraceStart {
  kind: TraceKind
  name: string
  labels?: Record<string, string>
  /** The trace that this one is a part of. Default: the trace that the calling code runs in. */
  parent?: TraceHandle | undefined
}
