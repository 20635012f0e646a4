// pg-loupe: the profiler, what it reports, and the types of both.
export { detectors } from './detectors/index.ts'
export type { ProfilerOptions } from './options.ts'
export { createProfiler, defaultProfiler, type Profiler } from './profiler.ts'
export { reporters } from './report/reporters/index.ts'
export type { ContextStore } from './trace/context.ts'
export type { LiveTrace, TraceStart } from './trace/live-trace.ts'
export type * from './types.ts'
