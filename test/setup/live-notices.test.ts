// Tests the notices of a running application about its set-up: each fault has a correct twin that gets no notice.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AT, JOB, OUTSIDE, PROFILED, ROUTE, sent, testFaults, told, VISITS } from './faults-of-forms.ts'
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
})

describe('jobs', () => {
  test('(f) a script without a trace is named at its end, and one with a trace is not', async () => {
    expect(await told(`const pool = profilePool(newPool())\n${JOB}`)).toEqual([OUTSIDE])
    const traced = `await defaultProfiler().trace('job', async () => {\n${JOB}})\n`
    expect(await told(`const pool = profilePool(newPool())\n${traced}`)).toEqual([])
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
    ['in tests', { NODE_ENV: 'test' }],
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
