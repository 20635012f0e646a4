// The events that an application can listen to. Listeners get plain data and the handle of the trace, which is the same object in all
// events of one trace. A listener that throws or rejects is counted and shown once, and is called again for the next event.
import { busyMs } from '../report/busy-time.ts'
import { describeValue } from '../text/describe-value.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import type { TraceHandle } from '../trace/trace-handle.ts'
import type { ReportListener } from '../types/reporter.ts'
import type { Trace, TraceKind } from '../types/trace.ts'
import { type Listeners, listenersOf } from './listeners.ts'

export interface ProfilerEvents {
  /** A trace starts. Traces that sampling leaves out have no events. */
  traceStart: (trace: TraceHandle, facts: StartedTrace) => unknown
  /** A trace has closed: its work has ended, and no query has followed for a moment. It comes after the trace's report. */
  traceEnd: (trace: TraceHandle, facts: EndedTrace) => unknown
  /** A fully captured trace has been analysed. */
  report: ReportListener
}

export interface StartedTrace {
  kind: TraceKind
  /** For a request its method and `*`: its route is known only when it has been answered. */
  name: string
  labels: Readonly<Record<string, string>>
  /** ISO 8601 */
  startedAt: string
}

export interface EndedTrace extends StartedTrace {
  durationMs: number
  queries: number
  /** Milliseconds in which at least one query was running. */
  databaseMs: number
  /** `partial`: the first queries were only counted, and those after the first unexpected one were captured. */
  capture: 'full' | 'partial' | 'counted'
  /** The queries that were captured, with their facts and without values. Absent when all of them were only counted. */
  trace?: Trace
}

export interface TraceListeners {
  traceStart: Listeners<Parameters<ProfilerEvents['traceStart']>>
  traceEnd: Listeners<Parameters<ProfilerEvents['traceEnd']>>
}

export function traceListeners(onError: (error: unknown) => void): TraceListeners {
  return { traceStart: listenersOf(onError), traceEnd: listenersOf(onError) }
}

/** Adds the listener to those of its event. `profiler.on` passes whatever the application has written. */
export function listen(
  listeners: {
    readonly [Name in keyof ProfilerEvents]: Pick<Listeners<Parameters<ProfilerEvents[Name]>>, 'add'>
  },
  event: string,
  listener: unknown,
): () => void {
  if (!Object.hasOwn(listeners, event)) {
    const names = Object.keys(listeners).join(', ')
    throw new TypeError(`pg-loupe: profiler.on takes one of ${names}, but got ${describeValue(event)}`)
  }
  if (typeof listener !== 'function') {
    throw new TypeError(
      `pg-loupe: profiler.on takes a function as its second argument, but got ${describeValue(listener)}`,
    )
  }
  return listeners[event as 'traceStart'].add(listener as ProfilerEvents['traceStart'])
}

export function startedTrace({ kind, name, labels, startedAt }: LiveTrace): StartedTrace {
  return { kind, name, labels: { ...labels }, startedAt }
}

export function endedTrace(trace: LiveTrace, isOnlyCounted: boolean, sealed: Trace | undefined): EndedTrace {
  return {
    ...startedTrace(trace),
    durationMs: trace.durationMs,
    queries: trace.queryCount,
    databaseMs: busyMs(trace.queries) + trace.countedMs,
    capture: isOnlyCounted ? 'counted' : trace.counted ? 'partial' : 'full',
    ...(sealed ? { trace: sealed } : {}),
  }
}
