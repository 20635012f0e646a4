// Follows one query of postgres.js from the moment it is handed to a connection to its end. postgres.js calls functions and sets
// fields of the query object itself: `active` when the server begins with it, `resolve` and `reject` at its end. These are
// replaced, and put back when the query has ended. A listener (`then`) is not possible, because it would mark the error of a
// query as handled.
import type { QueryRecording } from '../../src/trace/query-recording.ts'
import type { Connection } from './connections.ts'
import { codeOf, fieldsOf, outcomeOf, resultsOf } from './outcome.ts'
import type { Backend, QueryInside, ResultLike } from './postgres-like.ts'

export interface Following {
  connectionOf(backend: Backend): Connection
  countInternalError(error: unknown): void
}

export interface FollowedQuery {
  /** Rows have come that are passed to a callback of the application. */
  arrived(rows: readonly unknown[], result: ResultLike): void
}

export function followQuery(
  query: QueryInside,
  sql: string,
  recording: QueryRecording,
  pool: Following,
): FollowedQuery {
  let connection: Connection | undefined
  let received = 0
  const restores: (() => void)[] = []

  const quietly = (note: () => void) => {
    try {
      note()
    } catch (error) {
      pool.countInternalError(error)
    }
  }
  const end = () => {
    for (const restore of restores.splice(0)) restore()
  }
  const sent = () => {
    if (connection || !query.state) return
    connection = pool.connectionOf(query.state)
    recording.sent(connection)
  }
  const noteTransaction = (results: readonly ResultLike[]) => {
    const own = connection?.afterResults(results, sql)
    if (own) recording.inTransaction(own)
  }

  const resolved = (value: unknown) => {
    const results = resultsOf(value)
    // This is the stream of a COPY. postgres.js calls `resolve` once more when the COPY has ended.
    if (!results) return
    end()
    noteTransaction(results)
    const outcome = outcomeOf(value)
    if (received > 0) recording.finished({ rowCount: received, fields: outcome.fields })
    else if (query.isRaw === true) recording.finished({ ...outcome, rows: undefined })
    else recording.finished(outcome)
    // This comes last, because from here on each read of a row counts as a read by the application.
    if (results.length === 1 && received === 0 && !query.isRaw && !recording.isCounted)
      recording.handsOver(outcome.rows)
  }
  const rejected = (error: unknown) => {
    end()
    const own = connection?.afterError(sql)
    if (own) recording.inTransaction(own)
    recording.failed(codeOf(error))
  }
  const arrived = (rows: readonly unknown[], { columns, statement }: ResultLike) => {
    received += rows.length
    const fields = fieldsOf(columns ?? statement?.columns)
    if (query.isRaw !== true) for (const row of rows) recording.arrived(row, fields)
  }

  restores.push(
    whenSet(query, 'active', (isActive) => {
      if (isActive) quietly(sent)
    }),
    around(query, 'resolve', (resolve) => (value: unknown) => {
      quietly(() => resolved(value))
      return resolve(value)
    }),
    around(query, 'reject', (reject) => (error: unknown) => {
      quietly(() => rejected(error))
      return reject(error)
    }),
  )
  return {
    arrived(rows, result) {
      quietly(() => arrived(rows, result))
    },
  }
}

/** Has `heard` called after each assignment of the field. Returns the function that makes it a plain field again. */
function whenSet<Name extends keyof QueryInside>(
  query: QueryInside,
  name: Name,
  heard: (value: QueryInside[Name]) => void,
): () => void {
  let current = query[name]
  Object.defineProperty(query, name, {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(value: QueryInside[Name]) {
      current = value
      heard(value)
    },
  })
  return () => putBack(query, name, current)
}

/**
 * Puts the function that `wrap` returns in the place of a function that the query carries. The iterator of a cursor assigns new
 * ones for each portion; these are wrapped too.
 */
export function around<Name extends 'resolve' | 'reject' | 'cursorFn'>(
  query: QueryInside,
  name: Name,
  wrap: (original: NonNullable<QueryInside[Name]>) => QueryInside[Name],
): () => void {
  let current = query[name] as NonNullable<QueryInside[Name]>
  let wrapped = wrap(current)
  Object.defineProperty(query, name, {
    configurable: true,
    enumerable: true,
    get: () => wrapped,
    set(value: NonNullable<QueryInside[Name]>) {
      current = value
      wrapped = wrap(value)
    },
  })
  return () => putBack(query, name, current)
}

function putBack(query: QueryInside, name: string, value: unknown): void {
  Object.defineProperty(query, name, { value, writable: true, configurable: true, enumerable: true })
}
