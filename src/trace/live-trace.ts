// The queries of one unit of work while it runs, in the order they started. It knows when it is over: after its end
// has been announced, as soon as no query is under way any more and none has followed for a moment.

import { clearTimeout, epochMs, isoTime, now, setTimeout, type Timer } from '../host/real-time.ts'
import type { OnlyCounted, RecordedApplication, Trace, TraceCut, TraceKind } from '../types/trace.ts'
import { NO_CALL, type ResolveCall } from './call-site/call-site.ts'
import type { ClosingQueue } from './closing-queue.ts'
import { startOfText } from './cut-statement.ts'
import { type DriverField, type Outcome, type QueryStart, RecordedQuery } from './recorded-query.ts'
import type { RowShape } from './row-usage/row-watch.ts'
import type { RowWatcher } from './row-usage/row-watcher.ts'
import { CountedQuery } from './sampling/counted-query.ts'
import type { Expectation } from './sampling/known-routes.ts'
import { KeptCells } from './value-flow/kept-cells.ts'
import { KeptValues, type ValueLimits } from './value-flow/kept-values.ts'
import type { SingleValue } from './value-flow/single-values.ts'

export interface TraceStart {
  kind: TraceKind
  name: string
  labels?: Record<string, string>
  /** The trace it is part of. Default: the one that the calling code runs in. */
  parent?: LiveTrace | undefined
  /** Also looks for queries that a single row has led to, in the traces inside it too: an assertion asks for that. */
  findsSingleValues?: boolean
  /** What is known so far of a name that is yet to be told: of a request its method and path, with a star for each value. */
  shape?: string
}

interface TraceLimits extends ValueLimits {
  /** Queries kept; beyond it they are counted only. */
  queriesPerTrace: number
  /** Rows kept of one query for value flow, until the trace ends. */
  rowsPerQuery: number
  /** Characters kept of a statement. */
  statementLength: number
}

/** What all traces of one profiler have in common. */
export interface TraceSettings {
  limits: TraceLimits
  resolveCall: ResolveCall
  /** By what `resolveCall` reads call sites, as far as a trace can keep it. */
  application?: RecordedApplication | undefined
  /** Absent when rows are not to be watched. */
  rowWatcher?: RowWatcher | undefined
  /** Closes traces some time after they have become quiet. */
  closing: ClosingQueue
  /** Told of each query that is kept. */
  queryBegan?(): void
  /** A promise while what the analysis has to know of the databases behind them is being loaded; it never rejects. */
  loading(connections: Iterable<object>): Promise<void> | undefined
}

/**
 * How a driver tells what became of a query it has announced. Safe to call in any order, any number of times; what
 * comes after the trace has closed is ignored, because the trace has been read by then.
 */
export interface QueryRecording {
  /** The statement leaves for the server, over the connection that this object stands for. */
  sent(connection: object): void
  /** The query is part of the transaction that this object stands for. */
  inTransaction(transaction: object): void
  /** Bytes that came back so far. */
  received(bytes: number): void
  /** A row has come, on its way to the application, while others are yet to come; it took so many bytes. */
  arrived(row: unknown, fields: readonly DriverField[] | undefined, bytes: number): void
  finished(outcome: Outcome): void
  failed(code: string): void
  /** These rows go to the application now; `shape` says where rows are nested in them. */
  handsOver(rows: readonly unknown[] | undefined, shape?: () => RowShape): void
}

/** Work that goes on after a response usually follows within this time; the trace waits for it before it closes. */
const IDLE_MS = 50
/** Neither a query that never answers (an abandoned stream) nor an endless loop keeps an ended trace open for longer. */
const AFTERMATH_MS = 10_000
/** What was loaded may be outdated at once, by a trace that has changed the schema and closes at the same time. */
const MOST_WAITS = 3

export class LiveTrace {
  readonly kind: TraceKind
  readonly shape: string
  readonly labels: Record<string, string>
  /** While both are open, or a test wants to see what happened inside it. */
  parent: LiveTrace | undefined
  queries: RecordedQuery[] = []
  readonly findsSingleValues: boolean
  /** Once the trace has closed, if they were looked for. */
  singleValues: readonly SingleValue[] = []
  truncated = 0
  closed = false
  /** It stands for what is not looked at: its queries are not even counted. */
  isUnsampled = false
  /** Another profiler traces the same unit of work; without a query in it there is nothing to say. */
  isStandIn = false
  /** The sealed trace, once it has closed, for some time; `undefined` of one that was only counted. */
  finished: Trace | undefined
  /** What its queries are expected to be, for as long as they are only counted. */
  counted: Expectation | undefined
  /** Milliseconds in which at least one of the queries counted was under way. */
  countedMs = 0
  /** Traces of any route that had sent something unexpected when this one began. */
  surprisesBefore = 0
  /** Among the open ones. */
  slot = 0
  isWaiting = false
  /** What the work was given from outside, such as the path and the body of a request: values in it originate in no rows. */
  input: (() => readonly unknown[]) | undefined
  /** Who has to know that it has closed. */
  onClosed: { traceClosed(): void } | undefined
  /**
   * When it is to be closed unless another query begins; `undefined` while one is under way. The queue puts it off by the
   * time in which the event loop stood still, because nobody could have sent anything then.
   */
  quietAt: number | undefined
  #name: string
  #isCounting: boolean
  #children: LiveTrace[] | undefined
  readonly #settings: TraceSettings
  readonly #finish: (trace: LiveTrace) => Trace | undefined
  readonly #start = now()
  #durationMs: number | undefined
  #connections: Map<object, number> | undefined
  #transactions: Map<object, number> | undefined
  #cut: TraceCut | undefined
  #values: KeptValues | undefined
  #pending = 0
  /** A query was under way at its end, or was sent after it. */
  #goesOn = false
  #underWay = 0
  #underWaySince = 0
  #timer: Timer | undefined
  #whenClosed: (() => void)[] | undefined

  constructor(
    start: TraceStart,
    settings: TraceSettings,
    parent: LiveTrace | undefined,
    finish: (trace: LiveTrace) => Trace | undefined,
    expectation?: Expectation,
  ) {
    this.kind = start.kind
    this.#name = start.name
    this.shape = start.shape ?? start.name
    this.labels = start.labels ?? {}
    this.findsSingleValues = start.findsSingleValues ?? parent?.findsSingleValues ?? false
    this.#settings = settings
    this.#finish = finish
    this.counted = expectation
    this.#isCounting = expectation !== undefined
    if (parent && (!parent.closed || parent.isObserved)) {
      this.parent = parent
      parent.#children ??= []
      parent.#children.push(this)
    }
  }

  /** One that nothing belongs to, for all units of work that are not looked at. */
  static closed(): LiveTrace {
    const settings: TraceSettings = {
      limits: { queriesPerTrace: 0, rowsPerQuery: 0, bytesPerTrace: 0, bytesPerValue: 0, statementLength: 0 },
      resolveCall: () => NO_CALL,
      loading: () => undefined,
      closing: { add() {} },
    }
    const trace = new LiveTrace({ kind: 'script', name: '' }, settings, undefined, () => undefined)
    trace.closed = true
    trace.isUnsampled = true
    return trace
  }

  get children(): readonly LiveTrace[] {
    return this.#children ?? []
  }

  get name(): string {
    return this.#name
  }

  set name(name: string) {
    if (name === this.#name) return
    this.#name = name
    if (this.#isCounting && this.counted?.fits(name) === false) this.#isCounting = false
  }

  /** Its queries are only counted, because all of them were to be expected so far. */
  get isCounting(): boolean {
    return this.#isCounting && !this.closed
  }

  /** All of its queries were only counted. */
  get isOnlyCounted(): boolean {
    return this.#isCounting
  }

  get queryCount(): number {
    return this.queries.length + this.truncated + (this.counted?.queries ?? 0)
  }

  /** Counts a query that was to be expected; of one that was not, `undefined`, and the trace is captured from here on. */
  countQuery(sql: string): CountedQuery | undefined {
    if (!this.#isCounting || this.closed) return undefined
    const isReadable = sql.length <= this.#settings.limits.statementLength
    const statement = isReadable ? this.counted?.count(sql) : undefined
    if (statement === undefined) {
      this.#isCounting = false
      return undefined
    }
    this.#noteSent()
    return new CountedQuery(this, statement)
  }

  /** Records that the application sends a query; `undefined` once the trace is closed or its limit is reached. */
  startQuery(start: QueryStart): QueryRecording | undefined {
    if (this.closed) return undefined
    this.#isCounting = false
    if (this.isFull) {
      this.truncated++
      // Nobody tells when it is answered, so an ended trace stays open for as long as after an answer.
      if (this.#durationMs !== undefined) {
        this.#goesOn = true
        this.#closeSoon()
      }
      return undefined
    }
    const query = new RecordedQuery(this.#bounded(start), this.now(), this.#settings.resolveCall)
    if (this.#durationMs !== undefined) query.afterResponse = true
    this.queries.push(query)
    this.#settings.queryBegan?.()
    this.#noteSent()
    return new FullRecording(this, query, this.#settings)
  }

  #noteSent(): void {
    this.#pending++
    if (this.#durationMs === undefined) return
    this.#goesOn = true
    this.#closeSoon()
  }

  #bounded(start: QueryStart): QueryStart {
    const { statementLength } = this.#settings.limits
    const params = this.keptValues.params(start.params)
    if (start.sql.length <= statementLength) return params === start.params ? start : { ...start, params }
    this.#cut ??= {}
    this.#cut.statements = (this.#cut.statements ?? 0) + 1
    const sql = startOfText(start.sql, statementLength)
    return { ...start, sql, sqlLength: start.sql.length, params: undefined }
  }

  /** What may still be kept of parameters and results. */
  get keptValues(): KeptValues {
    this.#cut ??= {}
    this.#values ??= new KeptValues(this.#settings.limits, this.#cut)
    return this.#values
  }

  /** For its recordings: a query that was counted leaves. */
  countedLeaves(atMs: number): void {
    if (this.#underWay++ === 0) this.#underWaySince = atMs
  }

  /** For its recordings: a query that was counted and had left has been answered. */
  countedReturns(atMs: number): void {
    if (--this.#underWay === 0) this.countedMs += atMs - this.#underWaySince
  }

  /** For its recordings: a query of its statement was not as usual. */
  captureFromHere(): void {
    this.#isCounting = false
  }

  /** For its recordings: one query less is under way. */
  settle(): void {
    this.#pending--
    if (this.#pending === 0 && this.#durationMs !== undefined) this.#closeSoon()
  }

  /** Those that its queries were sent over. */
  get connections(): Iterable<object> {
    return this.#connections?.keys() ?? []
  }

  numberConnection(connection: object): number {
    this.#connections ??= new Map()
    return numberOf(connection, this.#connections)
  }

  numberTransaction(transaction: object): number {
    this.#transactions ??= new Map()
    return numberOf(transaction, this.#transactions)
  }

  /** No further query would be kept. */
  get isFull(): boolean {
    return this.queries.length >= this.#settings.limits.queriesPerTrace
  }

  /** No query is under way. */
  get isIdle(): boolean {
    return this.#pending === 0
  }

  /** When the last answer came, as far as queries were kept; the time of now where none was. */
  get lastAnswerMs(): number {
    let lastMs = 0
    for (const { startMs, waitMs = 0, durationMs = 0 } of this.queries) {
      lastMs = Math.max(lastMs, startMs + waitMs + durationMs)
    }
    return lastMs || this.now()
  }

  /** The unit of work is done (the response is sent); queries from now on are its aftermath. */
  end(durationMs = this.now()): void {
    if (this.#durationMs !== undefined) return
    this.#durationMs = durationMs
    this.#goesOn = this.#pending > 0
    this.#closeSoon()
  }

  get hasEnded(): boolean {
    return this.#durationMs !== undefined
  }

  /**
   * Resolves when the trace and the traces begun inside it have closed: those that have ended once they are quiet, because
   * what goes on after a response cannot be seen between two of its queries. A function that was awaited, and left no query
   * behind, is over at once.
   */
  async settled(): Promise<void> {
    await Promise.all(this.children.map((child) => child.settled()))
    if (this.closed) return
    // The timers that close traces do not keep the process alive; whoever waits here does.
    const waiting = setTimeout(() => {}, AFTERMATH_MS)
    const closed = new Promise<void>((resolve) => {
      this.#whenClosed ??= []
      this.#whenClosed.push(resolve)
    })
    if (this.#durationMs !== undefined) this.#closeSoon()
    await closed
    clearTimeout(waiting)
  }

  /** A query is under way, or the last one was a moment ago: others may follow. */
  get isBusy(): boolean {
    if (this.closed) return false
    const { startMs = 0, durationMs = 0 } = this.queries.at(-1) ?? { startMs: Number.NEGATIVE_INFINITY }
    // Those that are not kept have no times, but only a trace that is quiet closes.
    const hasLeftOut = this.truncated > 0 && this.quietAt !== undefined
    return this.#pending > 0 || hasLeftOut || this.now() < startMs + durationMs + IDLE_MS
  }

  /** Once what the analysis has to know is there; `now` does without it. */
  close({ now = false, waits = MOST_WAITS } = {}): void {
    if (this.closed) return
    const loading =
      now || waits === 0 || this.#isCounting ? undefined : this.#settings.loading(this.connections)
    if (loading !== undefined) {
      void loading.then(() => this.close({ waits: waits - 1 }))
      return
    }
    this.closed = true
    this.#durationMs ??= this.now()
    clearTimeout(this.#timer)
    this.finished = this.#finish(this)
    if (!this.isObserved) this.#leaveParent()
    this.onClosed?.traceClosed()
    for (const resolve of this.#whenClosed ?? []) resolve()
  }

  /** A test looks at the traces that began inside its own when all is over. */
  get isObserved(): boolean {
    return this.kind === 'test' || this.parent?.isObserved === true
  }

  /** A worker that never ends begins one trace after the other. */
  #leaveParent(): void {
    const siblings = this.parent ? (this.parent.#children ?? []) : []
    const position = siblings.indexOf(this)
    if (position >= 0) siblings.splice(position, 1)
    this.parent = undefined
  }

  /**
   * Drops what it holds, once it has been read: sockets and timers keep the context they were made in, and this trace with
   * it, for as long as they live. A test keeps what it looks at.
   */
  letGo(): void {
    this.input = undefined
    if (this.isObserved) return
    this.queries = []
    this.finished = undefined
    this.#connections = undefined
    this.#transactions = undefined
  }

  /** The trace as detectors read it. Queries resolve their call sites on demand. */
  toTrace(id: string): Trace {
    return {
      v: 1,
      id,
      kind: this.kind,
      name: this.name,
      startedAt: isoTime(epochMs() - this.now()),
      durationMs: this.durationMs,
      labels: this.labels,
      ...(this.#settings.application ? { application: this.#settings.application } : {}),
      truncated: this.truncated,
      ...(Object.keys(this.#cut ?? {}).length > 0 ? { cut: this.#cut as TraceCut } : {}),
      ...(this.counted ? { onlyCounted: this.#onlyCounted(this.counted) } : {}),
      queries: this.queries,
    }
  }

  #onlyCounted({ queries, control }: Expectation): OnlyCounted {
    return { queries, control, databaseMs: this.countedMs }
  }

  /** Until its end was announced, or until now. */
  get durationMs(): number {
    return this.#durationMs ?? this.now()
  }

  /** Milliseconds since it began. */
  now(): number {
    return now() - this.#start
  }

  #closeSoon(): void {
    if (this.closed) return
    const nowMs = now()
    const leftMs = this.#start + (this.#durationMs ?? 0) + AFTERMATH_MS - nowMs
    if (this.#pending > 0) {
      this.quietAt = undefined
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.close(), leftMs)
      this.#timer.unref()
    } else if (this.#whenClosed !== undefined && this.kind !== 'http' && !this.#goesOn) {
      this.close()
    } else {
      this.quietAt = nowMs + Math.min(IDLE_MS, leftMs)
      this.#settings.closing.add(this)
    }
  }
}

/** One query that is kept, while it is under way. */
class FullRecording implements QueryRecording {
  readonly #trace: LiveTrace
  readonly #query: RecordedQuery
  readonly #settings: TraceSettings
  #sentMs: number | undefined
  #isOpen = true
  #isCut = false
  #keptFields: readonly DriverField[] | undefined

  constructor(trace: LiveTrace, query: RecordedQuery, settings: TraceSettings) {
    this.#trace = trace
    this.#query = query
    this.#settings = settings
  }

  sent(connection: object): void {
    if (!this.#isOpen || this.#trace.closed) return
    this.#leave()
    this.#query.connection = this.#trace.numberConnection(connection)
  }

  inTransaction(transaction: object): void {
    if (!this.#trace.closed) this.#query.transaction = this.#trace.numberTransaction(transaction)
  }

  received(bytes: number): void {
    if (!this.#trace.closed) this.#query.bytes = bytes
  }

  arrived(row: unknown, fields: readonly DriverField[] | undefined, bytes: number): void {
    if (!this.#isOpen || this.#trace.closed) return
    if (fields) this.#query.fields = fields
    this.#keep([row], bytes)
  }

  finished({ rowCount, fields, rows = [] }: Outcome): void {
    if (!this.#isOpen || this.#trace.closed) return
    const query = this.#query
    query.rows = rowCount
    if (fields) query.fields = fields
    if (rows.length > 0) this.#keep(rows, query.bytes && query.bytes / Math.max(rowCount, rows.length))
    if (this.#isCut) this.#trace.keptValues.countCutResult()
    this.#settle()
  }

  failed(code: string): void {
    if (!this.#isOpen || this.#trace.closed) return
    this.#query.error = code
    // What never left has only waited.
    if (this.#sentMs === undefined) this.#leave()
    this.#settle()
  }

  handsOver(rows: readonly unknown[] | undefined, shape?: () => RowShape): void {
    if (rows && !this.#trace.closed && this.#query.sqlLength === undefined)
      this.#settings.rowWatcher?.watch(this.#query, rows, shape)
  }

  /** The first rows, as they are now. Of several statements in one text those of the last one. */
  #keep(rows: readonly unknown[], bytesPerRow: number | undefined): void {
    if (this.#isCut) return
    const query = this.#query
    const trace = this.#trace
    if (!query.kept || query.fields !== this.#keptFields) query.kept = new KeptCells(query.fields)
    this.#keptFields = query.fields
    const most = this.#settings.limits.rowsPerQuery - query.kept.rowCount
    const count = trace.keptValues.takeRows(rows, most, bytesPerRow)
    for (let at = 0; at < count; at++) query.kept.add(rows[at], trace.queries.length)
    this.#isCut = count < rows.length
  }

  #leave(): void {
    this.#sentMs = this.#trace.now()
    this.#query.waitMs = this.#sentMs - this.#query.startMs
  }

  #settle(): void {
    this.#isOpen = false
    const query = this.#query
    query.endedAfter = this.#trace.queries.length
    query.durationMs = this.#trace.now() - (this.#sentMs ?? query.calledMs)
    this.#trace.settle()
  }
}

/** Numbers what it is given in the order it is met: 1, 2, 3. */
function numberOf(thing: object, numbers: Map<object, number>): number {
  const number = numbers.get(thing) ?? numbers.size + 1
  numbers.set(thing, number)
  return number
}
