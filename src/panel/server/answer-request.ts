// Answers one HTTP request to the panel. The page itself holds no data, so it is served without the token; every other answer
// needs it. No file is ever served, so no path of a request can name one.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerBadge, type BadgeSource } from '../badge/answer-badge.ts'
import { PanelError } from '../panel-api.ts'
import type { Access, Refusal } from './access.ts'
import { isMethod, type MethodName, readArguments } from './api-arguments.ts'
import type { EventStream } from './event-stream.ts'

/** The longest arguments are a key and a text to search for. */
const MOST_BODY_BYTES = 64 * 1024
/** A file of saved traces. */
const MOST_FILE_BYTES = 20 * 1024 * 1024

export interface AnswerSources {
  access: Access
  page: { html: string; policy: string }
  methods: Readonly<Record<MethodName, (...given: never[]) => Promise<unknown>>>
  events: EventStream
  badge: BadgeSource
}

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
const NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'"

export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  sources: AnswerSources,
): Promise<void> {
  const { access, badge, events, methods, page } = sources
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  response.setHeader('content-security-policy', NOTHING_ALLOWED)
  const { headers, method = '' } = request
  const [path = '', search = ''] = (request.url ?? '').split('?', 2)

  const host = access.refuseHost(request)
  if (host) return refuse(response, host)
  if (answerBadge(request, response, badge)) return
  const origin = access.refuseOrigin(headers)
  if (origin) return refuse(response, origin)
  if (path === '/' && (method === 'GET' || method === 'HEAD'))
    return answerPage(response, new URLSearchParams(search).get('token'), access, page)

  const stranger = access.refuseStranger(headers)
  if (stranger) return refuse(response, stranger)
  if (path === '/events' && method === 'GET') {
    const after = new URLSearchParams(search).get('after') ?? headers['last-event-id']
    const isServed = await events.serve(response, typeof after === 'string' ? after : undefined)
    if (!isServed) answerJson(response, 503, { error: 'Too many pages of the panel are open. Close one.' })
    return
  }
  const name = path.startsWith('/api/') ? path.slice('/api/'.length) : ''
  if (!isMethod(name)) return answerJson(response, 404, { error: 'The panel has no such address.' })
  await answerMethod(request, response, name, methods[name])
}

/** The printed address has the token. The cookie takes its place, so that it is in no history and in no screenshot. */
function answerPage(
  response: ServerResponse,
  token: string | null,
  access: Access,
  page: AnswerSources['page'],
): void {
  if (token === null) {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy }
    response.writeHead(200, headers).end(page.html)
  } else if (access.isToken(token)) {
    response.writeHead(303, { location: '/', 'set-cookie': access.cookie }).end()
  } else {
    const error =
      'This address is of an earlier start of the panel. Open the one that pg-loupe dev printed last.'
    refuse(response, { status: 403, error })
  }
}

async function answerMethod(
  request: IncomingMessage,
  response: ServerResponse,
  name: MethodName,
  call: AnswerSources['methods'][MethodName],
): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST')
    return answerJson(response, 405, { error: 'Ask by POST.' })
  }
  // A form of another page cannot send this type without a preflight request, which is never answered.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    return answerJson(response, 415, { error: 'Send the arguments as content-type: application/json.' })
  const most = name === 'openTraces' ? MOST_FILE_BYTES : MOST_BODY_BYTES
  const body = await readBody(request, most)
  if (body === undefined) {
    response.setHeader('connection', 'close')
    return answerJson(response, 413, { error: `The body has more than ${most} bytes.` })
  }
  let given: readonly unknown[]
  try {
    given = readArguments(name, JSON.parse(body))
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'The body is not JSON.'
    return answerJson(response, 400, { error: reason })
  }
  try {
    answerJson(response, 200, (await call(...(given as never[]))) ?? null)
  } catch (error) {
    if (error instanceof PanelError) return answerJson(response, 404, { error: error.message })
    throw error
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage, most: number): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function refuse(response: ServerResponse, { status, error }: Refusal): void {
  answerJson(response, status, { error })
}

export function answerJson(response: ServerResponse, status: number, answer: unknown): void {
  const text = JSON.stringify(answer)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text)
}
