// One unit of work while it runs, with the queries it sends. A trace closes on its own: after its end has been announced, as
// soon as no query is running and none has started for a moment.

import { epochMs, isoTime, now } from '../host/real-time.ts'
import type { Trace, TraceKind } from '../types/trace.ts'
import { CapturedQueries } from './captured-queries.ts'
import { FullRecording } from './full-recording.ts'
import type { QueryRecording } from './query-recording.ts'
import { RecordedQuery, type RecordedStart } from './recorded-query.ts'
import { CountedQueries, type CountedQuery } from './sampling/counted-queries.ts'
import type { Expectation } from './sampling/known-routes.ts'
import { IDLE_MS, TraceEnd } from './trace-end.ts'
import type { TraceHandle, TraceStart } from './trace-handle.ts'
import type { TraceSettings } from './trace-settings.ts'
import type { SingleValue } from './value-flow/single-values.ts'

/** Options for a new trace that only parts of pg-loupe can set. */
export interface LiveTraceStart extends TraceStart {
  parent?: LiveTrace | undefined
  /** Also looks for queries that a single row has led to, in the traces inside it too: assertions need that. */
  findsSingleValues?: boolean
  /** The name as far as it is known at the start: of a request its method and path, with `*` for each value. */
  shape?: string
}

/**
 * The handling of new queries.
 * `counting`: it is only counted, because all queries so far were expected.
 * `capturing`: it is kept, with its call site, parameters and rows.
 * `closed`: it is refused, because the trace has been read.
 * `unsampled`: it is not even counted. One trace stands for all units of work that sampling left out.
 */
export type TraceMode = 'counting' | 'capturing' | 'closed' | 'unsampled'

/** Returns the sealed trace; `undefined` when it was only counted. */
export type Finish = (trace: LiveTrace, isOnlyCounted: boolean) => Trace | undefined

/** Facts can be outdated as soon as they are loaded, by a trace that changes the schema and closes at the same time. */
const MOST_WAITS = 3
const NO_QUERIES: RecordedQuery[] = []

export class LiveTrace implements TraceHandle {
  mode: TraceMode
  readonly kind: TraceKind
  readonly shape: string
  readonly labels: Record<string, string>
  /** Kept while both are open, or while a test wants to see what happened inside it. */
  parent: LiveTrace | undefined
  readonly findsSingleValues: boolean
  /** Filled when the trace closes, if `findsSingleValues`. */
  singleValues: readonly SingleValue[] = []
  /**
   * Another trace covers the same unit of work, so this one is reported only if it has a query. It says nothing about
   * how queries are recorded, so it is no mode.
   */
  isStandIn = false
  /** The sealed trace, for some time after it has closed; `undefined` when it was only counted. */
  finished: Trace | undefined
  /** The queries that were only counted; `undefined` when the trace has been capturing from its start. */
  readonly counted: CountedQueries | undefined
  /** Names the trace in the live panel, and nobody can guess it. Undefined when there is no panel. */
  panelId: string | undefined
  /** How many traces of any route had sent something unexpected when this one began. */
  surprisesBefore = 0
  /** Position among the open traces. */
  slot = 0
  /** Values that the work got from outside, such as the path and the body of a request: they come from no rows. */
  input: (() => readonly unknown[]) | undefined
  /** Called once the trace has closed. */
  onClosed: { traceClosed(): void } | undefined
  #name: string
  readonly startMs = now()
  #children: LiveTrace[] | undefined
  readonly #end: TraceEnd
  readonly #settings: TraceSettings
  readonly #finish: Finish
  #captured: CapturedQueries | undefined

  constructor(
    start: LiveTraceStart,
    settings: TraceSettings,
    parent: LiveTrace | undefined,
    finish: Finish,
    expectation?: Expectation,
  ) {
    this.mode = expectation === undefined ? 'capturing' : 'counting'
    this.kind = start.kind
    this.#name = start.name
    this.shape = start.shape ?? start.name
    this.labels = start.labels ?? {}
    this.findsSingleValues = start.findsSingleValues ?? parent?.findsSingleValues ?? false
    this.#settings = settings
    this.#finish = finish
    this.#end = new TraceEnd(this, settings.closing)
    this.counted = expectation && new CountedQueries(expectation)
    if (parent && (!parent.closed || parent.isObserved)) {
      this.parent = parent
      parent.#children ??= []
      parent.#children.push(this)
    }
  }

  /** The one trace that stands for all units of work that sampling left out. Nothing that is written to it is kept. */
  static unsampled(settings: TraceSettings): LiveTrace {
    const labels = new Proxy({}, { set: () => true })
    const trace = new LiveTrace({ kind: 'script', name: '', labels }, settings, undefined, () => undefined)
    trace.mode = 'unsampled'
    return trace
  }

  get closed(): boolean {
    return this.mode === 'closed' || this.mode === 'unsampled'
  }

  get children(): readonly LiveTrace[] {
    return this.#children ?? []
  }

  get name(): string {
    return this.#name
  }

  set name(name: string) {
    if (name === this.#name || this.mode === 'unsampled') return
    this.#name = name
    if (this.mode === 'counting' && this.counted?.expectation.fits(name) === false) this.mode = 'capturing'
  }

  /** The queries that are kept, in the order in which they started. */
  get queries(): RecordedQuery[] {
    return this.#captured?.queries ?? NO_QUERIES
  }

  /** Queries that were sent after the limit had been reached, and were only counted. */
  get truncated(): number {
    return this.#captured?.truncated ?? 0
  }

  get queryCount(): number {
    return this.queries.length + this.truncated + (this.counted?.count ?? 0)
  }

  /** Milliseconds in which at least one of the counted queries was running. */
  get countedMs(): number {
    return this.counted?.busyMs ?? 0
  }

  /** The connections that the kept queries were sent over. */
  get connections(): Iterable<object> {
    return this.#captured?.connections ?? []
  }

  run<R>(fn: () => R): R {
    return this.#settings.context.run(this, fn)
  }

  /** Counts a query. When it was not expected, the answer is `undefined`, and the trace is capturing from here on. */
  countQuery(sql: string): CountedQuery | undefined {
    if (this.mode !== 'counting') return undefined
    const isReadable = sql.length <= this.#settings.limits.statementLength
    const query = isReadable ? this.counted?.start(sql, this) : undefined
    if (query === undefined) this.mode = 'capturing'
    else this.#end.querySent()
    return query
  }

  /** Keeps a query that is being sent; `undefined` once the trace is closed or full. */
  startQuery(start: RecordedStart): QueryRecording | undefined {
    if (this.closed) return undefined
    this.mode = 'capturing'
    this.#captured ??= new CapturedQueries(this.#settings.limits)
    const captured = this.#captured
    if (captured.isFull) {
      captured.truncated++
      // Nobody is told when this query is answered, so an ended trace stays open for as long as after an answer.
      if (this.hasEnded) this.#end.continueAfterEnd()
      return undefined
    }
    const query = new RecordedQuery(captured.bounded(start), this.now(), this.#settings.resolveCall)
    if (this.hasEnded) query.afterResponse = true
    captured.queries.push(query)
    this.#settings.queryBegan?.()
    this.#end.querySent()
    return new FullRecording(this, captured, query, this.#settings)
  }

  /** For its recordings: one query less is running. */
  settle(): void {
    this.#end.queryAnswered()
  }

  /** For its recordings: a counted query took longer or returned more rows than expected. */
  captureFromHere(): void {
    if (this.mode === 'counting') this.mode = 'capturing'
  }

  /** No further query is kept. */
  get isFull(): boolean {
    return this.#captured?.isFull === true
  }

  /** No query is running. */
  get isIdle(): boolean {
    return this.#end.running === 0
  }

  /** A query is running, or the last one ended so recently that others may follow. */
  get isBusy(): boolean {
    if (this.closed) return false
    const { startMs = 0, durationMs = 0 } = this.queries.at(-1) ?? { startMs: Number.NEGATIVE_INFINITY }
    // Queries that are not kept have no times; but the trace closes when it is quiet, and it is still open.
    const hasLeftOut = this.truncated > 0 && this.#end.quietAt !== undefined
    return this.#end.running > 0 || hasLeftOut || this.now() < startMs + durationMs + IDLE_MS
  }

  get hasEnded(): boolean {
    return this.#end.durationMs !== undefined
  }

  /** Announces that the unit of work is done, for example because the response has been sent. */
  end(durationMs = this.now()): void {
    if (!this.hasEnded) this.#end.announce(durationMs)
  }

  async settled(): Promise<void> {
    await Promise.all(this.children.map((child) => child.settled()))
    await this.#end.waitUntilClosed()
  }

  /** Closes once the facts that the analysis needs have been loaded. With `now` it does not wait for them. */
  close({ now = false, waits = MOST_WAITS } = {}): void {
    if (this.closed) return
    const isOnlyCounted = this.mode === 'counting'
    const loading = now || waits === 0 || isOnlyCounted ? undefined : this.#settings.loading(this.connections)
    if (loading !== undefined) {
      void loading.then(() => this.close({ waits: waits - 1 }))
      return
    }
    this.mode = 'closed'
    this.#end.durationMs ??= this.now()
    this.#end.stopTimer()
    this.finished = this.#finish(this, isOnlyCounted)
    if (!this.isObserved) this.#leaveParent()
    this.onClosed?.traceClosed()
    this.#end.tellClosed()
  }

  /** A test reads the traces that started inside its own after all of them have closed. */
  get isObserved(): boolean {
    return this.kind === 'test' || this.parent?.isObserved === true
  }

  /** A worker that never ends starts one trace after the other, and must not keep all of them. */
  #leaveParent(): void {
    const siblings = this.parent ? (this.parent.#children ?? []) : []
    const position = siblings.indexOf(this)
    if (position >= 0) siblings.splice(position, 1)
    this.parent = undefined
  }

  /**
   * Drops what the trace holds once it has been read: sockets and timers keep the context in which they were created, and this
   * trace with it, for as long as they live. A test keeps the traces that it reads.
   */
  letGo(): void {
    this.input = undefined
    if (this.isObserved) return
    this.finished = undefined
    this.#captured?.letGo()
  }

  /** The trace as detectors read it. Its queries resolve their call sites when these are read. */
  toTrace(id: string): Trace {
    const { application } = this.#settings
    const cut = this.#captured?.cut ?? {}
    return {
      v: 1,
      id,
      kind: this.kind,
      name: this.name,
      startedAt: this.startedAt,
      durationMs: this.durationMs,
      labels: this.labels,
      ...(application ? { application } : {}),
      truncated: this.truncated,
      ...(Object.keys(cut).length > 0 ? { cut } : {}),
      ...(this.counted ? { onlyCounted: this.counted.toFacts() } : {}),
      queries: this.queries,
    }
  }

  /** ISO 8601 */
  get startedAt(): string {
    return isoTime(epochMs() - this.now())
  }

  /** From the start to the announced end, or to now. */
  get durationMs(): number {
    return this.#end.durationMs ?? this.now()
  }

  /** Milliseconds since the trace started. */
  now(): number {
    return now() - this.startMs
  }
}
