// The pipeline that a closed trace passes: it is sealed, recorded, analyzed, and reported to the listeners. An error in
// here costs this one trace its findings and is counted; it never reaches the application.
import type { Analysis } from '../report/run-analysis.ts'
import { startOfText } from '../trace/cut-statement.ts'
import { keepLatest } from '../trace/latest-traces.ts'
import type { Finish, LiveTrace } from '../trace/live-trace.ts'
import type { Trace } from '../types/trace.ts'
import { endedTrace, type TraceListeners } from './events.ts'
import type { Outputs } from './outputs.ts'

/** A longer name is a text that somebody has put into it. */
const NAME_LENGTH = 500

interface Pipeline {
  seal: (trace: LiveTrace) => Trace
  /** Receives each trace that was captured, before its values are dropped. */
  learn: (trace: LiveTrace) => void
  analysis: Analysis
  outputs: Outputs
  listeners: TraceListeners['traceEnd']
  fail: (error: unknown) => void
}

/** Returns the function that each trace calls when it closes. Its result is undefined for traces that were only counted. */
export function traceFinisher(pipeline: Pipeline): Finish {
  const { seal, learn, analysis, outputs, listeners, fail } = pipeline
  const keep = keepLatest()

  const finish = (trace: LiveTrace): Trace => {
    learn(trace)
    const params = outputs.paramsOf(trace)
    const sealed = seal(trace)
    outputs.record(sealed, params)
    outputs.report(analysis.add(sealed), trace)
    return sealed
  }

  const conclude: Finish = (trace, isOnlyCounted) => {
    if (trace.isStandIn && trace.queryCount === 0) return undefined
    if (!isOnlyCounted) keep(trace)
    try {
      if (trace.name.length > NAME_LENGTH) trace.name = `${startOfText(trace.name, NAME_LENGTH)}…`
      if (!isOnlyCounted) return finish(trace)
      analysis.builder.addCounted(trace)
      outputs.count(trace)
    } catch (error) {
      fail(error)
    }
    return undefined
  }

  return (trace, isOnlyCounted) => {
    const sealed = conclude(trace, isOnlyCounted)
    if (!listeners.isEmpty) listeners.call(trace, endedTrace(trace, isOnlyCounted, sealed))
    return sealed
  }
}
