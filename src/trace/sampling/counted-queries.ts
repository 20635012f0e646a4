// The queries of a trace that are only counted: how many they are, and how long at least one of them was running.
import { now } from '../../host/real-time.ts'
import type { OnlyCounted } from '../../types/trace.ts'
import type { Outcome, QueryRecording } from '../query-recording.ts'
import type { Expectation, KnownStatement } from './known-routes.ts'

/** The trace that the queries belong to. */
interface CountingTrace {
  /** A query has been sent or was refused; one less is running. */
  settle(): void
  /** A query was not as expected: further queries are captured. */
  captureFromHere(): void
}

export class CountedQueries {
  readonly expectation: Expectation
  /** Milliseconds in which at least one of the queries was running. */
  busyMs = 0
  #running = 0
  #runningSinceMs = 0

  constructor(expectation: Expectation) {
    this.expectation = expectation
  }

  get count(): number {
    return this.expectation.queries
  }

  /** Counts a query; `undefined` when it was not expected. */
  start(sql: string, trace: CountingTrace): CountedQuery | undefined {
    const statement = this.expectation.count(sql)
    return statement && new CountedQuery(trace, this, statement)
  }

  sent(atMs: number): void {
    if (this.#running++ === 0) this.#runningSinceMs = atMs
  }

  answered(atMs: number): void {
    if (--this.#running === 0) this.busyMs += atMs - this.#runningSinceMs
  }

  toFacts(): OnlyCounted {
    const { queries, control } = this.expectation
    return { queries, control, databaseMs: this.busyMs }
  }
}

/** One query that is only counted, while it is running: when it was sent and when it was answered, and nothing else. */
export class CountedQuery implements QueryRecording {
  readonly #trace: CountingTrace
  readonly #queries: CountedQueries
  readonly #statement: KnownStatement
  #sentMs = -1
  #isOpen = true

  constructor(trace: CountingTrace, queries: CountedQueries, statement: KnownStatement) {
    this.#trace = trace
    this.#queries = queries
    this.#statement = statement
  }

  get isCounted(): boolean {
    return true
  }

  sent(): void {
    if (!this.#isOpen || this.#sentMs >= 0) return
    this.#sentMs = now()
    this.#queries.sent(this.#sentMs)
  }

  finished({ rowCount }: Pick<Outcome, 'rowCount'>): void {
    if (this.#isOpen) this.#settle(rowCount)
  }

  failed(_code?: string): void {
    if (this.#isOpen) this.#settle(0)
  }

  inTransaction(): void {}
  received(): void {}
  arrived(): void {}
  handsOver(): void {}

  #settle(rows: number): void {
    this.#isOpen = false
    if (this.#sentMs >= 0) {
      const nowMs = now()
      this.#queries.answered(nowMs)
      const { expectation } = this.#queries
      if (!expectation.isUsual(this.#statement, nowMs - this.#sentMs, rows)) this.#trace.captureFromHere()
    }
    this.#trace.settle()
  }
}
