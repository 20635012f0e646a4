// Starts traces and decides how much of each is captured: every query, every query from the first unexpected one on, or
// none. The traces of a test, and traces that are written to a file, are always captured whole, because two runs must give
// the same result.
import type { PanelLink } from '../panel/connect/panel-link.ts'
import { type Finish, LiveTrace, type LiveTraceStart } from '../trace/live-trace.ts'
import { OpenTraces } from '../trace/open-traces.ts'
import { type Expectation, knownRoutes } from '../trace/sampling/known-routes.ts'
import { Suspicion } from '../trace/sampling/suspicion.ts'
import type { TraceSettings } from '../trace/trace-settings.ts'
import type { ActiveDetector } from '../types/detector.ts'
import { startedTrace, type TraceListeners } from './events.ts'
import type { CheckedOptions } from './options.ts'
import type { Outputs } from './outputs.ts'

interface StartSettings {
  options: Pick<CheckedOptions, 'capture' | 'sampleRate' | 'limits' | 'detectors'>
  trace: TraceSettings
  outputs: Outputs
  listeners: TraceListeners['traceStart']
  /** Receives each trace when it closes. */
  finish: Finish
  /** A trace is not observed, because only a share of all traces is. */
  onUnsampled: () => void
  /** A trace is closed early, because too many are open. */
  onCut: () => void
  /** The live panel, when there is one. */
  panel: PanelLink | undefined
}

export interface TraceStarter {
  start(start: LiveTraceStart, parent: LiveTrace | undefined): LiveTrace
  /** Learns from a captured trace what its route sends. */
  learn(trace: LiveTrace): void
  /** Stands for every trace that is not observed. */
  readonly unsampled: LiveTrace
  /** The traces that are open. */
  open(): LiveTrace[]
}

export function traceStarter(settings: StartSettings): TraceStarter {
  const { options, outputs, listeners, finish, onUnsampled, onCut, panel } = settings
  const { capture, sampleRate, limits } = options
  const slowMs = slowerThan(options.detectors.active)
  const known = capture === 'adaptive' ? knownRoutes(slowMs) : undefined
  const open = new OpenTraces<LiveTrace>()
  const unsampled = LiveTrace.unsampled(settings.trace)

  const isObserved = ({ kind }: LiveTraceStart, parent: LiveTrace | undefined, isAsked: boolean): boolean =>
    capture !== 'sampled' ||
    isAsked ||
    outputs.isCollecting ||
    kind === 'test' ||
    isOfTest(parent) ||
    isDrawn(sampleRate)

  /** The panel wants traces of a route in full, and this may become one of them. Without knowledge of routes, each may. */
  const isAskedFor = ({ name, shape = name }: LiveTraceStart): boolean =>
    panel?.armed.wants((route) => known?.hasLedTo(shape, route) ?? true) === true

  /** Returns what the trace may send while it is only counted, or undefined when it is captured from the start. */
  const expect = (
    { kind, name, shape = name }: LiveTraceStart,
    parent: LiveTrace | undefined,
    isAsked: boolean,
  ): Expectation | undefined => {
    if (
      isAsked ||
      capture === 'full' ||
      outputs.isCollecting ||
      outputs.isRecording ||
      kind === 'test' ||
      isOfTest(parent)
    ) {
      return undefined
    }
    return capture === 'sampled' ? new Suspicion(slowMs) : known?.expect(shape)
  }

  const close: Finish = (trace, isOnlyCounted) => {
    open.delete(trace)
    return finish(trace, isOnlyCounted)
  }

  return {
    start(start, parent) {
      if (parent?.mode === 'unsampled' && start.kind !== 'test') return unsampled
      const isAsked = isAskedFor(start)
      if (!isObserved(start, parent, isAsked)) {
        onUnsampled()
        return unsampled
      }
      const trace = new LiveTrace(start, settings.trace, parent, close, expect(start, parent, isAsked))
      trace.panelId = panel?.newId()
      trace.surprisesBefore = known?.surprises ?? 0
      open.add(trace)
      if (!listeners.isEmpty) listeners.call(trace, startedTrace(trace))
      if (open.size > limits.openTraces) {
        onCut()
        open.oldest()?.close({ now: true })
      }
      return trace
    },
    learn(trace) {
      if (trace.counted === undefined) panel?.armed.captured(trace.name)
      if (trace.kind === 'test') return
      known?.learn(trace.shape, trace.name, trace.queries, trace.counted?.expectation, trace)
    },
    unsampled,
    open: () => open.all(),
  }
}

/** Everything inside a test belongs to it. */
function isOfTest(trace: LiveTrace | undefined): boolean {
  return trace !== undefined && (trace.kind === 'test' || isOfTest(trace.parent))
}

/** The shortest time that a detector reports. A slower query is captured even when its route is known. */
function slowerThan(active: readonly ActiveDetector[]): number {
  const times = active.flatMap(({ detector: { meta }, options: { maxMs } }) =>
    meta.isMeasured && typeof maxMs === 'number' ? [maxMs] : [],
  )
  return Math.min(Number.POSITIVE_INFINITY, ...times)
}

/** Decides by chance: a fixed pattern could always pick the same one of two routes that are called in turn. */
function isDrawn(rate: number): boolean {
  return Math.random() < rate
}
