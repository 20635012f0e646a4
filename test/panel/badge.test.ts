// Tests the answers of the panel to the badge. test/browser/panel runs the badge itself in Chromium.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type TestContext, test } from 'vitest'
import { answerBadge } from '../../src/panel/badge/answer-badge.ts'
import { badgeOrigins } from '../../src/panel/badge/badge-origins.ts'

const KNOWN = 'known-id-of-a-trace-1'
const APPLICATION = 'http://localhost:3000'

async function serve({ onTestFinished }: TestContext) {
  const source = {
    origins: badgeOrigins([APPLICATION]),
    count: (id: string) =>
      id === KNOWN ? { queries: 26, findings: 1, route: 'GET /orders', sql: 'select 1' } : undefined,
  }
  const server = createServer((request, response) => {
    if (!answerBadge(request, response, source)) response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

const from = (origin: string): RequestInit => ({ headers: { origin } })

test('an origin that was named gets two counts for each known id, and nothing else', async (t) => {
  const get = await serve(t)
  const response = await get(`/badge?ids=${KNOWN},unknown-id-of-a-trace`, from(APPLICATION))
  expect(response.headers.get('access-control-allow-origin')).toBe(APPLICATION)
  expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  expect(await response.json()).toEqual({ [KNOWN]: { queries: 26, findings: 1 } })
})

test.for(['http://localhost:3001', 'https://localhost:3000', 'http://localhost.evil.example:3000', 'null'])(
  'the origin %s, which was not named, gets nothing',
  async (origin, t) => {
    const get = await serve(t)
    const response = await get(`/badge?ids=${KNOWN}`, from(origin))
    expect([response.status, await response.text()]).toEqual([403, ''])
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  },
)

test('a request without an origin, such as an image or a form, gets nothing', async (t) => {
  const get = await serve(t)
  expect((await get(`/badge?ids=${KNOWN}`)).status).toBe(403)
})

test.for(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method, t) => {
  const get = await serve(t)
  expect((await get(`/badge?ids=${KNOWN}`, { ...from(APPLICATION), method })).status).toBe(405)
})

test('names that every object has, and markup, are no ids', async (t) => {
  const get = await serve(t)
  const ids = ['__proto__', 'constructor', '<script>', '', '%00'].join(',')
  expect(await (await get(`/badge?ids=${ids}`, from(APPLICATION))).json()).toEqual({})
  expect(await (await get('/badge', from(APPLICATION))).json()).toEqual({})
})

test('the script is served to any page, and other paths are left to the panel', async (t) => {
  const get = await serve(t)
  const script = await get('/badge.js')
  expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
  expect(await script.text()).toContain('pg-loupe-badge')
  expect((await get('/badges')).status).toBe(404)
})

test('an origin is a scheme, a host and a port', () => {
  expect([...badgeOrigins(['http://localhost:3000/', 'https://app.test'])]).toEqual([
    'http://localhost:3000',
    'https://app.test',
  ])
  for (const wrong of [
    '*',
    'null',
    'localhost:3000',
    'http://localhost:3000/app',
    'file:///tmp',
    'http://a@localhost',
  ])
    expect(() => badgeOrigins([wrong])).toThrow(`but got ${wrong}`)
})
