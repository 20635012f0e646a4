// The profiler as the application sees it. Adapters of drivers use the recorder (recorder.ts) besides.
import type { TraceHandle, TraceStart } from '../trace/trace-handle.ts'
import type { Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import type { ProfilerEvents } from './events.ts'

export interface Profiler {
  /** False when the profiler is switched off: it then leaves every library untouched. */
  readonly enabled: boolean
  /** Starts a trace by hand. Run the work with `trace.run(fn)`, then call `trace.end()`. */
  startTrace(start: TraceStart): TraceHandle
  /** Runs `fn` in a trace of its own, such as a job or a script, and resolves with what `fn` returned. */
  trace<T>(name: string, fn: (trace: TraceHandle) => T | Promise<T>): Promise<T>
  /** The trace that the calling code runs in. */
  currentTrace(): TraceHandle | undefined
  /**
   * Calls `listener` for each event of this kind. Returns the function that removes the listener.
   *
   * @throws TypeError when there is no event of this name, or `listener` is no function.
   */
  on<Name extends keyof ProfilerEvents>(event: Name, listener: ProfilerEvents[Name]): () => void
  /** The report of all traces that have closed, merged. */
  report(): Report
  /** Analyses traces that have closed, such as those that a listener has received, and returns their own report. */
  analyze(traces: Iterable<Trace>): Report
  /** Resolves when every trace that has ended has closed and is in the trace file, if there is one. */
  settled(): Promise<void>
}
