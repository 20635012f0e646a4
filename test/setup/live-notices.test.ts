// Tests the notices of a running application about its set-up: each fault has a correct twin that gets no notice.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AT, PROFILED, ROUTE, sent, testFaults, told, VISITS } from './faults-of-forms.ts'
import { database, runApplication } from './run-application.ts'

describe('with ES modules and Express 5', () => testFaults({ kind: 'mjs', express: 'express' }))

describe('requests', () => {
  test('in a server without Express are named, with a next step that works there', async () => {
    const lines = `const pool = profilePool(newPool())
      const answer = async (_request, response) => { await pool.query('select 1'); response.end() }
      http.createServer(answer).listen(0, '127.0.0.1', async function () {
        await fetch('http://127.0.0.1:' + this.address().port)
        this.close()
        this.closeAllConnections()
        await endPools()
      })
      await sleep(1000)`
    const { notices, stderr } = await runApplication({ lines, endsPools: false })
    expect(notices).toEqual([sent('GET', ', and profileRequests is not in use')])
    expect(stderr).toContain('--require pg-loupe/register')
  })

  test('that only check the health of the application may come before profileRequests', async () => {
    const health = `const pool = profilePool(newPool())
      app.get('/healthz', async (_request, response) => { await pool.query('select 1'); response.end() })
      app.use(profileRequests())\n`
    expect(await told(health + ROUTE, `await get('/healthz')\n${VISITS}`)).toEqual([])
    expect(await told(health, `await get('/healthz')\n`)).toEqual([])
  })

  test('(b) are named where a part of the routes comes before profileRequests', async () => {
    const early = `const pool = profilePool(newPool())
      app.post('/hooks', async (_request, response) => { await pool.query('select 1'); response.end() })
      app.get('/early', async (_request, response) => { await pool.query('select 1'); response.end() })
      app.use(profileRequests())\n`
    // The first request passes it: on a busy machine the notice may come before the visits.
    expect(await told(early + ROUTE, `await get('/books')\nawait get('/early')\n${VISITS}`)).toEqual([
      sent('GET /early', ' and did not pass profileRequests'),
    ])
  })

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

  test('under pg-loupe/register are told nothing of, whatever the application does itself', async () => {
    const register = { args: ['--require', 'pg-loupe/register'] }
    expect(await told(`const pool = newPool()\n${ROUTE}`, VISITS, register)).toEqual([])
    expect(await told(`const pool = profilePool(newPool())\n${ROUTE}`, VISITS, register)).toEqual([])
  })
})

describe('pools and clients', () => {
  test('a client without a pool that requests use is named, and a profiled one is not', async () => {
    const route = `app.get('/books', async (_request, response) => {
        const client = wrap(new pg.Client(config))
        await client.connect()
        await client.query('select 1')
        await client.end()
        response.end()
      })\n`
    expect(await told(`${PROFILED}const wrap = (client) => client\n${route}`, VISITS)).toEqual([
      expect.stringMatching(
        `^A client of the database \\w+ is not profiled, and requests or jobs used it \\d times?\\.${AT}`,
      ),
    ])
    expect(await told(`${PROFILED}const wrap = profileClient\n${route}`, VISITS)).toEqual([])
  })

  test('a pool of a second copy of pg is named', async () => {
    const lines = `${PROFILED}const other = new otherPg.Pool(config)
      pools.push(other)
      app.get('/books', async (_request, response) => { await other.query('select 1'); response.end() })\n`
    expect(await told(lines, VISITS)).toEqual([expect.stringMatching(/^A pool .* is not profiled/)])
  })

  test('a pool of a library is named as the library`s', async () => {
    const lines = `${PROFILED}const sessions = store.open(config)
      pools.push(sessions)
      app.use(async (_request, _response, next) => { await sessions.touch(); next() })\n`
    const { notices, stderr } = await runApplication({ lines: lines + ROUTE, visits: VISITS })
    expect(notices).toEqual([
      expect.stringMatching(
        /^session-store uses a pool of the database \w+ that is not profiled, and requests or jobs used it \d times?\./,
      ),
    ])
    expect(stderr).toContain('next  To see them, hand its pool to profilePool(pool)')
  })

  test('a pool that was taken off on purpose is told nothing of', async () => {
    const lines = `${PROFILED}const audit = unprofilePool(newPool())
      app.get('/audit', async (_request, response) => { await audit.query('select 1'); response.end() })\n`
    expect(await told(lines + ROUTE, `await get('/audit')\n${VISITS}`)).toEqual([])
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
  const JOB = `for (let at = 0; at < 8; at++) await pool.query('select 1')\n`
  const OUTSIDE = expect.stringMatching(`^The pool was used \\d+ times outside of any request\\.${AT}`)

  test('(f) a script without a trace is named at its end, and one with a trace is not', async () => {
    expect(await told(`const pool = profilePool(newPool())\n${JOB}`)).toEqual([OUTSIDE])
    const traced = `await defaultProfiler().trace('job', async () => {\n${JOB}})\n`
    expect(await told(`const pool = profilePool(newPool())\n${traced}`)).toEqual([])
  })

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

describe('the catalog', () => {
  const role = `limited_${new URL(database.url).pathname.slice(1)}`
  const admin = new pg.Client(database.config)

  beforeAll(async () => {
    await admin.connect()
    await admin.query(`create role ${role} login password 'limited' connection limit 1`)
  })

  afterAll(async () => {
    await admin.query(`drop role ${role}`)
    await admin.end()
  })

  test('(k) that could not be read is named, and one that is switched off is not', async () => {
    const url = new URL(database.url)
    url.username = role
    url.password = 'limited'
    const env = { DATABASE_URL: url.href }
    const visits = `${VISITS}await sleep(2000)`
    expect(await told(PROFILED + ROUTE, visits, { env })).toEqual([
      expect.stringMatching(/^The catalog of the database \w+ could not be read \(53300\)\.$/),
    ])
    const off = { ...env, PG_LOUPE_OPTIONS: '{ "catalog": false }' }
    expect(await told(PROFILED + ROUTE, visits, { env: off })).toEqual([])
  })
})

describe('nothing is said', () => {
  const FAULTY = `const pool = profilePool(newPool())\n${ROUTE}`

  test.each([
    ['with the option hints: false', { PG_LOUPE_OPTIONS: '{ "hints": false }' }],
    ['in production', { NODE_ENV: 'production' }],
    ['in tests', { NODE_ENV: 'test' }],
    ['where the profiler is off', { PG_LOUPE_OPTIONS: '{ "enabled": false }' }],
    ['where the console is off', { PG_LOUPE_OPTIONS: '{ "console": "off" }' }],
  ])('%s', async (_when, env) => {
    expect(await told(FAULTY, VISITS, { env })).toEqual([])
  })
})

test('a notice is told while the application runs, in three lines with one next step', async () => {
  const { stderr } = await runApplication({
    lines: `const pool = profilePool(newPool())\n${ROUTE}`,
    visits: `await get('/books')\nawait sleep(1500)\nconsole.error('the end')`,
  })
  expect(stderr.slice(0, stderr.indexOf('the end'))).toBe(
    [
      'pg-loupe: 1 request (GET /books) sent queries, and profileRequests is not in use.',
      '  lost  Their queries are in no trace, so no finding can name them.',
      "  next  Before the routes: app.use(profileRequests()), with profileRequests from 'pg-loupe/express'.",
      '',
    ].join('\n'),
  )
})
