// The findings, worst first: enough of each one to decide which one to look at.
import * as v from 'valibot'
import type { FindingRow, FindingState } from '../../panel/panel-api.ts'
import { findingTitle } from '../../report/finding-title.ts'
import type { Confidence, Severity } from '../../types/finding.ts'
import { fittingRows } from '../answer.ts'
import { quotePlace } from '../place.ts'
import { quote, unquote } from '../quoted-text.ts'
import { shortKey } from '../short-key.ts'
import type { Tool } from '../tool.ts'
import { cursor, leftOut, start } from './pages.ts'

const input = v.object({
  route: v.optional(
    v.pipe(v.string(), v.description('Only findings of this route, such as GET /orders/:id.')),
  ),
  cursor,
})

interface ListedFinding {
  key: string
  severity: Severity
  confidence: Confidence
  title: string
  route: string
  at?: string
  /** Round trips that the worst request could save. */
  savesRoundTrips?: number
  state: FindingState
  /** Requests that showed it, of all captured ones of its route. */
  requests: string
  lastSeen?: string
}

export interface FindingList {
  findings: readonly ListedFinding[]
  total: number
  leftOut?: string
  cursor?: string
  next: string
}

export const listFindings: Tool<v.InferOutput<typeof input>, FindingList> = {
  name: 'list_findings',
  title: 'List findings',
  description:
    'Costly query patterns (N+1, duplicates, unbounded reads) seen in the application, worst first, each with key, route, source line and state.',
  input,
  isReadOnly: true,
  async answer({ api, call }, { route, cursor: from }) {
    const asked = route === undefined ? undefined : unquote(route)
    const all = (await api.findings()).filter(({ finding }) => asked === undefined || finding.route === asked)
    const first = start(from)
    const rows = all.slice(first).map(listed)
    const next =
      rows.length > 0
        ? `For proof, source and remedy: ${call('get_finding', { key: rows[0]?.key })}`
        : `There are no findings${first > 0 ? ' beyond this cursor' : ''}. To see what ran: ${call('list_requests')}`
    const fields = { total: all.length, next }
    const shown = fittingRows(fields, rows)
    return { findings: shown, ...leftOut(first, shown.length, all.length, 'findings'), ...fields }
  },
}

function listed({ finding, status, requests, ofRequests, lastSeen }: FindingRow): ListedFinding {
  const { key, severity, confidence, route, callSite, cost } = finding
  return {
    key: shortKey(key),
    severity,
    confidence,
    title: quote(findingTitle(finding), 200),
    route: quote(route, 200),
    ...(callSite[0] ? { at: quotePlace(callSite[0]) } : {}),
    ...(cost.roundTrips > 0 ? { savesRoundTrips: cost.roundTrips } : {}),
    state: status.state,
    requests: `${requests} of ${ofRequests}`,
    ...(lastSeen === undefined ? {} : { lastSeen }),
  }
}
