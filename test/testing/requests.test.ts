// Tests requests over the network to servers of this process: any client's requests are assigned to the assertion that sent
// them, and the request itself is not changed.
import { AsyncResource } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import http, { ClientRequest, get, request as namedRequest, type Server } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { captureQueries, expectNoNPlusOne, expectQueryCount } from '../../src/testing/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

/** Code may have stored the function before it was wrapped. */
const { request: takenBefore } = createRequire(import.meta.url)('node:http') as typeof http

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
const app = express()
app.use(profileRequests(profiler))
app.get('/authors', async (_request, response) => void response.json(await authorsAtOnce()))
app.get('/authors/slow', async (_request, response) => void response.json(await authorsOneByOne()))
app.get('/moved', (_request, response) => response.redirect('/authors'))
app.get('/times/:count', async (request, response) => {
  for (let i = 0; i < Number(request.params.count); i++) await pool.query('select $1::int', [i])
  response.end()
})
app.post('/echo', async (request, response) => {
  await pool.query('select 1')
  response.send(await text(request))
})
app.get('/headers', async (request, response) => {
  await pool.query('select 1')
  response.json(request.rawHeaders)
})
app.get('/relay', async (_request, response) => {
  await pool.query('select 1')
  response.send(await (await fetch(url('/authors'))).text())
})

// The server is opened outside of any assertion, as a suite does that starts its application once.
const server = await listening(http.createServer(app))
const url = (path: string) => `http://localhost:${(server.address() as AddressInfo).port}${path}`
beforeAll(() => putBooks(3))
afterAll(() => pool.end())

async function listening<S extends Server | https.Server>(server: S, where: number | string = 0): Promise<S> {
  server.listen(where)
  await once(server, 'listening')
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

const answer = (sent: ClientRequest): Promise<string> =>
  new Promise((resolve, reject) => {
    sent.on('response', (response) => resolve(text(response)))
    sent.on('error', reject)
  })

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 1 })
afterAll(() => keepAlive.destroy())

describe.each<[string, (path: string) => Promise<string>]>([
  ['fetch', async (path) => (await fetch(url(path))).text()],
  ['http.get', (path) => answer(http.get(url(path)))],
  ['http.request', (path) => answer(http.request(url(path)).end())],
  ['get imported by its name', (path) => answer(get(url(path)))],
  ['request imported by its name', (path) => answer(namedRequest(url(path)).end())],
  ['request taken out of the module before', (path) => answer(takenBefore(url(path)).end())],
  ['new ClientRequest', (path) => answer(new ClientRequest(url(path) as never).end())],
  ['an agent that keeps connections', (path) => answer(http.get(url(path), { agent: keepAlive }))],
  ['no agent', (path) => answer(http.get(url(path), { agent: false }))],
  ['headers as a list', (path) => answer(http.get(url(path), { headers: ['host', 'localhost'] }))],
  [
    'an end long after the connection',
    async (path) => {
      const sent = http.request(url(path), { agent: false })
      sent.once('socket', (socket) => socket.once('connect', () => setTimeout(() => sent.end(), 5)))
      return answer(sent)
    },
  ],
  ['supertest with a URL', async (path) => (await request(url('')).get(path)).text],
  ['supertest with a server', async (path) => (await request(server).get(path)).text],
  ['supertest with the application', async (path) => (await request(app).get(path)).text],
])('%s', (_name, ask) => {
  test('counts the queries of the request, in its own trace', async () => {
    const { result, traces } = await captureQueries(() => ask('/authors'), profiler)
    expect(JSON.parse(result)).toHaveLength(3)
    expect(traces.map(({ name, queries }) => [name, queries.length])).toEqual([['GET /authors', 2]])
  })

  test('finds the loop of the route', async () => {
    const error = await failureOf(() => expectNoNPlusOne(() => ask('/authors/slow'), profiler))
    expect(error.message).toContain('in GET /authors/slow')
    expect(JSON.parse(await expectNoNPlusOne(() => ask('/authors'), profiler))).toHaveLength(3)
  })

  test('adds nothing to the request', async () => {
    // Each application that supertest starts has its own port.
    const heard = (headers: string) => headers.replace(/localhost:\d+|127\.0\.0\.1:\d+/, '')
    const alone = await ask('/headers')
    const { result } = await captureQueries(() => ask('/headers'), profiler)
    expect(heard(result)).toBe(heard(alone))
  })

  test('keeps concurrent requests apart', async () => {
    const counts = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, i) => (await captureQueries(() => ask(`/times/${i + 1}`), profiler)).count,
      ),
    )
    expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })
})

test('follows redirects, streamed bodies, and requests made inside a request', async () => {
  expect((await captureQueries(async () => (await fetch(url('/moved'))).json(), profiler)).count).toBe(2)
  const streamed = await captureQueries(async () => {
    const sent = http.request(url('/echo'), { method: 'POST' })
    const answered = answer(sent)
    sent.write('half')
    await new Promise((resolve) => setTimeout(resolve, 20))
    sent.end('whole')
    return answered
  }, profiler)
  expect([streamed.result, streamed.count]).toEqual(['halfwhole', 1])
  const relayed = await captureQueries(() => fetch(url('/relay')), profiler)
  expect(relayed.traces.map(({ name }) => name)).toEqual(['GET /relay', 'GET /authors'])
})

test('does not count requests of others over the same connection', async () => {
  const ask = (path: string) => answer(http.get(url(path), { agent: keepAlive }))
  const [, { count }] = await Promise.all([
    (async () => {
      for (let i = 0; i < 5; i++) await ask('/times/5')
    })(),
    captureQueries(async () => {
      for (let i = 0; i < 5; i++) await ask('/times/1')
    }, profiler),
  ])
  expect(count).toBe(5)
})

test('works over TLS', async () => {
  // Ciphers without certificates, so that none has to be kept here.
  const anonymous = { ciphers: 'AECDH-AES256-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const
  const secure = await listening(https.createServer(anonymous, app))
  const { port } = secure.address() as AddressInfo
  const options = { ...anonymous, rejectUnauthorized: false, checkServerIdentity: () => undefined }
  const ask = () => answer(https.get(`https://localhost:${port}/authors`, options))
  const { traces } = await captureQueries(ask, profiler)
  expect(traces.map(({ name, queries }) => [name, queries.length])).toEqual([['GET /authors', 2]])
})

describe('a server without the middleware', () => {
  /** `/authors/<id>` sends one query, `/loop` one for each book. */
  const bareServer = async () => {
    const bare = await listening(
      http.createServer(async (request, response) => {
        const id = request.url?.split('/').pop()
        if (id === 'loop') response.end(JSON.stringify(await authorsOneByOne()))
        else {
          const { rows } = await pool.query('select name from authors where id = $1', [id])
          response.end(JSON.stringify(rows))
        }
      }),
    )
    const { port } = bare.address() as AddressInfo
    return async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  }

  test('has a trace for the request, which includes work after the body', async () => {
    const bare = await listening(
      http.createServer((request, response) => {
        const chunks: Buffer[] = []
        request.on('data', (chunk) => chunks.push(chunk))
        request.on('end', async () => {
          await pool.query('select 1')
          response.end(Buffer.concat(chunks))
        })
      }),
    )
    const { port } = bare.address() as AddressInfo
    const { result, traces } = await captureQueries(async () => {
      const options = { method: 'POST', body: 'whole' }
      return (await fetch(`http://127.0.0.1:${port}/`, options)).text()
    }, profiler)
    expect(result).toBe('whole')
    expect(traces.map(({ kind, name, queries }) => [kind, name, queries.length])).toEqual([
      ['http', 'POST /', 1],
    ])
  })

  test('answers three requests of a test without a reported loop', async () => {
    const ask = await bareServer()
    const captured = await captureQueries(async () => {
      for (const id of [1001, 1002, 1003]) await ask(`/authors/${id}`)
    }, profiler)
    expect([captured.count, captured.report.findings]).toEqual([3, []])
    await expectNoNPlusOne(async () => {
      await ask('/authors/1001')
      await ask('/authors/1002')
      await ask('/authors/1003')
    }, profiler)
  })

  test('has no reported loop when a test lists rows and requests the page of each', async () => {
    const ask = await bareServer()
    await expectNoNPlusOne(async () => {
      const { rows } = await pool.query('select author_id from books order by id')
      for (const { author_id } of rows) await ask(`/authors/${author_id}`)
    }, profiler)
  })

  test('has the loop of one request reported', async () => {
    const ask = await bareServer()
    const error = await failureOf(() => expectNoNPlusOne(() => ask('/loop'), profiler))
    expect(error.message).toContain('in GET /loop')
  })
})

test('a request handled by another profiler belongs to the assertion too', async () => {
  const other = createProfiler({ console: 'off' })
  const otherPool = profilePool(new pg.Pool(pool.options), other)
  onTestFinished(() => otherPool.end())
  const otherApp = express()
  otherApp.use(profileRequests(other))
  otherApp.get('/', async (_request, response) => {
    await otherPool.query('select 1')
    response.end()
  })
  const { port } = (await listening(http.createServer(otherApp))).address() as AddressInfo
  const { traces } = await captureQueries(() => fetch(`http://localhost:${port}`), profiler)
  expect(traces.map(({ name, queries }) => [name, queries.length])).toEqual([['GET /', 1]])
})

describe('when no query was seen, the message says that', () => {
  const reasonOf = async (fn: () => unknown) =>
    (await failureOf(() => expectNoNPlusOne(fn, profiler))).message.replace(
      /^expectNoNPlusOne saw .* nothing\. /,
      '',
    )

  test('the request reached this process, and asks whether the pool is profiled', async () => {
    const silent = await listening(http.createServer((_request, response) => response.end()))
    const { port } = silent.address() as AddressInfo
    expect(await reasonOf(() => fetch(`http://localhost:${port}/`))).toBe(
      `The request to localhost:${port} reached a server of this process, but no query of it was seen. Is the pool profiled (profilePool), by this profiler?`,
    )
  })

  test('others sent queries, and names possible senders', async () => {
    const queue = new EventEmitter()
    let sent: Promise<unknown> = Promise.resolve()
    const begun = AsyncResource.bind(() => {
      sent = pool.query('select 1')
    })
    queue.on('job', begun)
    const reason = await reasonOf(async () => {
      queue.emit('job')
      await sent
    })
    expect(reason).toMatch(
      /^Meanwhile 1 query belonged to no trace: they were sent by code that had started before/,
    )
  })

  test('the request went to another process', async () => {
    const code = `require('node:http').createServer((q, r) => r.end()).listen(0, function () { console.log(this.address().port) })`
    const child = execFile(process.execPath, ['-e', code])
    onTestFinished(() => void child.kill())
    const [port] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    const host = `127.0.0.1:${String(port).trim()}`
    expect(await reasonOf(async () => void (await (await fetch(`http://${host}/`)).text()))).toBe(
      `No server of this process received the request to ${host}, and queries of other processes cannot be seen here. Start the application in the process of the test.`,
    )
  })

  test('the request came over a Unix socket and cannot be assigned', async () => {
    const path = `${temporaryFolder({ onTestFinished })}/app.sock`
    await listening(http.createServer(app), path)
    const ask = () => answer(http.get({ socketPath: path, path: '/authors' }))
    const reason = await reasonOf(ask)
    expect(reason).toContain('No server of this process received the request to localhost')
    expect(reason).toContain(
      'Meanwhile servers of this process received 1 request through a proxy or a Unix socket',
    )
    const withOthers = async () => {
      await pool.query('select 1')
      await ask()
    }
    const doubt = await failureOf(() =>
      expectQueryCount(withOthers, { max: 1, inconclusive: 'fail' }, profiler),
    )
    expect(doubt.message).toContain(
      'expectQueryCount is inconclusive: the request to localhost cannot be followed',
    )
    await expectQueryCount(() => pool.query('select 1'), { max: 1, inconclusive: 'fail' }, profiler)
  })
})

test('restores everything when the last assertion is over', async () => {
  const prototypes = [ClientRequest.prototype, http.Server.prototype, https.Server.prototype]
  const shapes = () =>
    prototypes.map((prototype) => Object.entries(Object.getOwnPropertyDescriptors(prototype)))
  const heard = () =>
    ['undici:request:create', 'undici:client:sendHeaders', 'http.server.request.start'].map(
      (name) => channel(name).hasSubscribers,
    )
  const before = [shapes(), heard()]
  let during: unknown[] = []
  await Promise.allSettled([
    captureQueries(async () => {
      during = heard()
    }, profiler),
    captureQueries(() => Promise.reject(new Error('planned')), profiler),
  ])
  expect(during).toEqual([true, true, true])
  expect([shapes(), heard()]).toEqual(before)
})

test('removes no patch that others have added meanwhile', async () => {
  const seen: string[] = []
  await captureQueries(() => {
    const below = http.Server.prototype.emit
    http.Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]) {
      seen.push(event)
      return Reflect.apply(below, this, [event, ...args])
    } as typeof below
  }, profiler)
  onTestFinished(() => {
    Reflect.deleteProperty(http.Server.prototype, 'emit')
  })
  expect((await captureQueries(() => fetch(url('/authors')), profiler)).count).toBe(2)
  expect((await fetch(url('/authors'))).status).toBe(200)
  expect(seen.filter((event) => event === 'request')).toHaveLength(2)
})
