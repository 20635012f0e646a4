// Everything that other parts of this package need of a profiler. It is kept behind a symbol of the registry, because an
// application can load several copies of this package and hand the profiler of one to the functions of another.
import type { CatalogFacts, ProfilerOutput } from '../setup/setup-facts.ts'
import type { ContextStore } from '../trace/context.ts'
import type { LiveTrace, LiveTraceStart } from '../trace/live-trace.ts'
import type { Recorder } from './recorder.ts'

export interface ProfilerCore extends Recorder {
  readonly context: ContextStore<LiveTrace>
  currentTrace(): LiveTrace | undefined
  startTrace(start: LiveTraceStart): LiveTrace
  /** Ids of the detectors that are switched on. */
  readonly detectors: readonly string[]
  /** How many queries belonged to no open trace so far, and were only counted. */
  readonly untraced: number
  /** Where findings go without being asked for, or have been fetched; empty when nobody hears of them. */
  readonly outputs: ReadonlySet<ProfilerOutput>
  /** Statements are sent with a comment that names their trace. */
  readonly commentTags: boolean
  /** The profiler says, once each, which parts of the set-up are missing. */
  readonly hints: boolean
  /** Queries outside of any trace are kept in traces of their own. */
  readonly collectsUntraced: boolean
  /** Responses tell how long their queries took. */
  readonly serverTiming: boolean
  /** The address of the live panel's page, while the panel is connected. Responses name their traces by it, never in production. */
  panelUrl(): string | undefined
  /** The state of the catalog of each database; empty when the application has switched the catalog off. */
  catalogs(): CatalogFacts[]
}

export const CORE = Symbol.for('pg-loupe profiler core')

/** @throws TypeError when it is given no profiler of this package. */
export function coreOf(profiler: object): ProfilerCore {
  const core = (profiler as { [CORE]?: ProfilerCore })[CORE]
  if (!core) throw new TypeError('pg-loupe: expected a profiler from createProfiler()')
  return core
}
