// What a running application is told of its set-up: each fault with its twin that is right and is told nothing.
import { describe, expect, test } from 'vitest'
import { type Application, runApplication } from './run-application.ts'

const ROUTE = `app.get('/books', async (_request, response) => response.json((await pool.query('select 1 as one')).rows))`
const VISITS = `await get('/books')\nawait get('/books')`

const FORMS: [string, Pick<Application, 'kind' | 'express'>][] = [
  ['ES modules and Express 5', { kind: 'mjs', express: 'express' }],
  ['CommonJS and Express 4', { kind: 'cjs', express: 'express4' }],
]

describe.each(FORMS)('with %s', (_form, form) => {
  const told = async (lines: string, visits = VISITS) =>
    (await runApplication({ ...form, lines, visits })).notices

  test('a set-up that captures everything is told nothing', async () => {
    expect(await told(`const pool = profilePool(newPool())\napp.use(profileRequests())\n${ROUTE}`)).toEqual(
      [],
    )
  })

  test('(a) requests without profileRequests are named, once', async () => {
    expect(await told(`const pool = profilePool(newPool())\n${ROUTE}`)).toEqual([
      '2 requests (GET /books) sent queries, and profileRequests is not in use.',
    ])
  })

  test('(b) requests that reach their route before profileRequests are named', async () => {
    expect(await told(`const pool = profilePool(newPool())\n${ROUTE}\napp.use(profileRequests())`)).toEqual([
      '2 requests (GET /books) sent queries, and profileRequests has seen no request.',
    ])
  })

  test('(c) a pool that requests use and nobody profiles is named with its line', async () => {
    const [notice, ...more] = await told(`const pool = newPool()\napp.use(profileRequests())\n${ROUTE}`)
    expect(more).toEqual([])
    expect(notice).toMatch(
      /^A pool of the database \w+ is not profiled, and requests or jobs used it 2 times\. \(application\.\w+:\d+\)$/,
    )
  })

  test('(e) a pool and requests with different profilers are named', async () => {
    const [notice, ...more] = await told(
      `const pool = profilePool(newPool(), createProfiler())\napp.use(profileRequests())\n${ROUTE}`,
    )
    expect(more).toEqual([])
    expect(notice).toMatch(
      /^A pool is profiled by one profiler, and the requests or jobs that use it are traced by another/,
    )
  })
})
