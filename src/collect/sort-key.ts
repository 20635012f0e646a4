// Orders the traces of several processes by kind, name and content, so that two runs of one program give the same order,
// whichever process was faster. Times, process-dependent numbers and drawn names do not count. Facts that may differ between
// two runs of the same program (sizes in bytes, connections) count only between traces that are equal otherwise.
import { createHash } from 'node:crypto'
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'

/** A text that sorts a trace among those of its kind and name. */
export function sortKeyOf({ queries, truncated, labels }: Trace): string {
  const values = namesByOrder()
  const results = namesByOrder()
  const content = queries.map((query) => [
    fingerprint(query.sql).key,
    query.limit,
    query.offset,
    query.valueHashes?.map((name) => (typeof name === 'string' ? values(name) : name.map(values))),
    query.rows,
    query.resultHash === undefined ? undefined : results(query.resultHash),
    query.columns?.map(({ name, table }) => [name, table]),
    query.via,
    query.tables,
    query.afterResponse,
    query.inPortions,
    query.error,
    query.callSite,
    query.builtAt,
    query.flow?.map(({ param, query, column, table, rows }) => [param, query, column, table, rows]),
    query.bound && [query.bound.rows, query.bound.nested, query.bound.reason, query.bound.table],
    query.effects,
    usageOf(query),
    query.ignored,
  ])
  const connections = namesByOrder()
  const transactions = namesByOrder()
  const rest = queries.map(({ sql, prepared, ignored, bytes, usage, bound, connection, transaction }) => [
    sql,
    prepared,
    ignored,
    bytes,
    usage?.unreadBytes,
    bound?.tableRows,
    connections(String(connection)),
    transactions(String(transaction)),
  ])
  return digest([truncated, content]) + digest([labels, rest])
}

function usageOf({ usage }: Query): unknown {
  if (!usage) return undefined
  const { read, serialized, unread, named, rowsTouched, firstTouched, rowsWatched } = usage
  return [read, serialized, unread, named, rowsTouched, firstTouched, rowsWatched]
}

/** Enough that no two of some millions of traces are taken for one by chance. */
const DIGEST_LENGTH = 16

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, DIGEST_LENGTH)
}

/** Drawn names as numbers, in the order they are met. */
function namesByOrder(): (name: string) => number {
  const numbers = new Map<string, number>()
  return (name) => {
    const number = numbers.get(name) ?? numbers.size
    numbers.set(name, number)
    return number
  }
}
