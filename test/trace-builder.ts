// Traces for tests, written as short as they are read: `trace('GET /orders', q('select …', [1]))`.
import type { Frame, Query, ValueFlow } from '../src/types/query.ts'
import type { Trace } from '../src/types/trace.ts'

export function trace(name: string, ...queries: (Query | Query[])[]): Trace {
  const flat = queries.flat().map((query, index) => ({ startMs: index, durationMs: 0.5, ...query }))
  return { v: 1, id: `http ${name} #1`, kind: 'http', name, truncated: 0, queries: flat }
}

/** A query; `more` may name its line (`at: 'orders.ts:41 list'`, callers after it) and anything else of a query. */
export function q(
  sql: string,
  params: readonly unknown[] = [],
  { at, ...more }: Partial<Query> & { at?: string | readonly string[] } = {},
): Query {
  return { sql, params, ...(at ? { callSite: [at].flat().map(frame) } : {}), ...more }
}

/** The same query for each of the values. */
export function each(values: readonly unknown[], make: (value: unknown, index: number) => Query): Query[] {
  return values.map(make)
}

export function from(query: number, column: string, rows: number, param = 0): { flow: ValueFlow[] } {
  return { flow: [{ param, query, column, rows }] }
}

/** `orders.ts:41:9 list`; column and function may be missing. */
export function frame(text: string): Frame {
  const match = /^(\S+?):(\d+)(?::(\d+))?(?: (.+))?$/.exec(text)
  if (!match) throw new Error(`not a frame: ${text}`)
  const [, file = '', line, column, name] = match
  return {
    file,
    line: Number(line),
    ...(column ? { column: Number(column) } : {}),
    ...(name ? { function: name } : {}),
  }
}
