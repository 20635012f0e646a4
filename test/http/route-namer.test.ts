import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { firstNamer } from '../../src/http/first-namer.ts'
import type { RouteNamer } from '../../src/http/route-namer.ts'
import { traceRequests } from '../../src/http/trace-requests.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))))

/** A framework whose router sets the pattern on the request, as most do. */
const patterns = new WeakMap<object, string>()
const byPattern: RouteNamer = { name: (request) => patterns.get(request) }

test('a namer needs one function: the route of a request, once it has been answered', async () => {
  const names = await namesOf(byPattern, { '/orders/42': '/orders/:id' }, ['/orders/42'])
  expect(names).toEqual(['GET /orders/:id'])
})

test('a request that no namer knows is named by the shape of its path', async () => {
  expect(await namesOf(byPattern, {}, ['/static/app-42.js'])).toEqual(['GET /static/*'])
})

test('a namer that knows a page by its shape leaves the choice of words to the names of pages', async () => {
  const page = { path: '/shop/rare-word', isShape: true, turnedAway: '*' }
  expect(await namesOf({ name: () => page }, {}, ['/shop/rare-word'])).toEqual(['GET /shop/rare-word'])
})

test('a namer can follow a request from its start and gets back what it returned', async () => {
  const follows: RouteNamer<string> = {
    follow: ({ url }) => `/followed${url}`,
    name: (_request, followed) => followed,
  }
  expect(await namesOf(follows, {}, ['/a'])).toEqual(['GET /followed/a'])
})

test('the first of several namers that knows a request names it', async () => {
  const follows: RouteNamer<string> = {
    follow: ({ url }) => `/other${url}`,
    name: (_request, followed) => followed,
  }
  const both = firstNamer([byPattern, follows])
  expect(await namesOf(both, { '/a': '/known' }, ['/a', '/b'])).toEqual(['GET /known', 'GET /other/b'])
  expect(firstNamer([byPattern])).toBe(byPattern)
})

test('the application gets back what its own handler returned', async () => {
  const trace = traceRequests(createProfiler({ console: 'off' }), { namer: byPattern })
  const response = { statusCode: 200, writableFinished: true, once: () => {} }
  expect(trace({}, response, () => 'returned')).toBe('returned')
})

/** Sends the requests one after the other and returns the names of their traces. */
async function namesOf(
  namer: RouteNamer,
  routes: Record<string, string>,
  paths: string[],
): Promise<string[]> {
  const profiler = createProfiler({ console: 'off' })
  const names: string[] = []
  profiler.on('report', (_report, { name }) => names.push(name))
  const trace = traceRequests(profiler, { namer })
  const server = createServer((request, response) =>
    trace(request, response, () => {
      const route = routes[request.url ?? '']
      if (route) patterns.set(request, route)
      response.end('done')
    }),
  )
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  for (const path of paths) {
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })).text()
    await profiler.settled()
  }
  return names
}
