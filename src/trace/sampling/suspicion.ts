// In production nothing is captured before something is suspicious within the trace itself: one statement again and again,
// a slow query, a huge result. From there on the trace is captured, so that the rest of a loop has its line.
import { fingerprint } from '../../sql/index.ts'
import type { Expectation, KnownStatement } from './known-routes.ts'

/** Sendings of one statement that are no reason for suspicion: helpers that are called from some places. */
const FEW_SENDINGS = 4
/** Statements and queries of one trace that are counted before it is captured whatever it does. */
const MANY_QUERIES = 100
const MANY_ROWS = 10_000

/** The expectation for a trace about which nothing is learned yet. */
export class Suspicion implements Expectation {
  queries = 0
  control = 0
  readonly #slowMs: number
  readonly #statements = new Map<string, KnownStatement>()

  constructor(slowMs: number) {
    this.#slowMs = slowMs
  }

  count(sql: string): KnownStatement | undefined {
    const { key, kind } = fingerprint(sql)
    let statement = this.#statements.get(key)
    if (!statement) {
      const isControl = kind === 'transaction' || kind === 'set'
      statement = { number: this.#statements.size, key, isControl, most: 0, size: 0, slow: false }
      this.#statements.set(key, statement)
    }
    if (this.queries >= MANY_QUERIES || (statement.most >= FEW_SENDINGS && !statement.isControl))
      return undefined
    statement.most++
    this.queries++
    if (statement.isControl) this.control++
    return statement
  }

  isUsual(_statement: KnownStatement, durationMs: number, rows: number): boolean {
    return durationMs <= this.#slowMs && rows < MANY_ROWS
  }

  fits(): boolean {
    return true
  }
}
