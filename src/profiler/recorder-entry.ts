import type { Database, QueryLimits } from '../catalog/database.ts'
import type { ContextStore } from '../trace/context.ts'
import type { DriverField, Outcome, QueryRecording, QueryStart } from '../trace/query-recording.ts'
import type { RowShape } from '../trace/row-usage/row-watch.ts'
import type { TraceHandle } from '../trace/trace-handle.ts'
import { assertProfiler, defaultProfiler } from './default-profiler.ts'
import { coreOf } from './profiler-core.ts'
import type { Profiler } from './profiler-interface.ts'
import type { Recorder } from './recorder.ts'

export { addComment } from '../trace/comment-tag.ts'
export type {
  ContextStore,
  Database,
  DriverField,
  Outcome,
  QueryLimits,
  QueryRecording,
  QueryStart,
  Recorder,
  RowShape,
  TraceHandle,
}

/**
 * The recorder of a profiler. Ask for it once, where you set up the driver.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function recorderOf(profiler: Profiler = defaultProfiler()): Recorder {
  assertProfiler(profiler, 'recorderOf')
  return coreOf(profiler)
}
