// Tests the Server-Timing header about the queries of a response, however the response is created, and that nothing else of
// the response changes.
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { type AddressInfo, type Server, Socket } from 'node:net'
import express5, { type Request, type Response } from 'express'
import express4 from 'express4'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', serverTiming: true, catalog: false })
const pool = profilePool(new pg.Pool(database.config), profiler)
afterAll(() => pool.end())

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const ask = async (queries = 2) => {
  for (let number = 0; number < queries; number++) await pool.query('select 1')
}

const TWO = /^db;dur=\d+\.\d;desc="2 queries"$/

describe.each([
  ['Express 4', express4],
  ['Express 5', express5],
])('%s', (_version, express) => {
  async function respond(
    handler: (request: Request, response: Response) => unknown,
    own: Profiler = profiler,
  ): Promise<globalThis.Response> {
    const app = express()
    app.use(profileRequests(own))
    app.get('/', (request, response, next) => {
      Promise.resolve(handler(request, response)).catch(next)
    })
    const port = await listen(http.createServer(app))
    return fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' })
  }

  test.each<[string, (response: Response) => unknown]>([
    ['send', (response) => response.send('ok')],
    ['json', (response) => response.json({ ok: true })],
    ['end', (response) => response.end('ok')],
    ['end, with a status', (response) => response.status(404).end()],
    ['a redirect', (response) => response.status(302).location('/elsewhere').end()],
    ['a stream', (response) => response.write('part') && setTimeout(() => response.end('rest'), 5)],
    ['flushHeaders', (response) => response.flushHeaders() ?? response.end('ok')],
    ['writeHead', (response) => response.writeHead(200).end('ok')],
    ['writeHead and a reason', (response) => response.writeHead(200, 'Fine').end('ok')],
    ['writeHead and headers', (response) => response.writeHead(200, { 'x-own': 'kept' }).end('ok')],
    ['writeHead and both', (response) => response.writeHead(200, 'Fine', { 'x-own': 'kept' }).end('ok')],
    ['writeHead and a list', (response) => response.writeHead(200, ['x-own', 'kept']).end('ok')],
  ])('tells it on a response made by %s', async (_way, finish) => {
    const { headers } = await respond(async (_request, response) => {
      await ask()
      finish(response)
    })
    expect(headers.get('server-timing')).toMatch(TWO)
    expect(headers.get('x-own')).toBe(finish.toString().includes('x-own') ? 'kept' : null)
  })

  test('says "1 query" of one, and nothing where none was sent', async () => {
    const one = await respond(async (_request, response) => response.send(String(await ask(1))))
    expect(one.headers.get('server-timing')).toMatch(/desc="1 query"$/)
    const none = await respond((_request, response) => response.send('ok'))
    expect(none.headers.has('server-timing')).toBe(false)
  })

  test('counts what came before the headers; a stream goes on as it is', async () => {
    const response = await respond(async (_request, response) => {
      await ask(2)
      response.write('one ')
      await ask(3)
      response.end('two')
    })
    expect(response.headers.get('server-timing')).toMatch(TWO)
    expect(await response.text()).toBe('one two')
  })

  test.each<[string, string[], (response: Response) => unknown]>([
    ['set', ['cache;dur=3'], (response) => response.set('Server-Timing', 'cache;dur=3').send('ok')],
    [
      'set twice',
      ['a', 'b', 'c'],
      (response) => response.append('server-timing', 'a, b').append('Server-Timing', 'c').send('ok'),
    ],
    ['given to writeHead', ['a'], (response) => response.writeHead(200, { 'server-timing': 'a' }).end()],
    ['given in a list', ['a'], (response) => response.writeHead(200, ['server-timing', 'a']).end()],
    [
      'set, and others given in a list',
      ['a'],
      (response) => response.set('Server-Timing', 'a').writeHead(200, ['x-own', 'kept']).end(),
    ],
    [
      'set, and others given to writeHead',
      ['a'],
      (response) => response.set('Server-Timing', 'a').writeHead(200, { 'x-own': 'kept' }).end(),
    ],
  ])("keeps the application's own, %s", async (_way, own, finish) => {
    const { headers } = await respond(async (_request, response) => {
      await ask()
      finish(response)
    })
    const parts = headers.get('server-timing')?.split(', ') ?? []
    expect(parts.slice(0, -1)).toEqual(own)
    expect(parts.at(-1)).toMatch(TWO)
  })

  test('is not seen among the properties of the response', async () => {
    const keysWith = async (own: Profiler) => {
      let keys: unknown[] = []
      await respond(async (_request, response) => {
        await ask()
        keys = Reflect.ownKeys(response)
        response.send('ok')
      }, own)
      return keys
    }
    expect(await keysWith(profiler)).toEqual(await keysWith(createProfiler({ enabled: false })))
  })

  test('can be borrowed, as the methods of a response can, for one that is not traced', async () => {
    const heard: unknown[] = []
    const other = new http.ServerResponse(new http.IncomingMessage(new Socket()))
    other.on('told', (value) => heard.push(value))
    await respond(async (_request, response) => {
      response.emit.call(other, 'told', 1)
      response.writeHead.call(other, 418)
      response.send('ok')
    })
    expect([heard, other.statusCode]).toEqual([[1], 418])
  })

  test('passes errors of Node.js about a wrong call through', async () => {
    const errors: unknown[] = []
    const attempt = (act: () => unknown) => {
      try {
        act()
      } catch (error) {
        errors.push((error as { code?: string }).code)
      }
    }
    await respond(async (_request, response) => {
      await ask()
      attempt(() => response.writeHead(7))
      response.send('ok')
      attempt(() => response.writeHead(200))
    })
    expect(errors).toEqual(['ERR_HTTP_INVALID_STATUS_CODE', 'ERR_HTTP_HEADERS_SENT'])
    expect(profiler.report().cut.internalErrors).toBe(0)
  })

  test('is silent when it is switched off, and by default in tests and in production', async () => {
    const quiet = createProfiler({ console: 'off', serverTiming: false })
    const quietPool = profilePool(new pg.Pool(database.config), quiet)
    const { headers } = await respond(async (_request, response) => {
      await quietPool.query('select 1')
      response.send('ok')
    }, quiet)
    await quietPool.end()
    expect(headers.has('server-timing')).toBe(false)
    expect(coreOf(createProfiler()).serverTiming).toBe(false)
  })
})

test('a middleware that adds to the headers as they are written still does', async () => {
  const app = express5()
  app.use(profileRequests(profiler))
  app.use((_request, response, next) => {
    const { writeHead } = response
    response.writeHead = ((...args: [number]) => {
      response.setHeader('x-late', 'yes')
      return writeHead.apply(response, args)
    }) as never
    next()
  })
  app.get('/', async (_request, response) => {
    await ask()
    response.send('ok')
  })
  const { headers } = await fetch(`http://127.0.0.1:${await listen(http.createServer(app))}/`)
  expect(headers.get('x-late')).toBe('yes')
  expect(headers.get('server-timing')).toMatch(TWO)
})

test.each([
  ['implicit headers', (response: http2.Http2ServerResponse) => response.end('ok')],
  [
    'writeHead',
    (response: http2.Http2ServerResponse) => response.writeHead(200, { 'x-own': 'kept' }).end('ok'),
  ],
])('HTTP/2 tells it too: %s', async (_way, finish) => {
  const trace = profileRequests(profiler)
  const server = http2.createServer((request, response) =>
    trace(request, response as never, () => void ask().then(() => finish(response))),
  )
  const port = await listen(server)
  const session = http2.connect(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': '/' })
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
  stream.resume()
  await once(stream, 'end')
  session.close()
  expect(headers['server-timing']).toMatch(TWO)
})
