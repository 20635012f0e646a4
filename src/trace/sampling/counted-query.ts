// One query that is only counted, while it is under way: when it left and when it was answered, and nothing else.

import { now } from '../../host/real-time.ts'
import type { LiveTrace, QueryRecording } from '../live-trace.ts'
import type { Outcome } from '../recorded-query.ts'
import type { KnownStatement } from './known-routes.ts'

export class CountedQuery implements QueryRecording {
  readonly #trace: LiveTrace
  readonly #statement: KnownStatement
  #sentMs = -1
  #isOpen = true

  constructor(trace: LiveTrace, statement: KnownStatement) {
    this.#trace = trace
    this.#statement = statement
  }

  sent(): void {
    if (!this.#isOpen || this.#sentMs >= 0) return
    this.#sentMs = now()
    this.#trace.countedLeaves(this.#sentMs)
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
    const trace = this.#trace
    if (this.#sentMs >= 0) {
      const nowMs = now()
      trace.countedReturns(nowMs)
      if (trace.counted?.isUsual(this.#statement, nowMs - this.#sentMs, rows) === false)
        trace.captureFromHere()
    }
    trace.settle()
  }
}
