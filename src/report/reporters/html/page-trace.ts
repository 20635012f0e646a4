// A trace as the page shows it: the times of its queries, and the facts about each of them except its values.
import type { Frame, Query, ValueFlow } from '../../../types/query.ts'
import type { Trace } from '../../../types/trace.ts'

export interface PageTrace extends Pick<Trace, 'id' | 'kind' | 'name' | 'truncated'> {
  startedAt?: string | undefined
  /** Milliseconds from the start to the end of the trace, or to the end of its last query. */
  durationMs: number
  status?: string | undefined
  queries: readonly PageQuery[]
}

export interface PageQuery
  extends Pick<Query, 'rows' | 'bytes' | 'via' | 'connection' | 'transaction' | 'prepared' | 'error'> {
  /** Position among the statements. */
  sql: number
  startMs: number
  waitMs: number
  durationMs: number
  /** Positions among the frames, innermost first. */
  callSite: readonly number[]
  builtAt?: number | undefined
  afterResponse?: boolean | undefined
  flow?: readonly ValueFlow[] | undefined
}

/** Maximum number of callers shown for a query. */
const FRAMES = 6

/** `statement` and `frame` return the numbers of their arguments. */
export function pageTrace(
  { id, kind, name, truncated, startedAt, durationMs = 0, labels, queries }: Trace,
  statement: (sql: string) => number,
  frame: (frame: Frame) => number,
): PageTrace {
  let endMs = 0
  const timed = queries.map((query) => {
    const { startMs = endMs, waitMs = 0, durationMs: runMs = 0 } = query
    endMs = Math.max(endMs, startMs + waitMs + runMs)
    return pageQuery(query, { startMs, waitMs, durationMs: runMs }, statement, frame)
  })
  return {
    id,
    kind,
    name,
    truncated,
    startedAt,
    durationMs: Math.max(durationMs, endMs),
    status: labels?.status,
    queries: timed,
  }
}

function pageQuery(
  query: Query,
  times: Pick<PageQuery, 'startMs' | 'waitMs' | 'durationMs'>,
  statement: (sql: string) => number,
  frame: (frame: Frame) => number,
): PageQuery {
  const { sql, rows, bytes, via, connection, transaction, prepared, error, callSite = [], builtAt } = query
  return {
    sql: statement(sql),
    startMs: round(times.startMs),
    waitMs: round(times.waitMs),
    durationMs: round(times.durationMs),
    callSite: callSite.slice(0, FRAMES).map(frame),
    builtAt: builtAt && frame(builtAt),
    ...defined({ rows, bytes, via, connection, transaction, prepared, error }),
    afterResponse: query.afterResponse || undefined,
    flow: query.flow?.map(({ param, query: earlier, column, table, rows: count }) => ({
      param,
      query: earlier,
      column,
      rows: count,
      ...(table === undefined ? {} : { table }),
    })),
  }
}

function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: NonNullable<T[K]> }
}

/** Rounds to microseconds, which is finer than any clock here and needs a third of the characters. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
