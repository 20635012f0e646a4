// Makes profilers. A trace starts in start-trace.ts, passes finish-trace.ts when it closes, and leaves through outputs.ts;
// this file only connects them and holds the interface that adapters and applications use.
import type { Database } from '../catalog/database.ts'
import { createKnowledge } from '../catalog/knowledge.ts'
import { collectFolder } from '../collect/collect-traces.ts'
import type { DetectorRule } from '../detectors/detector-settings.ts'
import { guardRules } from '../report/guarded-detector.ts'
import { Analysis } from '../report/run-analysis.ts'
import { tellSilenceAtEnd } from '../runners/tell-silence.ts'
import type { CatalogFacts, ProfilerOutput } from '../setup/setup-facts.ts'
import { noteWrongComment } from '../setup/setup-notes.ts'
import { describeError } from '../text/describe-error.ts'
import { recordedApplication } from '../trace/call-site/application-code.ts'
import { callResolver } from '../trace/call-site/call-site.ts'
import { closingQueue } from '../trace/closing-queue.ts'
import { collectOutside } from '../trace/collect-outside.ts'
import { asyncLocalContext, type ContextStore } from '../trace/context.ts'
import type { LiveTrace, LiveTraceStart } from '../trace/live-trace.ts'
import { rowWatcher } from '../trace/row-usage/row-watcher.ts'
import { relativeFrame } from '../trace-file/relative-frame.ts'
import type { Frame } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { ReportListener } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { VERSION } from '../version.ts'
import { activeIds, idsOf } from './detector-options.ts'
import { traceFinisher } from './finish-trace.ts'
import { checkOptions, type ProfilerOptions, printsHints } from './options.ts'
import { type Outputs, startOutputs } from './outputs.ts'
import { traceSealer } from './seal-trace.ts'
import { sharedState } from './shared-state.ts'
import { type TraceStarter, traceStarter } from './start-trace.ts'

export interface Profiler {
  readonly enabled: boolean
  readonly context: ContextStore<LiveTrace>
  /** Ids of the detectors that are switched on. */
  readonly detectors: readonly string[]
  /** The trace the calling code runs in. */
  currentTrace(): LiveTrace | undefined
  /** Opens a trace by hand; it closes some moments after `trace.end()`. */
  startTrace(start: LiveTraceStart): LiveTrace
  /** Runs `fn` in a trace of its own (a job, a script) and resolves with what it returned. */
  trace<T>(name: string, fn: () => T | Promise<T>): Promise<T>
  /** Listens to each trace's report as it closes. Returns the function that stops listening. */
  on(event: 'report', listener: ReportListener): () => void
  /** The report of all traces that have closed, merged. */
  report(): Report
  /** Finds what there is to find in traces that have closed, as a report of their own. */
  analyze(traces: Iterable<Trace>): Report
  /** Resolves when no trace is open that has ended, and those that have closed are in the trace file. */
  settled(): Promise<void>
  /**
   * Whether a query sent now would be kept and not only counted. Code that needs effort to find facts about a query asks this
   * first.
   */
  isRecording(): boolean
  /** For a query that belongs to no open trace: the trace that collects such queries, or it is counted only. */
  outsideTrace(): LiveTrace | undefined
  /** Queries so far that belonged to no open trace and were counted only. */
  readonly untraced: number
  /** Called by a driver for each connection that it profiles, so that the catalog of its database can be read. */
  addConnection(connection: object, database: Database | undefined): void
  /** Where findings go by themselves, or were fetched; empty where nobody hears of them. */
  readonly outputs: ReadonlySet<ProfilerOutput>
  /** Whether statements carry the name of their trace in a comment. */
  readonly commentTags: boolean
  /** Whether it says, once, what the set-up leaves out. */
  readonly hints: boolean
  /** Whether queries outside of any trace are kept in traces of their own. */
  readonly collectsUntraced: boolean
  /** The state of the catalog of each database. Empty when the application has switched it off. */
  catalogs(): CatalogFacts[]
  /** Whether responses tell how long their queries took. */
  readonly serverTiming: boolean
  /** Counts an error of ours; the first one is shown. */
  countInternalError(error: unknown): void
}

/** An application has one or two profilers. */
const REMEMBERED_PROFILERS = 10
/** The name of the traces that `collectUntraced` asks for. */
const OUTSIDE = 'outside any trace'

/**
 * Makes a profiler. Most applications use the default one instead.
 *
 * @throws TypeError when an option is unknown or wrong, or an output cannot be written.
 */
export function createProfiler<Rules extends readonly DetectorRule[] = readonly []>(
  given?: ProfilerOptions<Rules>,
): Profiler {
  const options = checkOptions(given)
  const { enabled, context = asyncLocalContext<LiveTrace>(), limits } = options
  const { setupNotes } = sharedState()
  const folder = process.cwd()
  const rules = {
    entries: options.suppress,
    frame: (frame: Frame) => relativeFrame(frame, folder),
  }
  const detectors = guardRules(options.detectors, (message) => {
    analysis.builder.countInternalError()
    if (message !== undefined) process.emitWarning(`pg-loupe: ${message}`)
  })
  const analysis = new Analysis({
    detectors,
    rules: { ...rules, onWrongComment: (comment) => noteWrongComment(setupNotes, comment) },
    limits,
  })
  /** Shows the first error only. */
  const countError = (describe: (error: unknown) => string) => (error: unknown) => {
    if (analysis.builder.countInternalError() === 1) process.emitWarning(describe(error))
  }
  const countInternalError = countError((error) => `${INTERNAL_ERROR}: ${describeError(error)}`)
  const collected = collectFolder()
  const outputs: Outputs = startOutputs({
    options,
    analysis,
    folder,
    collectFolder: collected,
    onListenerError: countError((error) => `${LISTENER_ERROR}: ${describeError(error)}`),
    onFormatError: countError((error) => `pg-loupe: ${(error as Error).message}; its file was not written`),
    closeOpenTraces() {
      for (const trace of starter.open()) trace.close({ now: true })
    },
  })
  const watcher = options.watchRows
    ? rowWatcher(countInternalError, {
        remembered: limits.cacheEntries,
        everyResult: collected !== undefined,
      })
    : undefined
  const knowledge = createKnowledge(() => sharedState().setupChanged?.())
  const starter: TraceStarter = traceStarter({
    options,
    trace: {
      limits,
      context,
      countError: countInternalError,
      resolveCall: callResolver(options.application, limits.cacheEntries),
      rowWatcher: watcher,
      application: recordedApplication(options.application),
      loading: knowledge.loading,
      closing: closingQueue(),
      queryBegan: outputs.queryBegan,
    },
    outputs,
    finish: traceFinisher({
      seal: traceSealer({ knowledge, watcher, cacheEntries: limits.cacheEntries }),
      learn: (trace) => starter.learn(trace),
      analysis,
      outputs,
      fail: countInternalError,
    }),
    onUnsampled: () => analysis.builder.countUnsampled(),
    onCut: () => analysis.builder.countCutTrace(),
  })

  const profiler: Profiler = {
    enabled,
    context,
    detectors: activeIds(options.detectors),
    currentTrace: () => context.get(),
    isRecording() {
      const trace = context.get()
      if (trace === undefined || trace.closed) return options.collectUntraced
      return trace.mode === 'capturing'
    },
    hints: printsHints(options),
    collectsUntraced: options.collectUntraced,
    catalogs() {
      if (options.catalog) return knowledge.states()
      return given?.catalog === false ? [] : [{ state: 'off' }]
    },
    outputs: outputs.kinds,
    commentTags: options.commentTags,
    serverTiming: options.serverTiming,
    startTrace: (start) => starter.start(start, start.parent ?? context.get()),
    async trace(name, fn) {
      if (!enabled) return fn()
      const trace = profiler.startTrace({ kind: 'job', name })
      try {
        return await context.run(trace, async () => await fn())
      } catch (error) {
        trace.labels.failed = 'true'
        throw error
      } finally {
        trace.end()
      }
    },
    on: (_event, listener) => outputs.addListener(listener),
    report() {
      outputs.kinds.add('asked')
      return analysis.report()
    },
    analyze(traces) {
      outputs.kinds.add('asked')
      const own = new Analysis({ detectors, rules: { ...rules, linesAreKnown: true }, limits })
      for (const trace of traces) own.add(trace)
      return own.report()
    },
    async settled() {
      await Promise.all(starter.open().map((trace) => trace.hasEnded && trace.settled()))
      await outputs.flushed()
    },
    outsideTrace: options.collectUntraced
      ? collectOutside(() => starter.start({ kind: 'script', name: OUTSIDE }, undefined))
      : () => {
          analysis.builder.countUntraced()
          return undefined
        },
    get untraced() {
      return analysis.builder.untraced
    },
    addConnection(connection, database) {
      if (database && options.catalog) knowledge.addConnection(connection, database)
    },
    countInternalError,
  }

  if (enabled) {
    remember(profiler, idsOf(options.detectors.rules))
    const isSilentByDefault = outputs.kinds.size === 0 && given?.console === undefined && options.hints
    if (isSilentByDefault && process.env.NODE_ENV === 'test') {
      tellSilenceAtEnd(profiler, () => outputs.hasCaptured)
    }
  } else {
    setupNotes.profilersOff++
  }
  setupNotes.versions.add(VERSION)
  return profiler
}

const INTERNAL_ERROR = 'pg-loupe failed inside and goes on; your application is not affected'
const LISTENER_ERROR = 'pg-loupe: a listener failed; it is called again for the next report'

function remember(profiler: Profiler, ruleIds: readonly string[]): void {
  const state = sharedState()
  state.isProfiling = true
  for (const id of ruleIds) state.ruleIds.add(id)
  if (state.profilers.push(new WeakRef(profiler)) > REMEMBERED_PROFILERS) state.profilers.shift()
}
