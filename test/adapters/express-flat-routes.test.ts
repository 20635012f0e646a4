// Names of requests that are only counted: of a shape of path that has led to one route so far, the request is not followed
// through the routers any more, and all the same it never gets a name that is not its own.
import http, { type IncomingMessage } from 'node:http'
import express5, { type Application, type Request, type Response } from 'express'
import express4 from 'express4'
import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'

describe.each([
  ['Express 4', express4, '*'],
  ['Express 5', express5, '/{*page}'],
])('%s', (_version, express, everything) => {
  function setUp(addRoutes: (app: Application) => void) {
    // Each trace is counted from its beginning.
    const profiler = createProfiler({ console: 'off', capture: 'sampled', sampleRate: 1 })
    const app = express()
    app.use(profileRequests(profiler))
    addRoutes(app)
    const namesOf = async (...paths: string[]) => {
      for (const path of paths) await request(app).get(path)
      await profiler.settled()
      return profiler.report().routes.map(({ name, traces }) => `${name} ${traces}`)
    }
    return { app, profiler, namesOf }
  }
  const ok = (_request: Request, response: Response) => {
    response.send('ok')
  }

  test('a request is followed until its shape is known, and left as it is from then on', async () => {
    const accessors: boolean[] = []
    const { namesOf } = setUp((app) => {
      app.get('/orders/:id', (request, response) => {
        accessors.push(Object.getOwnPropertyDescriptor(request, 'route')?.get !== undefined)
        response.send('ok')
      })
    })
    expect(await namesOf('/orders/1', '/orders/2', '/orders/3')).toEqual(['GET /orders/:id 3'])
    expect(accessors).toEqual([true, false, false])
  })

  test('the last of several routes that a request passes gives the name', async () => {
    const { namesOf } = setUp((app) => {
      app.all('/orders/:id', (_request, _response, next) => next())
      app.get('/orders/:number', ok)
    })
    expect(await namesOf('/orders/1', '/orders/2')).toEqual(['GET /orders/:number 2'])
  })

  test('routes on mounted routers and applications keep their pattern', async () => {
    const { namesOf } = setUp((app) => {
      const items = express.Router()
      items.get('/items/:item', ok)
      items.get('/broken', (_request, _response, next) => next(new Error('planned')))
      const admin = express()
      admin.get('/stats', ok)
      app.use('/users/:user', items)
      app.use('/admin', admin)
      app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => {
        response.status(500).send('failed')
      })
    })
    const paths = ['/users/1/items/2', '/users/1/broken', '/admin/stats']
    expect(await namesOf(...paths, ...paths, ...paths)).toEqual([
      'GET /admin/stats 3',
      'GET /users/:user/broken 3',
      'GET /users/:user/items/:item 3',
    ])
  })

  test('for a shape that leads to several routes, no request gets a wrong name', async () => {
    const { namesOf } = setUp((app) => {
      app.get('/orders/:id', (request, response, next) => {
        if (request.params.id === '17') next('route')
        else response.send('ok')
      })
      app.get('/orders/:special', ok)
    })
    // The first that goes another way is known too late to be followed, and says so by a star.
    expect(await namesOf('/orders/1', '/orders/2', '/orders/17', '/orders/17', '/orders/3')).toEqual([
      'GET * 1',
      'GET /orders/:id 3',
      'GET /orders/:special 1',
    ])
  })

  test('one that is turned away before its route has a star, and the others keep their name and are not followed', async () => {
    const accessors: boolean[] = []
    const { namesOf } = setUp((app) => {
      app.use((request, response, next) => {
        if (request.query.user === 'none') response.sendStatus(401)
        else next()
      })
      app.get('/orders/:id', (request, response) => {
        accessors.push(Object.getOwnPropertyDescriptor(request, 'route')?.get !== undefined)
        response.send('ok')
      })
    })
    const away = '/orders/1?user=none'
    expect(await namesOf(away, '/orders/1', away, '/orders/2')).toEqual(['GET * 2', 'GET /orders/:id 2'])
    expect(accessors).toEqual([true, false])
  })

  test('one that goes another way takes no name from those under way', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { app, namesOf } = setUp((app) => {
      app.get('/orders/:id', async (request, response, next) => {
        if (request.params.id === '17') return next('route')
        if (request.params.id === '2') await held
        response.send('ok')
      })
      app.get('/orders/:special', ok)
    })
    await request(app).get('/orders/1')
    const slow = request(app).get('/orders/2')
    const answered = slow.then(() => {})
    await request(app).get('/orders/17')
    release()
    await answered
    expect(await namesOf()).toEqual(['GET * 1', 'GET /orders/:id 2'])
  })

  test('pages of a route that takes everything have the shape of their path, and what is turned away there has not', async () => {
    const { namesOf } = setUp((app) => {
      app.get(everything, (request, response) => {
        response.status(request.query.gone ? 404 : 200).send('page')
      })
    })
    const pages = ['/catalog/1', '/catalog/2', '/about']
    const gone = pages.map((path) => `${path}?gone=1`)
    expect(await namesOf(...gone, ...pages, ...gone, ...pages)).toEqual([
      'GET * 6',
      'GET /about 2',
      'GET /catalog/* 4',
    ])
  })

  test('requests that come to no route', async () => {
    const { namesOf } = setUp((app) => {
      app.use('/files', ok)
    })
    expect(await namesOf('/nowhere/1', '/nowhere/2', '/files/1', '/files/2')).toEqual([
      'GET * 2',
      'GET /files/* 2',
    ])
  })
})

test('a server without Express', async () => {
  const profiler = createProfiler({ console: 'off', capture: 'sampled', sampleRate: 1 })
  const trace = profileRequests(profiler)
  const server = http.createServer((message: IncomingMessage, response) =>
    trace(message, response, () => response.end('ok')),
  )
  for (const path of ['/orders/1', '/orders/2', '/orders/3']) await request(server).get(path).expect(200)
  await profiler.settled()
  expect(profiler.report().routes.map(({ name, traces }) => [name, traces])).toEqual([['GET /orders/*', 3]])
})

test.each([
  ['answered', (response: Response) => response.send('ok')],
  ['given up', (response: Response) => response.destroy()],
])('for requests that were %s nothing is kept', async (_how, finish) => {
  const profiler = createProfiler({ console: 'off' })
  const app = express5()
  app.use(profileRequests(profiler))
  app.post('/', (_request, response) => {
    finish(response)
  })
  for (let turn = 0; turn < 3; turn++) {
    await request(app)
      .post('/')
      .send('a body that nobody reads')
      .catch(() => {})
  }
  await profiler.settled()
  expect(sharedState().requests.size).toBe(0)
})

test('an answered request that never closes is kept until its trace closes', async () => {
  const profiler = createProfiler({ console: 'off' })
  const message = { method: 'GET', url: '/' }
  const ends: (() => void)[] = []
  const response = {
    statusCode: 200,
    writableFinished: true,
    once: (_event: string, end: () => void) => void ends.push(end),
  }
  profileRequests(profiler)(message, response, () => {})
  expect(sharedState().requests.size).toBe(2)
  for (const end of ends) end.call(response)
  await profiler.settled()
  expect(sharedState().requests.size).toBe(0)
})
