// Assigns each query that a driver sends to a trace: to that of the calling code, or to one for work outside of any trace. The stack
// is captured only for queries that are kept.
import { beginRoot } from '../trace/async-roots.ts'
import { captureStack } from '../trace/call-site/call-site.ts'
import { commentTag } from '../trace/comment-tag.ts'
import type { ContextStore } from '../trace/context.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import type { QueryRecording, QueryStart } from '../trace/query-recording.ts'
import type { Recorder } from './recorder.ts'
import { sharedState, takeOrigin } from './shared-state.ts'

interface RecorderSettings {
  enabled: boolean
  context: ContextStore<LiveTrace>
  /** Takes queries that belong to no open trace; `undefined` when they are only counted. */
  outside: () => LiveTrace | undefined
  collectsUntraced: boolean
  commentTags: boolean
  addConnection: Recorder['addConnection']
  countInternalError(error: unknown): void
}

export function queryRecorder(settings: RecorderSettings): Recorder {
  const { context, outside, addConnection, countInternalError } = settings

  function startQuery(start: QueryStart): QueryRecording | undefined {
    try {
      const current = start.isDriversOwn ? undefined : context.get()
      if (current?.mode === 'unsampled') return undefined
      const trace = current && !current.closed ? current : outside()
      return trace && (trace.countQuery(start.sql) ?? keepQuery(start, trace))
    } catch (error) {
      // A context store of the application can throw, and so can getters of parameters.
      countInternalError(error)
      return undefined
    }
  }

  function keepQuery(start: QueryStart, trace: LiveTrace): QueryRecording | undefined {
    const origin = takeOrigin()
    const recording = trace.startQuery({
      sql: start.sql,
      params: start.params?.slice(),
      prepared: start.prepared,
      inPortions: start.inPortions,
      stack: origin?.stack ?? start.madeAt ?? captureStack(start.calledFunction ?? startQuery),
      built: origin?.built,
      via: origin?.via ?? start.via,
      tables: origin?.tables,
      waitedMs: start.waitedMs,
      ignored: sharedState().ignores.getStore(),
    })
    if (origin) origin.recording = recording
    return recording
  }

  return {
    startQuery: settings.enabled ? startQuery : () => undefined,
    isRecording() {
      const trace = context.get()
      if (trace === undefined || trace.closed) return settings.collectsUntraced
      return trace.mode === 'capturing'
    },
    comment() {
      if (!settings.commentTags) return undefined
      const trace = context.get()
      return trace && !trace.closed ? commentTag(trace) : undefined
    },
    context,
    beginRoot,
    addConnection,
    countInternalError,
  }
}
