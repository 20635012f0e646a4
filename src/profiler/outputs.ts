// Everything that leaves a profiler: the trace file, the folder of collected traces, the files that hold the report, the live
// console and the listeners. The pipeline calls it once for each trace and knows none of them.
import { collectTraces, type TraceCollector } from '../collect/collect-traces.ts'
import { renderText } from '../config/find-reporter.ts'
import type { PanelLink } from '../panel/connect/panel-link.ts'
import { countedMessage, traceMessage } from '../panel/connect/process-messages.ts'
import { consoleListener } from '../report/console-listener.ts'
import { KeptTraces } from '../report/kept-traces.ts'
import { keepReportFile } from '../report/report-file.ts'
import type { Analysis, AnalyzedTrace } from '../report/run-analysis.ts'
import type { ProfilerOutput } from '../setup/setup-facts.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { copyParams } from '../trace-file/copy-params.ts'
import type { Params } from '../trace-file/format-trace.ts'
import { recordTraces, type TraceRecorder } from '../trace-file/record-traces.ts'
import type { Finding } from '../types/finding.ts'
import type { ReportListener } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { atExitOrSignal } from './flush-on-signal.ts'
import { listenersOf } from './listeners.ts'
import type { CheckedOptions } from './options.ts'
import { atExit } from './shared-state.ts'

interface OutputSettings {
  options: Pick<
    CheckedOptions,
    'enabled' | 'outputs' | 'recordValues' | 'listeners' | 'console' | 'roundTripMs' | 'editor' | 'limits'
  >
  analysis: Analysis
  /** Paths below it are written relative to it. */
  folder: string
  /** The folder of collected traces, when traces are collected. */
  collectFolder: string | undefined
  /** The live panel, when there is one. */
  panel: PanelLink | undefined
  onListenerError: (error: unknown) => void
  /** A format of the user failed. */
  onFormatError: (error: unknown) => void
}

export interface Outputs {
  /** The places where findings go. A listener or a request for the report adds one. */
  readonly kinds: Set<ProfilerOutput>
  /** All traces are written to a trace file. */
  readonly isRecording: boolean
  /** All traces are written to the folder of collected traces. */
  readonly isCollecting: boolean
  /** A trace with captured queries was recorded here, whether or not there is a file for it. */
  readonly hasCaptured: boolean
  /** A query is kept in a trace that is still open. */
  queryBegan(): void
  /** The values of the queries, when the trace file holds values. */
  paramsOf(trace: LiveTrace): readonly Params[] | undefined
  /** Writes a sealed trace before it is analyzed, so that a failing detector loses no trace. */
  record(trace: Trace, params: readonly Params[] | undefined): void
  /** `trace` is the trace while it was open. */
  report(analyzed: AnalyzedTrace, trace: LiveTrace): void
  /** A trace was only counted. */
  count(trace: LiveTrace): void
  /** Returns the function that removes the listener. */
  addListener(listener: ReportListener): () => void
  /** Resolves when every trace recorded so far is in the trace file. */
  flushed(): Promise<void> | undefined
}

/** @throws Error that names the option and the file when a file cannot be written. */
export function startOutputs(settings: OutputSettings & { closeOpenTraces: () => void }): Outputs {
  const { options, analysis, folder, collectFolder, panel, onListenerError, closeOpenTraces } = settings
  const { reports, traces } = options.outputs
  const { recordValues: values } = options
  const listeners = listenersOf<Parameters<ReportListener>>(onListenerError)
  const kinds = kindsOf(settings)
  const onLost = () => analysis.builder.countUnrecorded()
  let collector: TraceCollector | undefined
  let recorder: TraceRecorder | undefined
  let countTrace: ((trace: LiveTrace) => void) | undefined
  let files: ReportFiles | undefined
  let hasCaptured = false

  if (options.enabled && kinds.size > 0) {
    // Hooks run in the order in which they are added: open traces close before the files are completed.
    atExit(closeOpenTraces)
    if (collectFolder) {
      const counts = () => analysis.builder.cut
      collector = collectTraces(collectFolder, { counts, atExit: atExitOrSignal, onLost })
    }
    if (traces) {
      const { traceFileBytes: bytes, traceFiles } = options.limits
      recorder = recordTraces(traces, {
        folder,
        values,
        atExit: atExitOrSignal,
        onLost,
        rotation: { bytes, files: traceFiles },
      })
    }
    if (options.console !== 'off') startConsole(options.console)
    for (const listener of options.listeners) listeners.add(listener)
    if (reports.length > 0) files = keepReportFiles(settings)
    if (panel) atExitOrSignal(() => panel.flush())
  }

  function startConsole(level: 'requests' | 'findings'): void {
    const { hear, count, flush } = consoleListener({
      roundTripMs: options.roundTripMs,
      remembered: options.limits.cacheEntries,
      reportFile: reports.find(({ format }) => format === 'json')?.file,
      level,
      editor: options.editor,
    })
    listeners.add(hear)
    countTrace = count
    atExit(flush)
  }

  function sendToPanel(trace: LiveTrace, sealed: Trace, findings: readonly Finding[]): void {
    if (panel === undefined || trace.panelId === undefined) return
    panel.send(traceMessage(trace.panelId, sealed, findings))
    panel.statements?.add(sealed.queries, trace.connections)
  }

  return {
    kinds,
    isRecording: recorder !== undefined,
    isCollecting: collector !== undefined,
    queryBegan: () => collector?.queryBegan(),
    paramsOf: ({ queries }) => (recorder && values ? copyParams(queries) : undefined),
    get hasCaptured() {
      return hasCaptured
    },
    record(trace, params) {
      hasCaptured ||= trace.queries.length > 0
      recorder?.record(trace, params)
      collector?.collect(trace)
    },
    report(analyzed, trace) {
      if (!listeners.isEmpty || trace.panelId !== undefined) {
        const report = analyzed.report()
        listeners.call(report, analyzed.trace)
        sendToPanel(trace, analyzed.trace, report.findings)
      }
      files?.changed(analyzed)
    },
    count(trace) {
      countTrace?.(trace)
      if (trace.panelId !== undefined) panel?.send(countedMessage(trace.panelId, trace))
    },
    addListener(listener) {
      kinds.add('listener')
      return listeners.add(listener)
    },
    flushed: () => recorder?.flushed(),
  }
}

function kindsOf({ options, collectFolder, panel }: OutputSettings): Set<ProfilerOutput> {
  const { console, listeners, outputs } = options
  const isUsed: Record<Exclude<ProfilerOutput, 'asked'>, boolean> = {
    console: console !== 'off',
    listener: listeners.length > 0,
    report: outputs.reports.length > 0,
    traces: outputs.traces !== undefined,
    collected: collectFolder !== undefined,
    panel: panel !== undefined,
  }
  return new Set(Object.entries(isUsed).flatMap(([kind, used]) => (used ? [kind as ProfilerOutput] : [])))
}

interface ReportFiles {
  changed(analyzed: AnalyzedTrace): void
}

/** Keeps the merged report in files, each in its format. */
function keepReportFiles({ options, analysis, folder, onFormatError }: OutputSettings): ReportFiles {
  const { roundTripMs, editor, outputs } = options
  const kept = outputs.reports.some(({ reporter }) => reporter.meta.wantsTraces)
    ? new KeptTraces()
    : undefined
  const shown = { cwd: folder, root: folder, roundTripMs, ...(editor === undefined ? {} : { editor }) }
  const changes = outputs.reports.map(({ format, reporter, file }) => {
    const render = () => {
      const report = analysis.report()
      const traces = reporter.meta.wantsTraces ? kept?.options(report.findings) : {}
      return renderText(format, () => reporter.render(report, { ...shown, ...traces }))
    }
    return keepReportFile({ format, file, render, onFormatError, atExit: atExitOrSignal })
  })
  return {
    changed({ trace, findings }) {
      kept?.add(trace, findings)
      for (const change of changes) change()
    },
  }
}
