// Tests that every response names its trace while the panel is connected, however its headers are written, and that nothing else of
// the response changes.
import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { traceRequests } from '../../../src/http/trace-requests.ts'
import { createProfiler, type Profiler } from '../../../src/profiler/profiler.ts'
import { coreOf } from '../../../src/profiler/profiler-core.ts'
import { type TinyPanel, tinyPanel } from './tiny-panel.ts'

const panel = await tinyPanel()
afterAll(() => panel.close())
const silent = { console: 'off', catalog: false, hints: false } as const
const profiler = createProfiler({ ...silent, panel: panel.address.address })
await vi.waitFor(() => expect(coreOf(profiler).panelUrl()).toBeDefined(), { timeout: 20_000 })

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const traced = (own: Profiler = profiler) => traceRequests(own, { namer: { name: () => undefined } })

async function respond(
  handler: (response: ServerResponse, request: IncomingMessage) => unknown,
  tracers = [traced()],
): Promise<Response> {
  const server = http.createServer((request, response) => {
    const run = tracers.reduceRight(
      (next, tracer) => () => tracer(request, response, next),
      () => void handler(response, request),
    )
    run()
  })
  return fetch(`http://127.0.0.1:${await listen(server)}/`)
}

const idOf = (headers: Headers) => {
  const { url } = panel.address
  const [, id] = /^(.*)$/.exec((headers.get('pg-loupe-trace') ?? '').replace(`${url}#request=`, '')) ?? []
  return id
}
const inPanel = (at: TinyPanel, id: string | undefined) =>
  at.until((message) => message.type === 'trace' && message.id === id && message)

test.each<[string, (response: ServerResponse) => unknown]>([
  ['end', (response) => response.end('ok')],
  ['write and end', (response) => response.write('o') && response.end('k')],
  ['a stream', (response) => Readable.from(['o', 'k']).pipe(response)],
  ['writeHead', (response) => response.writeHead(200).end('ok')],
  ['writeHead with a reason', (response) => response.writeHead(200, 'Fine').end('ok')],
  ['writeHead with headers', (response) => response.writeHead(200, { 'X-Own': '1' }).end('ok')],
  [
    'writeHead with a reason and headers',
    (response) => response.writeHead(200, 'Fine', { 'X-Own': '1' }).end('ok'),
  ],
  ['writeHead with names and values', (response) => response.writeHead(200, ['X-Own', '1']).end('ok')],
  [
    'flushHeaders',
    (response) => {
      response.flushHeaders()
      response.end('ok')
    },
  ],
  ['a status without a body', (response) => response.writeHead(204).end()],
  [
    'an informational response before it',
    (response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('ok')
    },
  ],
])('a response by %s names its trace in both headers', async (_form, handler) => {
  const { headers } = await respond(handler)
  const id = idOf(headers)
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(headers.get('server-timing')).toBe(`pg-loupe;desc="${id}"`)
  expect(await inPanel(panel, id)).toMatchObject({ trace: { kind: 'http', labels: { method: 'GET' } } })
})

test('headers of the application stay, and its entries of Server-Timing come first', async () => {
  const { headers } = await respond((response) => {
    response.setHeader('Server-Timing', 'own;dur=1')
    response.setHeader('X-Own', 'kept')
    response.end('ok')
  })
  expect(headers.get('server-timing')).toBe(`own;dur=1, pg-loupe;desc="${idOf(headers)}"`)
  expect(headers.get('x-own')).toBe('kept')
})

test('a header that a proxy copied from another profiled server is replaced', async () => {
  const { headers } = await respond((response) =>
    response.writeHead(200, { 'pg-loupe-trace': 'http://127.0.0.1:4983/#request=other' }).end('ok'),
  )
  expect(idOf(headers)).toMatch(/^[0-9a-f]{32}$/)
})

test('a stand-in without queries names nothing beside the trace that is kept', async () => {
  const standIn = createProfiler({ ...silent, panel: panel.address.address })
  const standsIn = traceRequests(standIn, { namer: { name: () => undefined }, isStandIn: true })
  const { headers } = await respond((response) => response.end('ok'), [standsIn, traced()])
  const id = idOf(headers)
  expect(headers.get('server-timing')).toBe(`pg-loupe;desc="${id}"`)
  await inPanel(panel, id)
})

test('a response of the compatibility API of node:http2 names its trace', async () => {
  const tracer = traced()
  const server = http2.createServer((request, response) => {
    tracer(request, response, () => response.end('ok'))
  })
  const session = http2.connect(`http://127.0.0.1:${await listen(server)}`)
  const stream = session.request({ ':path': '/' })
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
  stream.resume()
  await once(stream, 'close')
  session.close()
  expect(headers['pg-loupe-trace']).toMatch(/#request=[0-9a-f]{32}$/)
})

test.each<[string, () => Promise<Profiler>]>([
  ['there is no panel', async () => createProfiler(silent)],
  [
    'the panel is not connected',
    async () => {
      const gone = await tinyPanel()
      await gone.close()
      return createProfiler({ ...silent, panel: gone.address.address })
    },
  ],
])('a response names no trace while %s', async (_why, make) => {
  const { headers } = await respond((response) => response.end('ok'), [traced(await make())])
  expect(headers.has('pg-loupe-trace')).toBe(false)
  expect(headers.has('server-timing')).toBe(false)
})
