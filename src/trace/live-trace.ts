// The queries of one unit of work while it runs, in the order they started. It knows when it is over: after its end
// has been announced, as soon as no query is under way any more and none has followed for a moment.
import type { Trace, TraceCut, TraceKind } from '../types.ts'
import type { ResolveCallSite } from './call-site.ts'
import { startOfText } from './cut-statement.ts'
import { KeptValues, type ValueLimits } from './kept-values.ts'
import { type Outcome, type QueryStart, RecordedQuery } from './recorded-query.ts'
import type { RowShape } from './row-watch.ts'
import type { RowWatcher } from './row-watcher.ts'
import type { SingleValue } from './single-values.ts'

export interface TraceStart {
  kind: TraceKind
  name: string
  labels?: Record<string, string>
  /** The trace it is part of. Default: the one that the calling code runs in. */
  parent?: LiveTrace | undefined
  /** Also looks for queries that a single row has led to, in the traces inside it too: an assertion asks for that. */
  findsSingleValues?: boolean
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
  resolveCallSite: ResolveCallSite
  /** Absent when rows are not to be watched. */
  rowWatcher?: RowWatcher | undefined
  /** A promise while what the analysis has to know is being loaded; it never rejects. */
  loading(): Promise<void> | undefined
}

/**
 * How a driver tells what became of a query it has announced. Safe to call in any order, any number of times; what
 * comes after the trace has closed is ignored, because the trace has been read by then.
 */
export interface QueryRecording {
  /** Of this many rows the values are followed; the driver need not keep more for us. */
  readonly rowLimit: number
  /** And of rows of no more bytes. */
  readonly byteLimit: number
  /** The statement leaves for the server, over the connection that this object stands for. */
  sent(connection: object): void
  /** The query is part of the transaction that this object stands for. */
  inTransaction(transaction: object): void
  /** Bytes that came back so far. */
  received(bytes: number): void
  finished(outcome: Outcome): void
  failed(code: string): void
  /** What the library between the driver and the application made of the rows. */
  mapped(rows: readonly unknown[]): void
  /** These rows go to the application now; `shape` says where rows are nested in them. */
  handsOver(rows: readonly unknown[] | undefined, shape?: () => RowShape): void
}

/** Work that goes on after a response usually follows within this time; the trace waits for it before it closes. */
const IDLE_MS = 50
/** Neither a query that never answers (an abandoned stream) nor an endless loop keeps an ended trace open for longer. */
const AFTERMATH_MS = 10_000

export class LiveTrace {
  readonly kind: TraceKind
  name: string
  readonly labels: Record<string, string>
  /** While both are open, or a test wants to see what happened inside it. */
  parent: LiveTrace | undefined
  readonly children: LiveTrace[] = []
  queries: RecordedQuery[] = []
  readonly findsSingleValues: boolean
  /** Once the trace has closed, if they were looked for. */
  singleValues: readonly SingleValue[] = []
  truncated = 0
  closed = false
  /** The sealed trace, once it has closed, for some time. */
  finished: Trace | undefined
  readonly #settings: TraceSettings
  readonly #finish: (trace: LiveTrace) => Trace | undefined
  readonly #startedAt = new Date()
  readonly #start = performance.now()
  #durationMs: number | undefined
  readonly #connections = new Map<object, number>()
  readonly #transactions = new Map<object, number>()
  readonly #cut: TraceCut = {}
  readonly #values: KeptValues
  #pending = 0
  #timer: NodeJS.Timeout | undefined
  #whenClosed: (() => void)[] = []

  constructor(
    start: TraceStart,
    settings: TraceSettings,
    parent: LiveTrace | undefined,
    finish: (trace: LiveTrace) => Trace | undefined,
  ) {
    this.kind = start.kind
    this.name = start.name
    this.labels = start.labels ?? {}
    this.findsSingleValues = start.findsSingleValues ?? parent?.findsSingleValues ?? false
    this.#settings = settings
    this.#values = new KeptValues(settings.limits, this.#cut)
    this.#finish = finish
    if (parent && (!parent.closed || parent.isObserved)) {
      this.parent = parent
      parent.children.push(this)
    }
  }

  /** Records that the application sends a query; `undefined` once the trace is closed or its limit is reached. */
  startQuery(start: QueryStart): QueryRecording | undefined {
    if (this.closed) return undefined
    if (this.isFull) {
      this.truncated++
      return undefined
    }
    const calledMs = this.#now()
    const query = new RecordedQuery(this.#bounded(start), calledMs, this.#settings.resolveCallSite)
    if (this.#durationMs !== undefined) query.afterResponse = true
    this.queries.push(query)
    this.#pending++
    if (this.#durationMs !== undefined) this.#closeSoon()
    return this.#record(query)
  }

  #bounded(start: QueryStart): QueryStart {
    const { statementLength } = this.#settings.limits
    const params = this.#values.params(start.params)
    if (start.sql.length <= statementLength) return params === start.params ? start : { ...start, params }
    this.#cut.statements = (this.#cut.statements ?? 0) + 1
    const sql = startOfText(start.sql, statementLength)
    return { ...start, sql, sqlLength: start.sql.length, params: undefined }
  }

  #record(query: RecordedQuery): QueryRecording {
    const { rowsPerQuery } = this.#settings.limits
    let sentMs: number | undefined
    let open = true
    const settle = () => {
      open = false
      query.durationMs = this.#now() - (sentMs ?? query.calledMs)
      this.#pending--
      if (this.#pending === 0 && this.#durationMs !== undefined) this.#closeSoon()
    }
    return {
      rowLimit: rowsPerQuery,
      byteLimit: this.#values.bytesLeft,
      sent: (connection) => {
        if (!open || this.closed) return
        sentMs = this.#now()
        query.waitMs = sentMs - query.startMs
        query.connection = numberOf(connection, this.#connections)
      },
      inTransaction: (transaction) => {
        if (!this.closed) query.transaction = numberOf(transaction, this.#transactions)
      },
      received: (bytes) => {
        if (!this.closed) query.bytes = bytes
      },
      finished: ({ rowCount, fields, rows }) => {
        if (!open || this.closed) return
        query.rows = rowCount
        if (fields) query.fields = fields
        if (rows && rows.length > 0) {
          const bytesPerRow = query.bytes && query.bytes / Math.max(rowCount, rows.length)
          query.keptRows = this.#values.rows(rows, rowsPerQuery, bytesPerRow)
        }
        settle()
      },
      mapped: (rows) => {
        if (!this.closed) query.mappedRows = rows.slice(0, query.keptRows?.length ?? rowsPerQuery)
      },
      failed: (code) => {
        if (!open || this.closed) return
        query.error = code
        // What never left has only waited.
        if (sentMs === undefined) {
          sentMs = this.#now()
          query.waitMs = sentMs - query.startMs
        }
        settle()
      },
      handsOver: (rows, shape) => {
        if (rows && !this.closed && query.sqlLength === undefined)
          this.#settings.rowWatcher?.watch(query, rows, shape)
      },
    }
  }

  /** No further query would be kept. */
  get isFull(): boolean {
    return this.queries.length >= this.#settings.limits.queriesPerTrace
  }

  /** The unit of work is done (the response is sent); queries from now on are its aftermath. */
  end(): void {
    if (this.#durationMs !== undefined) return
    this.#durationMs = this.#now()
    this.#closeSoon()
  }

  get hasEnded(): boolean {
    return this.#durationMs !== undefined
  }

  /** Resolves when the trace and the traces begun inside it have closed; ended ones do not wait for stragglers. */
  async settled(): Promise<void> {
    await Promise.all(this.children.map((child) => child.settled()))
    if (this.closed) return
    const closed = new Promise<void>((resolve) => this.#whenClosed.push(resolve))
    if (this.#durationMs !== undefined) this.#closeSoon()
    await closed
  }

  /** Once what the analysis has to know is there; `now` does without it. */
  close({ now = false } = {}): void {
    if (this.closed) return
    const loading = now ? undefined : this.#settings.loading()
    if (loading !== undefined) {
      void loading.then(() => this.close({ now: true }))
      return
    }
    this.closed = true
    this.#durationMs ??= this.#now()
    clearTimeout(this.#timer)
    this.finished = this.#finish(this)
    if (!this.isObserved) this.#leaveParent()
    for (const resolve of this.#whenClosed) resolve()
  }

  /** A test looks at the traces that began inside its own when all is over. */
  get isObserved(): boolean {
    return this.kind === 'test' || this.parent?.isObserved === true
  }

  /** A worker that never ends begins one trace after the other. */
  #leaveParent(): void {
    const siblings = this.parent?.children ?? []
    const position = siblings.indexOf(this)
    if (position >= 0) siblings.splice(position, 1)
    this.parent = undefined
  }

  /**
   * Drops what it holds, once it has been read: sockets and timers keep the context they were made in, and this trace with
   * it, for as long as they live. A test keeps what it looks at.
   */
  letGo(): void {
    if (this.isObserved) return
    this.queries = []
    this.finished = undefined
    this.#connections.clear()
    this.#transactions.clear()
  }

  /** The trace as detectors read it. Queries resolve their call sites on demand. */
  toTrace(id: string): Trace {
    return {
      v: 1,
      id,
      kind: this.kind,
      name: this.name,
      startedAt: this.#startedAt.toISOString(),
      durationMs: this.#durationMs ?? this.#now(),
      labels: this.labels,
      truncated: this.truncated,
      ...(Object.keys(this.#cut).length > 0 ? { cut: this.#cut } : {}),
      queries: this.queries,
    }
  }

  #now(): number {
    return performance.now() - this.#start
  }

  #closeSoon(): void {
    clearTimeout(this.#timer)
    if (this.closed) return
    const idle = this.#pending === 0
    if (idle && this.#whenClosed.length > 0) {
      this.close()
      return
    }
    const leftMs = (this.#durationMs ?? 0) + AFTERMATH_MS - this.#now()
    this.#timer = setTimeout(() => this.close(), idle ? Math.min(IDLE_MS, leftMs) : leftMs)
    this.#timer.unref()
  }
}

/** Numbers what it is given in the order it is met: 1, 2, 3. */
function numberOf(thing: object, numbers: Map<object, number>): number {
  const number = numbers.get(thing) ?? numbers.size + 1
  numbers.set(thing, number)
  return number
}
