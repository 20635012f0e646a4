// The record of one query that is kept, while it is running. Facts that arrive after its trace has closed are ignored,
// because the trace has been read by then.
import type { CapturedQueries } from './captured-queries.ts'
import type { DriverField, Outcome, QueryRecording } from './query-recording.ts'
import type { RecordedQuery } from './recorded-query.ts'
import type { RowShape } from './row-usage/row-watch.ts'
import type { TraceSettings } from './trace-settings.ts'
import { KeptCells } from './value-flow/kept-cells.ts'

/** The trace that the query belongs to. */
interface RecordingTrace {
  readonly closed: boolean
  /** Milliseconds since the trace started. */
  now(): number
  /** One query less is running. */
  settle(): void
}

export class FullRecording implements QueryRecording {
  readonly #trace: RecordingTrace
  readonly #captured: CapturedQueries
  readonly #query: RecordedQuery
  readonly #settings: TraceSettings
  #sentMs: number | undefined
  #isOpen = true
  #isCut = false
  #keptFields: readonly DriverField[] | undefined

  constructor(
    trace: RecordingTrace,
    captured: CapturedQueries,
    query: RecordedQuery,
    settings: TraceSettings,
  ) {
    this.#trace = trace
    this.#captured = captured
    this.#query = query
    this.#settings = settings
  }

  get isCounted(): boolean {
    return false
  }

  sent(connection: object): void {
    if (!this.#isOpen || this.#trace.closed) return
    this.#leave()
    this.#query.connection = this.#captured.numberOfConnection(connection)
  }

  inTransaction(transaction: object): void {
    if (!this.#trace.closed) this.#query.transaction = this.#captured.numberOfTransaction(transaction)
  }

  received(bytes: number): void {
    if (!this.#trace.closed) this.#query.bytes = bytes
  }

  arrived(row: unknown, fields: readonly DriverField[] | undefined, bytes?: number): void {
    if (!this.#isOpen || this.#trace.closed) return
    if (fields) this.#query.fields = fields
    this.#keep([row], bytes)
  }

  finished({ rowCount, fields, rows }: Outcome): void {
    if (!this.#isOpen || this.#trace.closed) return
    const query = this.#query
    query.rows = rowCount
    if (fields) query.fields = fields
    if (rows && rows.length > 0)
      this.#keep(rows, query.bytes && query.bytes / Math.max(rowCount, rows.length))
    if (this.#isCut) this.#captured.values.countCutResult()
    this.#settle()
  }

  failed(code: string): void {
    if (!this.#isOpen || this.#trace.closed) return
    this.#query.error = code
    // A query that was never sent has spent all its time waiting.
    if (this.#sentMs === undefined) this.#leave()
    this.#settle()
  }

  handsOver(rows: readonly unknown[] | undefined, shape?: () => RowShape): void {
    if (rows && !this.#trace.closed && this.#query.sqlLength === undefined)
      this.#settings.rowWatcher?.watch(this.#query, rows, shape)
  }

  /** Keeps the cells of the first rows as they are now. When one text holds several statements, those of the last result are kept. */
  #keep(rows: readonly unknown[], bytesPerRow: number | undefined): void {
    if (this.#isCut) return
    try {
      const query = this.#query
      if (!query.kept || query.fields !== this.#keptFields) query.kept = new KeptCells(query.fields)
      this.#keptFields = query.fields
      const { queries, values } = this.#captured
      const most = this.#settings.limits.rowsPerQuery - query.kept.rowCount
      const count = values.takeRows(rows, most, bytesPerRow)
      for (let at = 0; at < count; at++) query.kept.add(rows[at], queries.length)
      this.#isCut = count < rows.length
    } catch (error) {
      // A getter of a row, or a proxy, can throw.
      this.#isCut = true
      this.#settings.countError(error)
    }
  }

  #leave(): void {
    this.#sentMs = this.#trace.now()
    this.#query.waitMs = this.#sentMs - this.#query.startMs
  }

  #settle(): void {
    this.#isOpen = false
    const query = this.#query
    query.endedAfter = this.#captured.queries.length
    query.durationMs = this.#trace.now() - (this.#sentMs ?? query.calledMs)
    this.#trace.settle()
  }
}
