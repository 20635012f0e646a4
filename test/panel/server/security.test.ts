// Everything that a hostile page, another user of the machine, or a broken process could send to the panel's port. Raw bytes are
// sent, because fetch refuses to send most of it.
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parsePanelAddress } from '../../../src/panel/panel-address.ts'
import { startPanel } from '../../../src/panel/server/start-panel.ts'
import { finding } from '../../report-builder.ts'
import { q, trace } from '../../trace-builder.ts'
import {
  connectProcess,
  request,
  requestsArrived,
  sendRaw,
  statusOf,
  type TestPanel,
  testPanel,
  traceMessage,
} from './panel-fixture.ts'

const SECRET = 'secret_table'
const JSON_TYPE = { 'Content-Type': 'application/json' }

/** A panel that has something to hide. */
async function panelWithRequest(options = {}): Promise<TestPanel> {
  const panel = await testPanel(options)
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', trace('GET /orders', q(`select * from ${SECRET}`)), [finding()]))
  await requestsArrived(panel, 1)
  return panel
}

const bearer = ({ token }: TestPanel) => ({ Authorization: `Bearer ${token}` })
const cookie = ({ port, token }: TestPanel) => ({ Cookie: `other=1; pg-loupe-${port}=${token}` })

describe('the token', () => {
  test('has at least 128 bits, and each start has another one', async () => {
    const [one, other] = [await testPanel(), await testPanel()]
    expect(Buffer.from(one.token, 'base64url').length).toBeGreaterThanOrEqual(16)
    expect(one.token).not.toBe(other.token)
  })

  test('is needed to read and to act', async () => {
    const panel = await panelWithRequest()
    for (const path of ['status', 'findings', 'requests', 'request', 'pin', 'open', 'explain', 'verify']) {
      const answer = await request(panel, `POST /api/${path}`, JSON_TYPE, '[]')
      expect([path, statusOf(answer)]).toEqual([path, 401])
      expect(answer).not.toContain(SECRET)
    }
    expect(statusOf(await request(panel, 'GET /events'))).toBe(401)
    const upgrade = { Upgrade: 'pg-loupe', Connection: 'Upgrade' }
    const raw = Object.entries({ Host: `127.0.0.1:${panel.port}`, ...upgrade })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    expect(statusOf(await sendRaw(panel.port, `GET /process HTTP/1.1\r\n${raw}\r\n`))).toBe(401)
  })

  test.each(['Bearer', 'Bearer wrong', 'Basic dXNlcjpwYXNz', `Bearer ${'a'.repeat(43)}`])(
    'is not "%s"',
    async (authorization) => {
      const panel = await panelWithRequest()
      const headers = { ...JSON_TYPE, Authorization: authorization }
      expect(statusOf(await request(panel, 'POST /api/requests', headers, '[]'))).toBe(401)
    },
  )

  test('in the printed address becomes a cookie that no script and no other site can use', async () => {
    const panel = await panelWithRequest()
    const answer = await request(panel, `GET /?token=${panel.token}`)
    expect(statusOf(answer)).toBe(303)
    expect(answer).toMatch(/^location: \/\r$/im)
    expect(answer).toContain(`pg-loupe-${panel.port}=${panel.token}; HttpOnly; SameSite=Strict; Path=/`)
    expect(
      statusOf(await request(panel, 'POST /api/requests', { ...JSON_TYPE, ...cookie(panel) }, '[]')),
    ).toBe(200)
  })

  test('in a link that is wrong sets no cookie', async () => {
    const panel = await panelWithRequest()
    const answer = await request(panel, `GET /?token=${'a'.repeat(43)}`)
    expect(statusOf(answer)).toBe(403)
    expect(answer.toLowerCase()).not.toContain('set-cookie')
  })

  test('is refused by another panel on this machine, although cookies do not know ports', async () => {
    const [panel, other] = [await panelWithRequest(), await testPanel()]
    const headers = { ...JSON_TYPE, ...cookie(other) }
    expect(statusOf(await request(panel, 'POST /api/requests', headers, '[]'))).toBe(401)
  })
})

describe('a page of another origin', () => {
  test.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    'http://localhost:3000',
    'http://127.0.0.1',
  ])('%s reads nothing, even with the cookie', async (origin) => {
    const panel = await panelWithRequest()
    const headers = { ...JSON_TYPE, ...cookie(panel), Origin: origin }
    const answers = [
      await request(panel, 'POST /api/requests', headers, '[]'),
      await request(panel, 'GET /events', headers),
      await request(panel, 'OPTIONS /api/requests', { ...headers, 'Access-Control-Request-Method': 'POST' }),
    ]
    for (const answer of answers) {
      expect(statusOf(answer)).toBe(403)
      expect(answer.toLowerCase()).not.toContain('access-control-allow')
      expect(answer).not.toContain(SECRET)
    }
  })

  test.each(['cross-site', 'same-site', 'none'])(
    'that the browser calls %s is refused without an Origin',
    async (site) => {
      const panel = await panelWithRequest()
      const headers = { ...JSON_TYPE, ...cookie(panel), 'Sec-Fetch-Site': site }
      expect(statusOf(await request(panel, 'GET /events', headers))).toBe(403)
      expect(statusOf(await request(panel, 'POST /api/requests', headers, '[]'))).toBe(403)
    },
  )

  test('cannot act by a form, because a form has another content type', async () => {
    const panel = await panelWithRequest()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      const headers = { ...cookie(panel), ...(type ? { 'Content-Type': type } : {}) }
      const answer = await request(panel, 'POST /api/pin', headers, '["trace-0001",true]')
      expect([type, statusOf(answer)]).toEqual([type, 415])
    }
    expect((await panel.api.requests())[0]?.pinned).toBeUndefined()
  })

  test('cannot act by a link or an image, because actions are no GET', async () => {
    const panel = await panelWithRequest()
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
      expect(statusOf(await request(panel, `${method} /api/pin`, cookie(panel)))).toBe(405)
  })

  test('cannot connect as a process or by a WebSocket', async () => {
    const panel = await panelWithRequest()
    const open = (path: string, upgrade: string, origin: string) =>
      sendRaw(
        panel.port,
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${panel.port}\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n` +
          `${origin}Cookie: pg-loupe-${panel.port}=${panel.token}\r\nAuthorization: Bearer ${panel.token}\r\n\r\n`,
      )
    expect(statusOf(await open('/process', 'pg-loupe', 'Origin: https://evil.example\r\n'))).toBe(403)
    expect(statusOf(await open('/process', 'pg-loupe', `Origin: http://127.0.0.1:${panel.port}\r\n`))).toBe(
      403,
    )
    expect(statusOf(await open('/process', 'pg-loupe', 'Sec-Fetch-Site: cross-site\r\n'))).toBe(403)
    expect(statusOf(await open('/process', 'websocket', ''))).toBe(400)
    expect(statusOf(await open('/events', 'pg-loupe', ''))).toBe(400)
  })
})

describe('the Host', () => {
  test.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    '0.0.0.0:PORT',
    '',
  ])('"%s" is refused, whatever is asked', async (host) => {
    const panel = await panelWithRequest()
    const headers = { Host: host.replace('PORT', String(panel.port)), ...bearer(panel), ...JSON_TYPE }
    for (const line of ['GET /', 'GET /badge.js', `GET /?token=${panel.token}`, 'POST /api/requests']) {
      const answer = await request(panel, line, headers, line.startsWith('POST') ? '[]' : '')
      expect([line, statusOf(answer)]).toEqual([line, 403])
    }
  })

  test('may be any name of loopback with the port', async () => {
    const panel = await panelWithRequest()
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const headers = { Host: `${name}:${panel.port}`, ...bearer(panel), ...JSON_TYPE }
      expect(statusOf(await request(panel, 'POST /api/requests', headers, '[]'))).toBe(200)
    }
  })

  test('may be a name that was allowed', async () => {
    const panel = await panelWithRequest({ allowedHosts: ['devbox', 'panel.test:8080'] })
    const ask = async (host: string) =>
      statusOf(
        await request(panel, 'POST /api/requests', { Host: host, ...bearer(panel), ...JSON_TYPE }, '[]'),
      )
    expect(await ask('devbox')).toBe(200)
    expect(await ask('devbox:5000')).toBe(200)
    expect(await ask('panel.test:8080')).toBe(200)
    expect(await ask('panel.test:8081')).toBe(403)
  })

  test('is missing or given twice: the request is refused', async () => {
    const panel = await panelWithRequest()
    const { port, token } = panel
    const auth = `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`
    expect(statusOf(await sendRaw(port, `GET /events HTTP/1.1\r\n${auth}`))).toBe(400)
    const twice = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\n${auth}`
    expect(statusOf(await sendRaw(port, twice))).toBe(403)
  })
})

describe('answers', () => {
  test('forbid frames, foreign scripts, sniffing, referrers and caches', async () => {
    const panel = await panelWithRequest()
    const answers = [
      await request(panel, 'GET /'),
      await request(panel, 'POST /api/requests', { ...JSON_TYPE, ...bearer(panel) }, '[]'),
      await request(panel, 'POST /api/requests', JSON_TYPE, '[]'),
      await request(panel, 'GET /nothing', bearer(panel)),
    ]
    for (const answer of answers) {
      expect(answer).toMatch(/^content-security-policy: default-src 'none'.*frame-ancestors 'none'/im)
      expect(answer).toMatch(/^x-frame-options: DENY\r$/im)
      expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
      expect(answer).toMatch(/^referrer-policy: no-referrer\r$/im)
      expect(answer).toMatch(/^cache-control: no-store\r$/im)
      expect(answer).toMatch(/^cross-origin-resource-policy: same-origin\r$/im)
      expect(answer.toLowerCase()).not.toContain('access-control-allow')
    }
  })

  test('are never a file, whatever the path says', async () => {
    const panel = await panelWithRequest()
    const paths = [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/api/../../etc/passwd',
      '/api/__proto__',
      '/api/constructor',
      '//etc/passwd',
      '/\\..\\etc\\passwd',
      `http://127.0.0.1:${panel.port}/etc/passwd`,
      '/api/status/../../package.json',
    ]
    for (const path of paths) {
      const answer = await request(panel, `POST ${path}`, { ...JSON_TYPE, ...bearer(panel) }, '[]')
      expect([path, statusOf(answer)]).toEqual([path, 404])
      expect(answer).not.toContain('root:')
    }
  })

  test('say which argument is wrong, and repeat nothing that was sent', async () => {
    const panel = await panelWithRequest()
    const bodies = [
      '',
      '{',
      'null',
      '{}',
      '[1]',
      '["a","b","c"]',
      '[{"__proto__":1}]',
      '[[[[[[]]]]]]',
      '["\\u0000<script>"]',
    ]
    for (const body of bodies) {
      const answer = await request(panel, 'POST /api/pin', { ...JSON_TYPE, ...bearer(panel) }, body || ' ')
      expect([body, statusOf(answer)]).toEqual([body, 400])
      expect(answer).not.toContain('<script>')
    }
  })

  test('refuse a body that is too long without reading all of it', async () => {
    const panel = await panelWithRequest()
    const answer = await request(
      panel,
      'POST /api/finding',
      { ...JSON_TYPE, ...bearer(panel) },
      `["${'a'.repeat(100_000)}"]`,
    )
    expect(statusOf(answer)).toBe(413)
  })
})

test('a line is opened by its position in a stored finding, never by a path', async () => {
  const panel = await panelWithRequest()
  const open = (target: unknown) =>
    request(panel, 'POST /api/open', { ...JSON_TYPE, ...bearer(panel) }, JSON.stringify([target]))
  expect(statusOf(await open({ file: '/etc/passwd', line: 1 }))).toBe(400)
  expect(statusOf(await open('/etc/passwd'))).toBe(400)
  expect(statusOf(await open({ finding: '/etc/passwd', frame: 0 }))).toBe(404)
  expect(statusOf(await open({ finding: finding().key, frame: 99 }))).toBe(404)
  expect(statusOf(await open({ finding: finding().key, frame: '0; id' }))).toBe(400)
})

test('the panel listens on loopback only, and another host requires names', async () => {
  await expect(startPanel({ port: 0, host: '0.0.0.0' })).rejects.toThrow('--allowed-host')
  const panel = await testPanel({ host: '0.0.0.0', allowedHosts: ['devbox'] })
  expect(parsePanelAddress(panel.address).token).toBe(panel.token)
})

test('the panel does not start under NODE_ENV=production unless that is asked for', async () => {
  const { NODE_ENV } = process.env
  onTestFinished(() => void Object.assign(process.env, { NODE_ENV }))
  process.env.NODE_ENV = 'production'
  await expect(startPanel({ port: 0 })).rejects.toThrow('--in-production')
  await testPanel({ inProduction: true })
})

test('many connections that send nothing do not keep others from their answers', async () => {
  const panel = await panelWithRequest()
  const idle = Array.from({ length: 200 }, () => connect(panel.port, '127.0.0.1'))
  onTestFinished(() => idle.forEach((socket) => void socket.destroy()))
  for (const socket of idle) socket.on('error', () => {})
  idle[0]?.write('POST /api/requests HTTP/1.1\r\nHost: ')
  expect(statusOf(await request(panel, 'POST /api/requests', { ...JSON_TYPE, ...bearer(panel) }, '[]'))).toBe(
    200,
  )
})

test('closing the panel ends the streams of pages, and connections that never greeted', async () => {
  const panel = await testPanel()
  const { port, token } = panel
  const silent = connect(port, '127.0.0.1')
  silent.on('error', () => {})
  silent.write(
    `GET /process HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: pg-loupe\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const silentEnded = once(silent, 'close')
  await once(silent, 'data')
  const stream = httpRequest({ port, path: '/events', headers: { authorization: `Bearer ${token}` } }).end()
  const ended = new Promise((resolve) => {
    stream.on('response', (response) => response.resume().on('error', resolve).on('close', resolve))
  })
  await once(stream, 'response')
  await panel.close()
  await ended
  await silentEnded
})
