// Records the queries of one pool of postgres.js. The trace and the parameters are those of the moment at which the application
// awaits or executes a query; the line is that of the tag, because an `await` reads `then` when the application is no
// longer on the stack.
import type { Recorder } from '../../src/profiler/recorder.ts'
import type { CapturedStack } from '../../src/trace/call-site/call-site.ts'
import type { QueryStart } from '../../src/trace/query-recording.ts'
import { type Connection, connectionsOf } from './connections.ts'
import { around, type FollowedQuery, followQuery } from './follow-query.ts'
import type { OptionsInside, QueryInside } from './postgres-like.ts'
import type { Statement, WriteStatement } from './statement-of-query.ts'
import type { WatchedPool } from './watch-copy.ts'

export function recordQueries(
  recorder: Recorder,
  options: OptionsInside,
  writeStatement: WriteStatement,
  connected: (connection: Connection) => void,
): WatchedPool {
  const { context, countInternalError } = recorder
  const pool = { connectionOf: connectionsOf(connected), countInternalError }

  const record = (query: QueryInside, madeAt: CapturedStack | undefined) => {
    const statement = writeStatement(query)
    const recording = recorder.startQuery(new PostgresQueryStart(query, statement, madeAt, options))
    return recording && followQuery(query, statement.sql, recording, pool)
  }

  return {
    recorder,
    handled(query, madeAt) {
      // A query that was cancelled before is never sent, and one without a text is refused by postgres.js.
      if (query.cancelled || (query.strings.length > 0 && typeof query.strings[0] !== 'string')) return
      let followed: FollowedQuery | undefined
      const start = () => {
        followed = record(query, madeAt)
      }
      if (query.strings.length > 0) start()
      else whenRead(query, context.bind(start), countInternalError)
      // postgres.js calls these from the socket, whose context is that of another query.
      const { forEachFn, cursorFn } = query
      if (forEachFn) {
        const forEach = context.bind(forEachFn)
        query.forEachFn = (row, result) => {
          followed?.arrived([row], result)
          return forEach(row, result)
        }
      }
      if (cursorFn) {
        around(query, 'cursorFn', (original) => {
          const cursor = context.bind(original)
          return (rows) => {
            followed?.arrived(rows, rows)
            return cursor(rows)
          }
        })
      }
    },
  }
}

/** The statement of `sql.file` is known when the file has been read, just before the query is handed to a connection. */
function whenRead(
  query: QueryInside,
  act: () => void,
  countInternalError: Recorder['countInternalError'],
): void {
  let current = query.strings
  Object.defineProperty(query, 'strings', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(value: readonly string[]) {
      current = value
      Object.defineProperty(query, 'strings', { value, writable: true, configurable: true, enumerable: true })
      try {
        act()
      } catch (error) {
        countInternalError(error)
      }
    },
  })
}

class PostgresQueryStart implements QueryStart {
  readonly via = 'postgres.js'
  readonly sql: string
  readonly madeAt: CapturedStack | undefined
  readonly #params: Statement['params']
  readonly #query: QueryInside
  readonly #options: OptionsInside

  constructor(
    query: QueryInside,
    { sql, params }: Statement,
    madeAt: CapturedStack | undefined,
    options: OptionsInside,
  ) {
    this.sql = sql
    this.#params = params
    this.madeAt = madeAt
    this.#query = query
    this.#options = options
  }

  get params(): readonly unknown[] {
    return this.#params()
  }

  /** postgres.js names its prepared statements with random text, which is not kept. */
  get prepared(): string | undefined {
    const { prepare = true, simple } = this.#query.options
    return this.#options.prepare && prepare && !simple ? '~' : undefined
  }

  get inPortions(): boolean {
    return this.#query.cursorRows !== undefined || this.#query.forEachFn !== undefined
  }
}
