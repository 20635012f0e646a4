// The queries of one trace that are kept, within its limits, and the numbers of their connections and transactions.
import type { TraceCut } from '../types/trace.ts'
import { startOfText } from './cut-statement.ts'
import type { RecordedQuery, RecordedStart } from './recorded-query.ts'
import type { TraceLimits } from './trace-settings.ts'
import { KeptValues } from './value-flow/kept-values.ts'

export class CapturedQueries {
  queries: RecordedQuery[] = []
  /** Queries that were sent after the limit had been reached. They were only counted. */
  truncated = 0
  /** Counts the parts of queries that were left out to stay within the limits. */
  readonly cut: TraceCut = {}
  /** Parameters and results are kept until their limit is reached. */
  readonly values: KeptValues
  readonly #limits: TraceLimits
  #connections: Map<object, number> | undefined
  #transactions: Map<object, number> | undefined

  constructor(limits: TraceLimits) {
    this.#limits = limits
    this.values = new KeptValues(limits, this.cut)
  }

  /** No further query is kept. */
  get isFull(): boolean {
    return this.queries.length >= this.#limits.queriesPerTrace
  }

  /** The connections that the queries were sent over. */
  get connections(): Iterable<object> {
    return this.#connections?.keys() ?? []
  }

  /** The start of a query with no more of its text and parameters than the limits allow. */
  bounded(start: RecordedStart): RecordedStart {
    const { statementLength } = this.#limits
    const params = this.values.params(start.params)
    if (start.sql.length <= statementLength) return params === start.params ? start : { ...start, params }
    this.cut.statements = (this.cut.statements ?? 0) + 1
    const sql = startOfText(start.sql, statementLength)
    return { ...start, sql, sqlLength: start.sql.length, params: undefined }
  }

  numberOfConnection(connection: object): number {
    this.#connections ??= new Map()
    return numberOf(connection, this.#connections)
  }

  numberOfTransaction(transaction: object): number {
    this.#transactions ??= new Map()
    return numberOf(transaction, this.#transactions)
  }

  /** Drops the queries and what they refer to; the counts stay. */
  letGo(): void {
    this.queries = []
    this.#connections = undefined
    this.#transactions = undefined
  }
}

/** Numbers objects in the order in which they are first seen: 1, 2, 3. */
function numberOf(thing: object, numbers: Map<object, number>): number {
  const number = numbers.get(thing) ?? numbers.size + 1
  numbers.set(thing, number)
  return number
}
