// The requests that ran, newest first.
import * as v from 'valibot'
import { fittingRows } from '../answer.ts'
import { quote, unquote } from '../quoted-text.ts'
import { type RequestSummary, summarize } from '../request-summary.ts'
import type { Tool } from '../tool.ts'

const input = v.object({
  route: v.optional(v.pipe(v.string(), v.description('Only this route, such as GET /orders/:id.'))),
  text: v.optional(v.pipe(v.string(), v.description('Words in the route, its findings or its status.'))),
  hasFindings: v.optional(v.boolean()),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, 'the cursor of an answer'),
      v.description('The cursor of the answer before.'),
    ),
  ),
})

export interface RequestList {
  requests: readonly RequestSummary[]
  /** The number of the newest request, which await_request can continue from. */
  newest: number
  leftOut?: string
  cursor?: string
  next: string
}

/** More never fit into an answer. */
const PAGE = 100

export const listRequests: Tool<v.InferOutput<typeof input>, RequestList> = {
  name: 'list_requests',
  title: 'List requests',
  description:
    'Requests, jobs and tests that ran, newest first: route, status, number of queries, times, keys of their findings.',
  input,
  isReadOnly: true,
  async answer({ api, call }, { route, text, hasFindings, cursor }) {
    const [{ newest }, found] = await Promise.all([
      api.status(),
      api.requests({
        route: route === undefined ? undefined : unquote(route),
        text: text === undefined ? undefined : unquote(text),
        hasFindings,
        before: cursor === undefined ? undefined : Number(cursor),
        limit: PAGE,
      }),
    ])
    const rows = found.map(summarize)
    const fields = { newest, next: nextCall(call, rows[0], route) }
    const shown = fittingRows(fields, rows)
    const last = shown.at(-1)
    const isMore = last !== undefined && (shown.length < rows.length || rows.length === PAGE)
    return {
      requests: shown,
      ...(isMore ? { leftOut: 'older requests', cursor: String(last.number) } : {}),
      ...fields,
    }
  },
}

function nextCall(
  call: Parameters<Tool['answer']>[0]['call'],
  first: RequestSummary | undefined,
  route: string | undefined,
): string {
  if (first) return `For the queries of one: ${call('get_trace', { id: first.id })}`
  const what = route === undefined ? 'No request matches' : `No request of ${quote(route, 200)} is known`
  return `${what}. Send one to the application, then: ${call('await_request')}`
}
