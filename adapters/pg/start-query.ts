// Turns the arguments of `query`, in each of its forms, into the start of a recorded query. Facts only, no judgement.
import type { Profiler } from '../../src/profiler/profiler.ts'
import { sharedState, takeOrigin } from '../../src/profiler/shared-state.ts'
import { captureStack } from '../../src/trace/call-site/call-site.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { commentTag } from './comment-tag.ts'
import { Flight } from './connection-facts.ts'
import { isInPortions, type QueryConfig, textOf, valuesOf } from './query-form.ts'

/**
 * Records that the application calls `below` with these arguments, in the trace of the calling code. It must be read
 * here, where the application calls: pg-pool runs what waits for a connection in the context of whoever gives one back.
 */
export function startQuery(
  profiler: Profiler,
  trace: LiveTrace | undefined,
  args: readonly unknown[],
  below: (...args: never[]) => unknown,
  waitedMs?: number,
): Flight | undefined {
  try {
    const sql = textOf(args[0])
    if (sql === undefined) return undefined
    if (trace?.mode === 'unsampled') return undefined
    const open = trace && !trace.closed ? trace : profiler.outsideTrace()
    if (!open) return undefined
    const tag = profiler.commentTags && trace === open ? commentTag(open) : undefined
    const counted = open.countQuery(sql)
    if (counted) return new Flight(counted, sql, tag, true)
    const origin = takeOrigin()
    const recording = open.startQuery({
      sql,
      params: valuesOf(args)?.slice(),
      prepared: nameOf(args[0]),
      inPortions: isInPortions(args[0]),
      stack: origin?.stack ?? captureStack(below),
      built: origin?.built,
      via: origin?.via,
      tables: origin?.tables,
      waitedMs,
      ignored: sharedState().ignores.getStore(),
    })
    if (origin) origin.recording = recording
    if (!recording) return undefined
    return new Flight(recording, sql, tag)
  } catch (error) {
    profiler.countInternalError(error)
    return undefined
  }
}

function nameOf(config: unknown): string | undefined {
  const name = typeof config === 'string' ? undefined : (config as QueryConfig).name
  return typeof name === 'string' && name !== '' ? name : undefined
}
