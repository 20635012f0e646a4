// The queries of one request: grouped by statement and line, or one by one in the order in which they started.
import * as v from 'valibot'
import { PanelError, type RequestDetail } from '../../panel/panel-api.ts'
import { fingerprint } from '../../sql/index.ts'
import type { Query } from '../../types/query.ts'
import { fittingRows } from '../answer.ts'
import { requestId } from '../find-request.ts'
import { folderOf } from '../folder-of-process.ts'
import { quotePlace } from '../place.ts'
import { quote } from '../quoted-text.ts'
import { type RequestSummary, rounded, summarize } from '../request-summary.ts'
import { shortKey } from '../short-key.ts'
import type { Tool } from '../tool.ts'
import { requestInput } from './inputs.ts'
import { cursor, leftOut, start } from './pages.ts'

const input = v.object({
  id: requestInput,
  whole: v.optional(
    v.pipe(v.boolean(), v.description('Each query on its own. Default: equal queries of a line as one.')),
  ),
  cursor,
})

/** Equal queries of one line. */
interface QueryGroup {
  count: number
  query: string
  at?: string
  rows?: number
  bytes?: number
  databaseMs: number
  /** Position of the first of them, which explain_query takes. */
  first: number
}

interface SingleQuery {
  position: number
  query: string
  at?: string
  startMs?: number
  waitMs?: number
  databaseMs?: number
  rows?: number
  bytes?: number
  error?: string
  transaction?: number
}

export interface TraceAnswer {
  request: RequestSummary
  groups?: readonly QueryGroup[]
  queries?: readonly SingleQuery[]
  /** Queries that are in no row, because the application's limit was reached or because they were only counted. */
  notKept?: string
  leftOut?: string
  cursor?: string
  next: string
}

export const getTrace: Tool<v.InferOutput<typeof input>, TraceAnswer> = {
  name: 'get_trace',
  title: 'Get a trace',
  description:
    'The queries of one request with lines, rows, bytes and times: equal queries as one group, or whole, one by one.',
  input,
  isReadOnly: true,
  async answer({ api, folder, call }, { id: given, whole = false, cursor: from }) {
    const id = await requestId(api, given, call('list_requests'))
    const detail = await api.request(id)
    const base = (await folderOf(api, detail.request.process)) ?? folder
    const all = whole
      ? detail.trace.queries.map((query, position) => describeQuery(query, position, base))
      : groupsOf(detail.trace.queries, base)
    const first = start(from)
    if (first > 0 && first >= all.length)
      throw new PanelError(
        `The trace ends before this cursor. From its beginning: ${call('get_trace', { id, whole })}`,
      )
    const rows = all.slice(first)
    const next = nextCall(call, detail, whole, id)
    const fields = { request: summarize(detail.request), ...notKept(detail), next }
    const shown = fittingRows<QueryGroup | SingleQuery>(fields, rows)
    return {
      request: fields.request,
      [whole ? 'queries' : 'groups']: shown,
      ...leftOut(first, shown.length, all.length, whole ? 'queries' : 'groups'),
      ...notKept(detail),
      next,
    }
  },
}

function groupsOf(queries: readonly Query[], folder: string): QueryGroup[] {
  const groups = new Map<string, QueryGroup & { exactMs: number }>()
  for (const [position, query] of queries.entries()) {
    const { key, text } = fingerprint(query.sql)
    const [frame] = query.callSite ?? []
    const name = `${key} ${frame?.file}:${frame?.line}`
    const group = groups.get(name) ?? {
      count: 0,
      query: quote(text, 400),
      ...(frame ? { at: quotePlace(frame, folder) } : {}),
      databaseMs: 0,
      exactMs: 0,
      first: position,
    }
    group.count++
    group.exactMs += query.durationMs ?? 0
    if (query.rows !== undefined) group.rows = (group.rows ?? 0) + query.rows
    if (query.bytes !== undefined) group.bytes = (group.bytes ?? 0) + query.bytes
    groups.set(name, group)
  }
  return [...groups.values()].map(({ exactMs, ...group }) => ({
    ...group,
    ...rounded({ databaseMs: exactMs }),
  }))
}

function describeQuery(query: Query, position: number, folder: string): SingleQuery {
  const { sql, callSite, startMs, waitMs, durationMs, rows, bytes, error, transaction } = query
  const [frame] = callSite ?? []
  return {
    position,
    query: quote(sql, 400),
    ...(frame ? { at: quotePlace(frame, folder) } : {}),
    ...rounded({ startMs, waitMs, databaseMs: durationMs }),
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(error === undefined ? {} : { error: quote(error, 40) }),
    ...(transaction === undefined ? {} : { transaction }),
  }
}

function notKept({ trace }: RequestDetail): { notKept?: string } {
  const counted = trace.onlyCounted?.queries ?? 0
  const parts = [
    ...(counted > 0 ? [`${counted} queries before these were only counted`] : []),
    ...(trace.truncated > 0 ? [`${trace.truncated} queries after these were counted, not kept`] : []),
  ]
  return parts.length > 0 ? { notKept: parts.join('; ') } : {}
}

function nextCall(
  call: Parameters<Tool['answer']>[0]['call'],
  { findings }: RequestDetail,
  whole: boolean,
  id: string,
): string {
  const [worst] = findings
  if (worst) return `For the worst finding in it: ${call('get_finding', { key: shortKey(worst.key) })}`
  return whole
    ? `For the plan of one: ${call('explain_query', { id, query: 0 })}`
    : `For each query on its own: ${call('get_trace', { id, whole: true })}`
}
