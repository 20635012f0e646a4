// Answers the badge, which runs in the pages of the application and therefore has neither token nor cookie. It gets its script,
// and two counts for each trace whose id it knows from a response. Ids are unguessable, and only the origins that the
// developer named may read the counts.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { script } from './badge-bundle.ts'

export interface BadgeCounts {
  queries: number
  findings: number
}

/** The counts for each id that the panel knows. */
export type BadgeAnswer = Readonly<Record<string, BadgeCounts>>

export interface BadgeSource {
  /** As `badgeOrigins` returns them. */
  origins: ReadonlySet<string>
  /** Undefined as long as the trace is unknown. */
  count(id: string): BadgeCounts | undefined
}

/** As many as the badge shows at most. */
const MOST_IDS = 100
const ID = /^[\w-]{16,64}$/

/** Returns whether the request was for the badge and is answered. */
export function answerBadge(
  request: IncomingMessage,
  response: ServerResponse,
  source: BadgeSource,
): boolean {
  const [path, search = ''] = (request.url ?? '').split('?', 2)
  if (path !== '/badge.js' && path !== '/badge') return false
  response.setHeader('x-content-type-options', 'nosniff')
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end()
  } else if (path === '/badge.js') {
    response
      .writeHead(200, {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'no-cache',
        // A page with Cross-Origin-Embedder-Policy loads nothing without this header.
        'cross-origin-resource-policy': 'cross-origin',
      })
      .end(script)
  } else {
    answerCounts(request.headers.origin, search, response, source)
  }
  return true
}

function answerCounts(
  origin: string | undefined,
  search: string,
  response: ServerResponse,
  { origins, count }: BadgeSource,
): void {
  response.setHeader('vary', 'origin')
  response.setHeader('cache-control', 'no-store')
  if (origin === undefined || !origins.has(origin)) {
    response.writeHead(403).end()
    return
  }
  const ids = (new URLSearchParams(search).get('ids') ?? '').split(',', MOST_IDS)
  const known = ids.flatMap((id) => {
    const counts = ID.test(id) ? count(id) : undefined
    return counts ? [[id, { queries: counts.queries, findings: counts.findings }] as const] : []
  })
  response
    .writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': origin })
    .end(JSON.stringify(Object.fromEntries(known) satisfies BadgeAnswer))
}
