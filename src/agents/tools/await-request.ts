// Waits for a request that the agent sends by its own means.
import * as v from 'valibot'
import { unquote } from '../quoted-text.ts'
import { type RequestSummary, summarize } from '../request-summary.ts'
import type { Tool } from '../tool.ts'
import { afterInput, waitInput, waitMs } from './inputs.ts'

const input = v.object({
  route: v.optional(v.pipe(v.string(), v.description('Only this route, such as GET /orders/:id.'))),
  text: v.optional(v.pipe(v.string(), v.description('Words in the route, its findings or its status.'))),
  hasFindings: v.optional(v.boolean()),
  after: afterInput('Only requests after this number ("newest" of list_requests). Default: from now on.'),
  waitSeconds: waitInput,
})

export interface AwaitedRequest {
  /** Absent when none came in time. */
  request?: RequestSummary
  /** The number to continue after. */
  newest: number
  next: string
}

export const awaitRequest: Tool<v.InferOutput<typeof input>, AwaitedRequest> = {
  name: 'await_request',
  title: 'Await a request',
  description:
    'Waits for the first matching request after a number. Call list_requests first, send the request yourself, then call this with its "newest" as "after".',
  input,
  isReadOnly: true,
  async answer({ api, call }, { route, text, hasFindings, after, waitSeconds }) {
    const since = after ?? (await api.status()).newest
    const found = await api.awaitRequest({
      route: route === undefined ? undefined : unquote(route),
      text: text === undefined ? undefined : unquote(text),
      hasFindings,
      after: since,
      timeoutMs: waitMs(waitSeconds),
    })
    if (found) {
      const request = summarize(found)
      return {
        request,
        newest: found.number,
        next: `For its queries: ${call('get_trace', { id: found.id })}`,
      }
    }
    return {
      newest: since,
      next: `No such request came in time. Send one, then: ${call('await_request', { ...(route === undefined ? {} : { route }), after: since })}`,
    }
  },
}
