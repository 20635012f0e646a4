// Holds the pieces together: opens and closes traces, runs the detectors over each as it closes, merges what they find
// and hands it on. Errors of ours are counted, never thrown into the application.
import { createKnowledge } from '../catalog/knowledge.ts'
import { noteBounds } from '../catalog/note-bounds.ts'
import { noteEffects } from '../catalog/note-effects.ts'
import { noteTables } from '../catalog/note-tables.ts'
import { collectFolder, collectTraces, type TraceCollector } from '../collect/collect-traces.ts'
import { defaultOptions } from '../config/default-options.ts'
import { analyzeTrace } from '../report/analyze-trace.ts'
import { consoleListener } from '../report/console-listener.ts'
import { collectObservations, type Observations } from '../report/observations.ts'
import { ReportBuilder } from '../report/report-builder.ts'
import { keepReportFile } from '../report/report-file.ts'
import { tellSilenceAtEnd } from '../runners/tell-silence.ts'
import type { CatalogFacts, ProfilerOutput, WrongComment } from '../setup/setup-facts.ts'
import { noteWrongComment } from '../setup/setup-notes.ts'
import { fingerprint } from '../sql/index.ts'
import type { SuppressionRules } from '../suppression/suppressions.ts'
import { describeError } from '../text/describe-error.ts'
import { recordedApplication } from '../trace/call-site/application-code.ts'
import { callResolver } from '../trace/call-site/call-site.ts'
import { noteCallers } from '../trace/call-site/note-callers.ts'
import { closingQueue } from '../trace/closing-queue.ts'
import { collectOutside } from '../trace/collect-outside.ts'
import { asyncLocalContext, type ContextStore } from '../trace/context.ts'
import { startOfText } from '../trace/cut-statement.ts'
import { keepLatest } from '../trace/latest-traces.ts'
import { LiveTrace, type TraceStart } from '../trace/live-trace.ts'
import { maskNames } from '../trace/mask-names.ts'
import { OpenTraces } from '../trace/open-traces.ts'
import { withoutNoting } from '../trace/row-usage/row-watch.ts'
import { rowWatcher } from '../trace/row-usage/row-watcher.ts'
import { type KnownRoutes, knownRoutes } from '../trace/sampling/known-routes.ts'
import { Suspicion } from '../trace/sampling/suspicion.ts'
import { noteNamed } from '../trace/source/named-in-source.ts'
import { noteSources } from '../trace/source/note-sources.ts'
import { sealValues } from '../trace/value-flow/seal-values.ts'
import { findSingleValues } from '../trace/value-flow/single-values.ts'
import { copyParams } from '../trace-file/copy-params.ts'
import { recordTraces, type TraceRecorder } from '../trace-file/record-traces.ts'
import { relativeFinding, relativeFrame } from '../trace-file/relative-frame.ts'
import type { DetectorOptions } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import type { ReportListener } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { VERSION } from '../version.ts'
import { atExitOrSignal } from './flush-on-signal.ts'
import { checkOptions, detectorsOn, type ProfilerOptions, printsHints } from './options.ts'
import { atExit, sharedState } from './shared-state.ts'

export interface Profiler {
  readonly enabled: boolean
  readonly context: ContextStore<LiveTrace>
  /** Ids of the detectors that are switched on. */
  readonly detectors: readonly string[]
  /** The trace the calling code runs in. */
  currentTrace(): LiveTrace | undefined
  /** Opens a trace by hand; it closes some moments after `trace.end()`. */
  startTrace(start: TraceStart): LiveTrace
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
  /** Whether a query sent now would be kept, and not only counted: whoever goes to some length for its facts asks first. */
  isRecording(): boolean
  /** For a query that belongs to no open trace: the trace that collects such queries, or it is counted only. */
  outsideTrace(): LiveTrace | undefined
  /** Queries so far that belonged to no open trace and were counted only. */
  readonly untraced: number
  /** To be told of each client that is profiled, with the options of the pool that made it, for the catalog. */
  addClient(client: object, poolOptions?: object): void
  /** Where findings go by themselves, or were fetched; empty where nobody hears of them. */
  readonly outputs: ReadonlySet<ProfilerOutput>
  /** Whether statements carry the name of their trace in a comment. */
  readonly commentTags: boolean
  /** Whether it says, once, what the set-up leaves out. */
  readonly hints: boolean
  /** Whether queries outside of any trace are kept in traces of their own. */
  readonly collectsUntraced: boolean
  /** What became of the catalog of each database; nothing where the application has switched it off. */
  catalogs(): CatalogFacts[]
  /** Whether responses tell how long their queries took. */
  readonly serverTiming: boolean
  /** Counts an error of ours; the first one is shown. */
  countInternalError(error: unknown): void
}

/** A name that is longer is text. */
const NAME_LENGTH = 500
/** An application has one or two. */
const REMEMBERED_PROFILERS = 10
/** The name of the traces that `collectUntraced` asks for. */
const OUTSIDE = 'outside any trace'

/**
 * Makes a profiler; most applications do with the default one.
 *
 * @throws TypeError when an option is unknown or wrong, or the path of an artifact cannot be written.
 */
export function createProfiler(options?: ProfilerOptions): Profiler {
  const { enabled, context = asyncLocalContext<LiveTrace>(), ...checked } = checkOptions(options)
  const { cacheEntries } = checked.limits
  const collected = collectFolder()
  const watcher = checked.watchRows
    ? rowWatcher((error) => profiler.countInternalError(error), {
        remembered: cacheEntries,
        everyResult: collected !== undefined,
      })
    : undefined
  // A client that counts as instrumented is left alone by whoever profiles all clients there are.
  const knowledge = createKnowledge(
    (client) => sharedState().instrumented.set(client, () => {}),
    () => sharedState().setupChanged?.(),
  )
  const settings = {
    limits: checked.limits,
    resolveCall: callResolver(checked.application, cacheEntries),
    rowWatcher: watcher,
    application: recordedApplication(checked.application),
    loading: knowledge.loading,
    closing: closingQueue(),
    queryBegan: () => collector?.queryBegan(),
  }
  const open = new OpenTraces<LiveTrace>()
  const closed = keepLatest()
  const listeners = new Set<ReportListener>()
  const outputs = new Set<ProfilerOutput>()
  const ordinals = new Map<string, number>()
  const folder = process.cwd()
  const rules: SuppressionRules = {
    entries: checked.suppress,
    detectors: detectorsOn(checked.detectors),
    frame: (frame) => relativeFrame(frame, folder),
  }
  const { setupNotes } = sharedState()
  const onWrongComment = (comment: WrongComment) => noteWrongComment(setupNotes, comment)
  const merged = new ReportBuilder({ ...rules, onWrongComment }, checked.limits)
  const observations = collectObservations(checked.detectors, undefined, checked.limits.findings)
  const slowMs = slowerThan(checked.detectors['slow-query'])
  const known: KnownRoutes | undefined = checked.capture === 'adaptive' ? knownRoutes(slowMs) : undefined
  const sample = checked.capture === 'sampled' ? sampler(checked.sampleRate) : undefined
  /** The trace of all that is not looked at. */
  const unsampled = LiveTrace.closed()
  const countListeners = new Set<(trace: LiveTrace) => void>()
  /** The report file is made of the merged report, and needs none of a single trace. */
  let noteChange: (() => void) | undefined
  let recorder: TraceRecorder | undefined
  let hasCaptured = false
  let collector: TraceCollector | undefined

  const inFolder = (findings: readonly Finding[]): Finding[] =>
    findings.map((finding) => relativeFinding(finding, folder))
  const findIn = (trace: Trace): Finding[] => inFolder(analyzeTrace(trace, checked.detectors))

  const profiler: Profiler = {
    enabled,
    context,
    detectors: Object.keys(checked.detectors).filter((id) => checked.detectors[id] !== undefined),
    currentTrace: () => context.get(),
    isRecording() {
      const trace = context.get()
      if (trace === undefined || trace.closed) return checked.collectUntraced
      return !trace.isCounting
    },
    hints: printsHints({ ...checked, enabled }),
    collectsUntraced: checked.collectUntraced,
    catalogs() {
      if (checked.catalog) return knowledge.states()
      return options?.catalog === false ? [] : [{ state: 'off' }]
    },
    outputs,
    commentTags: checked.commentTags,
    serverTiming: checked.serverTiming,
    startTrace: (start) => openTrace(start, start.parent ?? context.get()),
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
    on(_event, listener) {
      outputs.add('listener')
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    report() {
      outputs.add('asked')
      return buildWith(merged, observations)
    },
    analyze(traces) {
      outputs.add('asked')
      const builder = new ReportBuilder({ ...rules, linesAreKnown: true }, checked.limits)
      const observed = collectObservations(checked.detectors, undefined, checked.limits.findings)
      for (const trace of traces) {
        builder.add(trace, findIn(trace))
        observed.add(trace)
      }
      return buildWith(builder, observed)
    },
    async settled() {
      await Promise.all(open.all().map((trace) => trace.hasEnded && trace.settled()))
      await recorder?.flushed()
    },
    outsideTrace: checked.collectUntraced
      ? collectOutside(() => openTrace({ kind: 'script', name: OUTSIDE }, undefined))
      : () => {
          merged.countUntraced()
          return undefined
        },
    get untraced() {
      return merged.untraced
    },
    addClient(client, poolOptions) {
      if (checked.catalog) knowledge.addClient(client, poolOptions)
    },
    countInternalError(error) {
      if (merged.countInternalError() > 1) return
      process.emitWarning(
        `pg-loupe failed inside and goes on; your application is not affected: ${describeError(error)}`,
      )
    },
  }

  function buildWith(builder: ReportBuilder, observed: Observations): Report {
    const ignored = observed
      .ignored()
      .map((one) => ({ ...one, finding: relativeFinding(one.finding, folder) }))
    return builder.build(inFolder(observed.conclude()), observed.cut, ignored)
  }

  function openTrace(start: TraceStart, parent: LiveTrace | undefined): LiveTrace {
    if (parent?.isUnsampled && start.kind !== 'test') return unsampled
    if (sample && !collector && start.kind !== 'test' && !isOfTest(parent) && !sample()) {
      merged.countUnsampled()
      return unsampled
    }
    const trace = new LiveTrace(start, settings, parent, finish, expect(start, parent))
    trace.surprisesBefore = known?.surprises ?? 0
    open.add(trace)
    if (open.size > checked.limits.openTraces) closeOldest()
    return trace
  }

  /** What the trace may send without being captured; `undefined` where it is to be captured whatever it sends. */
  function expect({ kind, name, shape = name }: TraceStart, parent: LiveTrace | undefined) {
    if (checked.capture === 'full' || recorder || collector || kind === 'test' || isOfTest(parent)) {
      return undefined
    }
    return sample ? new Suspicion(slowMs) : known?.expect(shape)
  }

  function finish(trace: LiveTrace): Trace | undefined {
    open.delete(trace)
    if (trace.isStandIn && trace.queryCount === 0) return undefined
    if (!trace.isOnlyCounted) closed(trace)
    try {
      if (trace.name.length > NAME_LENGTH) trace.name = `${startOfText(trace.name, NAME_LENGTH)}…`
      if (trace.isOnlyCounted) {
        merged.addCounted(trace)
        for (const listener of countListeners) listener(trace)
        return undefined
      }
      if (trace.kind !== 'test') known?.learn(trace.shape, trace.name, trace.queries, trace.counted, trace)
      const params = recorder && checked.artifacts.values ? copyParams(trace.queries) : undefined
      watcher?.conclude(trace.queries)
      noteNamed(trace.queries)
      const catalog = knowledge.catalog(trace.connections)
      noteTables(trace.queries, catalog)
      noteBounds(trace.queries, catalog, { isLive: true })
      noteEffects(trace.queries, catalog)
      noteCallers(trace.queries)
      noteSources(trace.queries)
      if (trace.findsSingleValues) trace.singleValues = withoutNoting(() => findSingleValues(trace.queries))
      const isWhole = trace.counted === undefined
      withoutNoting(() => sealValues(trace.queries, { isWhole, catalog, input: trace.input }))
      maskNames(trace.queries)
      if (trace.queries.some(({ sql }) => fingerprint(sql).kind === 'ddl'))
        knowledge.forget(trace.connections)
      const finished = trace.toTrace(nextId(trace))
      hasCaptured ||= finished.queries.length > 0
      recorder?.record(finished, params)
      collector?.collect(finished)
      const findings = findIn(finished)
      merged.add(finished, findings)
      const concluded = inFolder(observations.add(finished))
      if (listeners.size > 0) {
        const single = new ReportBuilder(rules, checked.limits)
        single.add(finished, findings)
        const report = single.build(concluded)
        for (const listener of listeners) notify(listener, report, finished)
      }
      noteChange?.()
      return finished
    } catch (error) {
      profiler.countInternalError(error)
      return undefined
    }
  }

  function notify(listener: ReportListener, report: Report, trace: Trace): void {
    const fail = (error: unknown) => {
      if (merged.countInternalError() > 1) return
      process.emitWarning(
        `pg-loupe: a listener to reports failed, and is told of the next one: ${describeError(error)}`,
      )
    }
    try {
      const told: unknown = listener(report, trace)
      // One that is asynchronous must not end the process by a rejection that nobody hears.
      if (typeof (told as PromiseLike<unknown> | undefined)?.then === 'function') {
        ;(told as PromiseLike<unknown>).then(undefined, fail)
      }
    } catch (error) {
      fail(error)
    }
  }

  function closeOldest(): void {
    merged.countCutTrace()
    open.oldest()?.close({ now: true })
  }

  /** Names that are too many are numbered together; each id stays the only one. */
  function nextId({ kind, name }: LiveTrace): string {
    const label = `${kind} ${name}`
    const own = ordinals.has(label) || ordinals.size < cacheEntries ? label : ''
    const ordinal = (ordinals.get(own) ?? 0) + 1
    ordinals.set(own, ordinal)
    return `${label} #${ordinal}`
  }

  if (enabled) {
    const state = sharedState()
    state.isProfiling = true
    if (state.profilers.push(new WeakRef(profiler)) > REMEMBERED_PROFILERS) state.profilers.shift()
  } else {
    setupNotes.profilersOff++
  }
  setupNotes.versions.add(VERSION)
  const { report, traces, values } = checked.artifacts
  for (const reporter of checked.reporters) outputs.add(reporter === 'console' ? 'console' : 'listener')
  if (report) outputs.add('report')
  if (traces) outputs.add('traces')
  if (collected) outputs.add('collected')
  const isSilentByDefault = outputs.size === 0 && options?.reporters === undefined && checked.hints
  if (enabled && isSilentByDefault && process.env.NODE_ENV === 'test') {
    tellSilenceAtEnd(profiler, () => hasCaptured)
  }
  if (enabled && outputs.size > 0) {
    atExit(() => {
      for (const trace of open.all()) trace.close({ now: true })
    })
    if (collected) {
      const onLost = () => merged.countUnrecorded()
      collector = collectTraces(collected, { counts: () => merged.cut, atExit: atExitOrSignal, onLost })
    }
    if (traces)
      recorder = recordTraces(traces, {
        folder,
        values,
        atExit: atExitOrSignal,
        onLost: () => merged.countUnrecorded(),
        rotation: { bytes: checked.limits.traceFileBytes, files: checked.limits.traceFiles },
      })
    for (const reporter of checked.reporters) {
      if (reporter !== 'console') {
        listeners.add(reporter)
        continue
      }
      const { hear, count, flush } = consoleListener({
        roundTripMs: checked.roundTripMs,
        remembered: cacheEntries,
        reportFile: report,
        level: checked.console === 'findings' ? 'findings' : 'requests',
        editor: checked.editor,
      })
      listeners.add(hear)
      countListeners.add(count)
      atExit(flush)
    }
    if (report) noteChange = keepReportFile(report, () => buildWith(merged, observations), atExitOrSignal)
  }
  return profiler
}

/** The whole tree of a test is captured: two runs of it are to give the same. */
function isOfTest(trace: LiveTrace | undefined): boolean {
  return trace !== undefined && (trace.kind === 'test' || isOfTest(trace.parent))
}

function slowerThan(slowQuery: DetectorOptions | undefined): number {
  return typeof slowQuery?.maxMs === 'number' ? slowQuery.maxMs : Number.POSITIVE_INFINITY
}

/** Says yes to the given share of calls, by chance: a pattern could always hit the same one of two routes in turn. */
function sampler(rate: number): () => boolean {
  return () => Math.random() < rate
}

/** @throws TypeError when `value`, the last argument of `caller`, is no profiler. */
export function assertProfiler(value: unknown, caller: string): asserts value is Profiler {
  if (typeof (value as Profiler | null)?.startTrace === 'function') return
  const got = value === null ? 'null' : `a value of type ${typeof value}`
  throw new TypeError(
    `pg-loupe: ${caller} takes a profiler from createProfiler() as its last argument, but got ${got}`,
  )
}

/** The profiler that every function uses unless it is given another: one per process, made with the options of the configuration file. */
export function defaultProfiler(): Profiler {
  const state = sharedState()
  state.defaultProfiler ??= createProfiler(defaultOptions())
  return state.defaultProfiler
}
