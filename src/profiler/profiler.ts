// Makes profilers. A trace starts in start-trace.ts, passes finish-trace.ts when it closes, and leaves through outputs.ts;
// this file only connects them.
import { createKnowledge } from '../catalog/knowledge.ts'
import { collectFolder } from '../collect/collect-traces.ts'
import type { DetectorRule } from '../detectors/detector-settings.ts'
import { linkToPanel } from '../panel/connect/link-to-panel.ts'
import { panelSettings } from '../panel/connect/panel-option.ts'
import { guardRules } from '../report/guarded-detector.ts'
import { Analysis } from '../report/run-analysis.ts'
import { tellSilenceAtEnd } from '../runners/tell-silence.ts'
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
import { VERSION } from '../version.ts'
import { activeIds, idsOf } from './detector-options.ts'
import { listen, traceListeners } from './events.ts'
import { traceFinisher } from './finish-trace.ts'
import { checkOptions, type ProfilerOptions, printsHints } from './options.ts'
import { type Outputs, startOutputs } from './outputs.ts'
import { CORE, type ProfilerCore } from './profiler-core.ts'
import type { Profiler } from './profiler-interface.ts'
import { queryRecorder } from './record-queries.ts'
import { traceSealer } from './seal-trace.ts'
import { sharedState } from './shared-state.ts'
import { type TraceStarter, traceStarter } from './start-trace.ts'

export type { Profiler } from './profiler-interface.ts'

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
  const { enabled, limits } = options
  // The store only carries the traces that it is given, and these are all of this profiler.
  const context = (options.context ?? asyncLocalContext<LiveTrace>()) as ContextStore<LiveTrace>
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
  const onListenerError = countError((error) => `${LISTENER_ERROR}: ${describeError(error)}`)
  const listeners = traceListeners(onListenerError)
  const collected = collectFolder()
  const settings = enabled ? panelSettings(options.panel) : undefined
  const panel = settings && linkToPanel(settings, countInternalError)
  const outputs: Outputs = startOutputs({
    panel,
    options,
    analysis,
    folder,
    collectFolder: collected,
    onListenerError,
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
    listeners: listeners.traceStart,
    finish: traceFinisher({
      seal: traceSealer({ knowledge, watcher, cacheEntries: limits.cacheEntries }),
      learn: (trace) => starter.learn(trace),
      analysis,
      outputs,
      listeners: listeners.traceEnd,
      fail: countInternalError,
    }),
    panel,
    onUnsampled: () => analysis.builder.countUnsampled(),
    onCut: () => analysis.builder.countCutTrace(),
  })

  const core: ProfilerCore = {
    ...queryRecorder({
      enabled,
      context,
      outside: options.collectUntraced
        ? collectOutside(() => starter.start({ kind: 'script', name: OUTSIDE }, undefined))
        : () => {
            analysis.builder.countUntraced()
            return undefined
          },
      collectsUntraced: options.collectUntraced,
      commentTags: options.commentTags,
      addConnection(connection, database) {
        if (!database) return
        if (options.catalog) knowledge.addConnection(connection, database)
        if (settings?.explain) panel?.statements?.addConnection(connection, database)
      },
      countInternalError,
    }),
    context,
    currentTrace: () => context.get(),
    startTrace: (start) => starter.start(start, start.parent ?? context.get()),
    detectors: activeIds(options.detectors),
    get untraced() {
      return analysis.builder.untraced
    },
    outputs: outputs.kinds,
    commentTags: options.commentTags,
    hints: printsHints(options),
    collectsUntraced: options.collectUntraced,
    serverTiming: options.serverTiming,
    panelUrl: process.env.NODE_ENV === 'production' ? () => undefined : () => panel?.url,
    catalogs() {
      if (options.catalog) return knowledge.states()
      return given?.catalog === false ? [] : [{ state: 'off' }]
    },
  }

  const profiler: Profiler & { [CORE]: ProfilerCore } = {
    [CORE]: core,
    enabled,
    // A handle that the application passes is a trace of this profiler.
    startTrace: (start) => core.startTrace(start as LiveTraceStart),
    async trace(name, fn) {
      if (!enabled) return fn(starter.unsampled)
      const trace = core.startTrace({ kind: 'job', name })
      try {
        return await trace.run(async () => await fn(trace))
      } catch (error) {
        trace.labels.failed = 'true'
        throw error
      } finally {
        trace.end()
      }
    },
    currentTrace: core.currentTrace,
    on: (event, listener) => listen({ ...listeners, report: { add: outputs.addListener } }, event, listener),
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
const LISTENER_ERROR = 'pg-loupe: a listener failed; it is called again for the next event'

function remember(profiler: Profiler, ruleIds: readonly string[]): void {
  const state = sharedState()
  state.isProfiling = true
  for (const id of ruleIds) state.ruleIds.add(id)
  if (state.profilers.push(new WeakRef(profiler)) > REMEMBERED_PROFILERS) state.profilers.shift()
}
