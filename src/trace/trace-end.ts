// Decides when a trace closes. After its end has been announced, it stays open while a query is running, and for a moment after the
// last one, because work that continues after a response is invisible between two queries.
import { clearTimeout, now, setTimeout, type Timer } from '../host/real-time.ts'
import type { TraceKind } from '../types/trace.ts'
import type { ClosingQueue } from './closing-queue.ts'

interface EndingTrace {
  readonly kind: TraceKind
  readonly closed: boolean
  readonly startMs: number
  close(): void
}

/** Work that continues after a response usually sends its next query within this time. */
export const IDLE_MS = 50
/** Neither a query that is never answered (an abandoned stream) nor an endless loop keeps an ended trace open for longer. */
const AFTERMATH_MS = 10_000

export class TraceEnd {
  /** From the start to the announced end; `undefined` before that. */
  durationMs: number | undefined
  /** Queries that are running. */
  running = 0
  /**
   * When the trace closes unless another query starts; `undefined` while a query is running. The queue adds the time for which
   * the event loop was blocked, because nobody could send a query during that time.
   */
  quietAt: number | undefined
  /** For the queue: this is one of its items. */
  isWaiting = false
  readonly #trace: EndingTrace
  readonly #queue: ClosingQueue
  /** A query was running at the announced end, or was sent after it. */
  #goesOn = false
  #timer: Timer | undefined
  #whenClosed: (() => void)[] | undefined

  constructor(trace: EndingTrace, queue: ClosingQueue) {
    this.#trace = trace
    this.#queue = queue
  }

  get closed(): boolean {
    return this.#trace.closed
  }

  close(): void {
    this.#trace.close()
  }

  querySent(): void {
    this.running++
    if (this.durationMs !== undefined) this.continueAfterEnd()
  }

  /** A query was sent after the end. */
  continueAfterEnd(): void {
    this.#goesOn = true
    this.#closeSoon()
  }

  queryAnswered(): void {
    this.running--
    if (this.running === 0 && this.durationMs !== undefined) this.#closeSoon()
  }

  announce(durationMs: number): void {
    this.durationMs = durationMs
    this.#goesOn = this.running > 0
    this.#closeSoon()
  }

  /** Resolves when the trace has closed. A function that was awaited and left no query running closes at once. */
  async waitUntilClosed(): Promise<void> {
    if (this.closed) return
    // The timers that close traces do not keep the process alive, but the caller who waits here needs it alive.
    const waiting = setTimeout(() => {}, AFTERMATH_MS)
    const closed = new Promise<void>((resolve) => {
      this.#whenClosed ??= []
      this.#whenClosed.push(resolve)
    })
    if (this.durationMs !== undefined) this.#closeSoon()
    await closed
    clearTimeout(waiting)
  }

  stopTimer(): void {
    clearTimeout(this.#timer)
  }

  tellClosed(): void {
    for (const resolve of this.#whenClosed ?? []) resolve()
  }

  #closeSoon(): void {
    if (this.closed) return
    const { kind, startMs } = this.#trace
    const nowMs = now()
    const leftMs = startMs + (this.durationMs ?? 0) + AFTERMATH_MS - nowMs
    if (this.running > 0) {
      this.quietAt = undefined
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.close(), leftMs)
      this.#timer.unref()
    } else if (this.#whenClosed !== undefined && kind !== 'http' && !this.#goesOn) {
      this.close()
    } else {
      this.quietAt = nowMs + Math.min(IDLE_MS, leftMs)
      this.#queue.add(this)
    }
  }
}
