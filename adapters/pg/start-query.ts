// Turns the arguments of `query`, in each of its forms, into the start of a recorded query. Facts only, no judgement.
import type { Profiler } from '../../src/profiler.ts'
import { takeOrigin } from '../../src/shared-state.ts'
import { captureStack } from '../../src/trace/call-site.ts'
import type { QueryRecording } from '../../src/trace/live-trace.ts'

/**
 * Records that the application calls `below` with these arguments, in the trace of the calling code. It must be read
 * here, where the application calls: pg-pool runs what waits for a connection in the context of whoever gives one back.
 */
export function startQuery(
  profiler: Profiler,
  args: readonly unknown[],
  below: (...args: never[]) => unknown,
): QueryRecording | undefined {
  try {
    const trace = profiler.currentTrace()
    if (!trace || trace.closed) {
      profiler.countUntraced()
      return undefined
    }
    const [config, values] = args
    const sql = textOf(config)
    if (sql === undefined) return undefined
    const origin = takeOrigin()
    const recording = trace.startQuery({
      sql,
      params: Array.isArray(values) ? values : (config as QueryConfig).values,
      prepared: (config as QueryConfig).name,
      stack: origin?.stack ?? captureStack(below),
      built: origin?.built,
      via: origin?.via,
      tables: origin?.tables,
    })
    if (origin) origin.recording = recording
    return recording
  } catch (error) {
    profiler.countInternalError(error)
    return undefined
  }
}

interface QueryConfig {
  text?: unknown
  values?: readonly unknown[]
  name?: string
  /** pg-query-stream keeps its statement in a cursor. */
  cursor?: { text?: unknown; values?: readonly unknown[] }
}

function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config
  const { text, cursor } = (config ?? {}) as QueryConfig
  const sql = text ?? cursor?.text
  return typeof sql === 'string' ? sql : undefined
}
