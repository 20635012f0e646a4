// Whether a finding is gone after a change. The first call asks for full capture of the route and says from which request on to
// judge; after the agent has sent a request, the second call judges. Only a full capture after the first call can say `fixed`.
import * as v from 'valibot'
import type { FindingState, FindingStatus, PanelApi, RequestRow } from '../../panel/panel-api.ts'
import { quote } from '../quoted-text.ts'
import { type RequestSummary, summarize } from '../request-summary.ts'
import { findingWithKey, shortKey } from '../short-key.ts'
import type { Sources, Tool } from '../tool.ts'
import { afterInput, keyInput, waitInput, waitMs } from './inputs.ts'

const input = v.object({
  key: keyInput,
  since: afterInput('The "since" of the first call. Without it the check begins now.'),
  waitSeconds: waitInput,
})

export interface Verified {
  key: string
  state: FindingState
  reason: string
  /** The request that decided, or the latest one that could not decide. */
  request?: RequestSummary
  /** Requests after this number are judged. */
  since: number
  next: string
}

export const verifyFix: Tool<v.InferOutput<typeof input>, Verified> = {
  name: 'verify_fix',
  title: 'Verify a fix',
  description:
    'Says whether a finding is fixed, still_there, not_exercised or inconclusive. Call it with waitSeconds 0 after the change: it arms full capture and returns "since". Send a request of the route, then call it again with that "since".',
  input,
  isReadOnly: false,
  async answer(sources, { key: given, since: from, waitSeconds }) {
    const { api, call } = sources
    const row = await findingWithKey(api, given, call('list_findings'))
    const since = from ?? (await api.status()).newest
    const { key, route } = row.finding
    const status = await api.verify(key, waitMs(waitSeconds), since)
    const request = status.request === undefined ? undefined : await requestOf(api, status.request)
    const { state, reason } = isFounded(status, request, since) ? status : UNFOUNDED
    const short = shortKey(key)
    return {
      key: short,
      state,
      reason: quote(reason, 400),
      ...(request && state !== 'not_exercised' ? { request: summarize(request) } : {}),
      since,
      next: nextCall(sources, state, short, route, since),
    }
  },
}

const UNFOUNDED = {
  state: 'not_exercised',
  reason: 'No request of the route has been captured in full since the check began.',
} as const

/** A fix is proven by a full capture after the check began, and by nothing else. */
function isFounded({ state }: FindingStatus, request: RequestRow | undefined, since: number): boolean {
  return state !== 'fixed' || (request?.capture === 'full' && request.number > since)
}

/** A request that was only counted has no trace, but a row. */
async function requestOf(api: PanelApi, id: string): Promise<RequestRow | undefined> {
  const detail = await api.request(id).catch(() => undefined)
  return detail?.request ?? (await api.requests({ limit: 1000 })).find((row) => row.id === id)
}

function nextCall({ call }: Sources, state: FindingState, key: string, route: string, since: number): string {
  if (state === 'fixed') return `The finding is gone. For what is left: ${call('list_findings')}`
  if (state === 'still_there')
    return `After the next change, begin again: ${call('verify_fix', { key, waitSeconds: 0 })}`
  const send =
    state === 'inconclusive'
      ? `Send a request to ${quote(route, 200)} that returns several rows`
      : `Send a request to ${quote(route, 200)}`
  return `${send}, then: ${call('verify_fix', { key, since })}`
}
