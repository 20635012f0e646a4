// A trace per request, named by its route's pattern, in Express 4 and 5, whatever way the response ends.
import { EventEmitter, once } from 'node:events'
import http, { type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express5, { type Application, type Request, type Response } from 'express'
import express4 from 'express4'
import request from 'supertest'
import { afterEach, describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { Trace } from '../../src/types/trace.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe.each([
  ['Express 4', express4, { everything: '*', files: '/files/*' }],
  ['Express 5', express5, { everything: '/{*page}', files: '/files/*file' }],
])('%s', (_version, express, { everything, files }) => {
  function setUp(addRoutes: (app: Application) => void) {
    const profiler = createProfiler({ console: 'off' })
    const traces: Trace[] = []
    profiler.on('report', (_report, trace) => traces.push(trace))
    const app = express()
    app.use(profileRequests(profiler))
    addRoutes(app)
    const nameOf = async (path: string, method: 'get' | 'post' = 'get') => {
      traces.length = 0
      await request(app)[method](path)
      await profiler.settled()
      return traces.map(({ name }) => name).join()
    }
    return { profiler, traces, app, nameOf }
  }
  const ok = (_request: Request, response: Response) => {
    response.send('ok')
  }

  test('names a trace by the pattern of its route', async () => {
    const { nameOf } = setUp((app) => {
      app.get('/', ok)
      app.get('/orders/:id', ok)
      app.post('/orders', ok)
    })
    expect(await nameOf('/')).toBe('GET /')
    expect(await nameOf('/orders/17?page=2')).toBe('GET /orders/:id')
    expect(await nameOf('/orders', 'post')).toBe('POST /orders')
  })

  test('ends the trace of a response that has been given another emit', async () => {
    const { nameOf } = setUp((app) => {
      app.get('/orders/:id', (_request, response) => {
        response.emit = EventEmitter.prototype.emit
        response.send('ok')
      })
    })
    expect(await nameOf('/orders/17')).toBe('GET /orders/:id')
  })

  test('names routes of mounted routers with the pattern of the mount', async () => {
    const { nameOf } = setUp((app) => {
      const items = express.Router({ mergeParams: true })
      items.get('/', ok)
      items.get('/:item', ok)
      const users = express.Router()
      users.use('/:user/items', items)
      users.get('/:user', ok)
      app.use('/api/users', users)
    })
    expect(await nameOf('/api/users/42')).toBe('GET /api/users/:user')
    expect(await nameOf('/api/users/42/items')).toBe('GET /api/users/:user/items')
    expect(await nameOf('/api/users/42/items/42')).toBe('GET /api/users/:user/items/:item')
    expect(await nameOf('/api/users/a%20b/items')).toBe('GET /api/users/:user/items')
  })

  test('names a mount by a regular expression without what it matched, and leaves names with numbers as they are', async () => {
    const { nameOf } = setUp((app) => {
      const list = express.Router()
      list.get('/list', ok)
      app.use(/^\/tenant-\w+/, list)
      app.use('/api/v10/oauth2', list)
    })
    expect(await nameOf('/tenant-a81f2/list')).toBe('GET /*/list')
    expect(await nameOf('/api/v10/oauth2/list')).toBe('GET /api/v10/oauth2/list')
  })

  test('names routes of a mounted application', async () => {
    const { nameOf } = setUp((app) => {
      const admin = express()
      admin.get('/stats/:day', ok)
      app.use('/admin/:team', admin)
    })
    expect(await nameOf('/admin/red/stats/monday')).toBe('GET /admin/:team/stats/:day')
  })

  test('keeps the name when a handler fails and an error handler answers', async () => {
    const { nameOf, traces } = setUp((app) => {
      const orders = express.Router()
      orders.get('/:id', (_request, _response, next) => next(new Error('planned')))
      app.use('/orders', orders)
      app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => {
        response.status(500).send('failed')
      })
    })
    expect(await nameOf('/orders/17')).toBe('GET /orders/:id')
    expect(traces[0]?.labels).toEqual({ method: 'GET', status: '500' })
  })

  test('gives requests without a route a name that holds no id', async () => {
    const { nameOf } = setUp((app) => {
      app.use('/files', (_request, response) => {
        response.send('file')
      })
    })
    expect(await nameOf('/files/2026/report-17.pdf')).toBe('GET /files/*')
    expect(await nameOf('/nowhere/17')).toBe('GET *')
  })

  test('names pages by the shape of their path where the application does the routing', async () => {
    const { nameOf } = setUp((app) => {
      app.use((_request, response) => {
        response.send('page')
      })
    })
    expect(await nameOf('/')).toBe('GET /')
    expect(await nameOf('/catalog/shoes?page=2')).toBe('GET /catalog/shoes')
    expect(await nameOf('/catalog/shoes/')).toBe('GET /catalog/shoes')
    expect(await nameOf('/catalog/1234/2026-11-21')).toBe('GET /catalog/*')
  })

  test('names pages below a mount by their shape too, and by the wildcard that mounts', async () => {
    const { nameOf } = setUp((app) => {
      app.use('/cms/:site', (_request, response) => {
        response.send('page')
      })
      app.use(everything, (_request, response) => {
        response.send('page')
      })
    })
    expect(await nameOf('/cms/17/catalog/4711')).toBe('GET /cms/:site/catalog/*')
    expect(await nameOf('/cms/17')).toBe('GET /cms/:site')
    expect(await nameOf('/shop/catalog/4711')).toBe('GET /shop/catalog/*')
  })

  test('names what a wildcard took by its shape, and leaves a pattern that says something', async () => {
    const { nameOf } = setUp((app) => {
      app.get(files, ok)
      app.get(/^\/this\/(?!page)[^/]+$/, ok)
      app.get(/^\/(?!catalog)/, ok)
      app.get(everything, ok)
      app.post(/.*/, ok)
    })
    expect(await nameOf('/files/report/17')).toBe(`GET ${files}`)
    expect(await nameOf('/this/one')).toBe('GET /^\\/this\\/(?!page)[^/]+$')
    expect(await nameOf('/that/one')).toBe('GET /that/one')
    expect(await nameOf('/catalog/shoes')).toBe('GET /catalog/shoes')
    expect(await nameOf('/catalog/4711')).toBe('GET /catalog/*')
    expect(await nameOf('/carts/4711/items', 'post')).toBe('POST /carts/*/items')
  })

  test('has one name for all that was turned away', async () => {
    const { nameOf } = setUp((app) => {
      app.use('/catalog', (_request, response) => {
        response.status(403).send('no')
      })
      app.use((_request, response) => {
        response.status(404).send('no such page')
      })
    })
    expect(await nameOf('/catalog/shoes')).toBe('GET /catalog/*')
    expect(await nameOf('/some/page')).toBe('GET *')

    const routed = setUp((app) => {
      app.get(everything, (_request, response) => {
        response.status(404).send('no such page')
      })
    })
    expect(await routed.nameOf('/some/page')).toBe('GET *')
  })

  test('leaves the request as the application knows it', async () => {
    let seen: unknown
    const { nameOf } = setUp((app) => {
      const router = express.Router()
      router.get('/:id', (request, response) => {
        seen = [request.baseUrl, request.route.path, request.params, request.originalUrl]
        response.end()
      })
      app.use('/a', router)
    })
    await nameOf('/a/1')
    expect(seen).toEqual(['/a', '/:id', { id: '1' }, '/a/1'])
  })

  test('lets no error of ours reach who sets a property of the request', async () => {
    const { profiler, app } = setUp((app) => {
      app.get('/x', (request, response) => {
        // A value that cannot be converted to text.
        request.route = { path: Object.create(null) }
        response.send(Object.keys(request.route))
      })
    })
    expect((await request(app).get('/x').expect(200)).body).toEqual(['path'])
    await profiler.settled()
    expect(profiler.report().cut.internalErrors).toBe(1)
  })

  test.each<[string, (response: Response) => void]>([
    ['end', (response) => response.end()],
    ['a stream', (response) => response.write('part') && setTimeout(() => response.end('rest'), 5)],
    ['a redirect', (response) => response.redirect('/')],
    ['204', (response) => response.sendStatus(204)],
    ['a destroyed socket', (response) => response.destroy()],
  ])('closes the trace once when the response ends by %s', async (_way, finish) => {
    const { profiler, traces, app } = setUp((app) => {
      app.get('/x', (_request, response) => finish(response))
    })
    await request(app)
      .get('/x')
      .catch(() => {})
    await profiler.settled()
    expect(traces.map(({ name }) => name)).toEqual(['GET /x'])
  })

  test('closes the trace when the client goes away, and says so', async () => {
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const { profiler, traces, app } = setUp((app) => {
      app.get('/slow', () => arrived())
    })
    const server = app.listen(0)
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const reported = new Promise((resolve) => profiler.on('report', resolve))
    const call = http.get(`http://127.0.0.1:${port}/slow`).on('error', () => {})
    await arrival
    call.destroy()
    await reported
    expect(traces.map(({ name, labels }) => [name, labels?.aborted])).toEqual([['GET /slow', 'true']])
  })

  test('draws once whether a request is looked at, also where it passes the middleware twice', async () => {
    const profiler = createProfiler({ console: 'off', capture: 'sampled', sampleRate: 0 })
    const app = express()
    app.use(profileRequests(profiler), profileRequests(profiler))
    app.get('/', ok)
    await request(app).get('/').expect(200)
    await request(app).get('/').expect(200)
    expect(profiler.report().cut.unsampled).toBe(2)
  })

  test('is a plain pass-through while the profiler is off', async () => {
    const app = express()
    app.use(profileRequests(createProfiler({ enabled: false })))
    let own: PropertyDescriptor | undefined
    app.get('/x', (request, response) => {
      own = Object.getOwnPropertyDescriptor(request, 'route')
      response.end()
    })
    await request(app).get('/x').expect(200)
    expect(own).toHaveProperty('value')
  })
})

test('something else instead of a profiler fails at the call', () => {
  expect(() => profileRequests({} as never)).toThrow('profileRequests takes a profiler')
})
