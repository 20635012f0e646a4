// The notices of a running application about its set-up: an application in CommonJS on Express 4, and less usual set-ups. Each
// fault has a correct twin that gets no notice.
import { describe, expect, test } from 'vitest'
import { AT, JOB, OUTSIDE, PROFILED, ROUTE, sent, testFaults, told, VISITS } from './faults-of-forms.ts'

describe('with CommonJS and Express 4', () => testFaults({ kind: 'cjs', express: 'express4' }))

describe('requests', () => {
  test('(b) are named where a middleware sends queries before profileRequests', async () => {
    const late = `const pool = profilePool(newPool())
      app.use(async (_request, _response, next) => { await pool.query('select 1'); next() })
      app.use(profileRequests())\n`
    expect(await told(late + ROUTE, VISITS)).toEqual([
      sent('GET /books', ' before profileRequests was passed'),
    ])
  })

  test('that the application traces by itself are told nothing of', async () => {
    const own = `const pool = profilePool(newPool())
      app.get('/books', (_request, response) =>
        defaultProfiler().trace('books', async () => response.json((await pool.query('select 1')).rows)))\n`
    expect(await told(own, VISITS)).toEqual([])
  })
})

describe('pools and clients', () => {
  test('a pool of a second copy of pg is named', async () => {
    const lines = `${PROFILED}const other = new otherPg.Pool(config)
      pools.push(other)
      app.get('/books', async (_request, response) => { await other.query('select 1'); response.end() })\n`
    expect(await told(lines, VISITS)).toEqual([expect.stringMatching(/^A pool .* is not profiled/)])
  })

  test('pools for migrations, polling, notifications and health checks outside of requests are told nothing of', async () => {
    const lines = `${PROFILED}const [migrations, checks, own] = [newPool(), newPool(), store.open(config)]
      pools.push(own)
      const listener = new pg.Client(config)
      pools.push(listener)
      const started = (async () => {
        for (let at = 0; at < 30; at++) await migrations.query('select 1')
        for (let at = 0; at < 30; at++) await pool.query('select 1')
        await listener.connect()
        await listener.query('listen changes')
      })()
      const timers = [
        setInterval(() => checks.query('select 1'), 50),
        setInterval(() => pool.query('select 1'), 150),
        setInterval(() => own.touch(), 50),
      ]\n`
    expect(
      await told(
        lines + ROUTE,
        `await started\n${VISITS}await sleep(700)\nawait get('/books')\ntimers.forEach(clearInterval)\nawait sleep(200)`,
      ),
    ).toEqual([])
  })

  test('a client that a slow hook profiles after queries of its own in a request is told nothing of', async () => {
    const lines = `${PROFILED}app.get('/books', async (_request, response) => {
        const client = new pg.Client(config)
        pools.push(client)
        await client.connect()
        await client.query('select 1')
        await sleep(700)
        HOOK
        await client.query('select 2')
        response.end()
      })\n`
    const hooked = lines.replace('HOOK', 'profileClient(client)')
    expect(await told(hooked, `${VISITS}await sleep(500)`)).toEqual([])
    expect(await told(lines.replace('HOOK', ''), `${VISITS}await sleep(500)`)).toEqual([
      expect.stringMatching(/^A client .* is not profiled, and requests or jobs used it/),
    ])
  })

  test('transactions, callbacks and work after the response are told nothing of', async () => {
    const lines = `${PROFILED}app.get('/books', async (_request, response) => {
        const client = await pool.connect()
        await client.query('begin')
        await client.query('commit')
        client.release()
        pool.query('select 1', () => {
          response.end()
          setTimeout(() => pool.query('select 2'), 200)
        })
      })\n`
    expect(await told(lines, `${VISITS}await sleep(500)`)).toEqual([])
  })
})

describe('jobs', () => {
  test('(f) a small job that a server runs again and again is named', async () => {
    const job = `await get('/books')\nconst job = async () => {\n${JOB}}\n`
    // More turns than are needed: the first may begin before the server has heard of its response's end.
    const again = (run: string) => `for (let turn = 0; turn < 5; turn++) {\n${run}\nawait sleep(1100)\n}\n`
    expect(await told(PROFILED + ROUTE, job + again('await job()'))).toEqual([OUTSIDE])
    const traced = again(`await defaultProfiler().trace('job', job)`)
    expect(await told(PROFILED + ROUTE, job + traced)).toEqual([])
  })

  test('(e) a job and a pool with different profilers are named', async () => {
    const lines = `const pool = profilePool(newPool())\nawait createProfiler().trace('job', async () => {\n${JOB}})\n`
    expect(await told(lines)).toEqual([expect.stringMatching(/^A pool is profiled by one profiler/)])
  })

  test('(c) a script with everything in a pool that nobody profiles is named', async () => {
    const lines = `profilePool(newPool())\nconst pool = newPool()\n${JOB}`
    expect(await told(lines)).toEqual([expect.stringMatching(`^A pool .* all queries go through it\\.${AT}`)])
  })
})

test.each([
  ['in production', { NODE_ENV: 'production' }],
  ['where the profiler is off', { PG_LOUPE_OPTIONS: '{ "enabled": false }' }],
  ['where the console is off', { PG_LOUPE_OPTIONS: '{ "console": "off" }' }],
])('nothing is said %s', async (_when, env) => {
  expect(await told(`const pool = profilePool(newPool())\n${ROUTE}`, VISITS, { env })).toEqual([])
})
