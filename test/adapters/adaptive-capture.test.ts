// An application under load: what it does again is counted, what it does anew is caught with its line, and a test's
// traces are all in full.
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterAll, expect, test, vi } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/profile-pool.ts'
import type { ProfilerOptions } from '../../src/profiler/options.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const ends: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const end of ends) await end()
})

const LIST = 'select generate_series(5001, 5020) as id'
const LOOK_UP = 'select $1::int as id'

function start(options: ProfilerOptions) {
  const profiler = createProfiler({ console: 'off', catalog: false, ...options })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
  ends.push(() => pool.end())
  const behaviour = {
    hasLoop: false,
    isSlow: false,
    turns: 1,
    mayGoOn: undefined as Promise<void> | undefined,
  }
  const traces: LiveTrace[] = []
  const app = express()
  app.use(profileRequests(profiler))
  app.get('/orders/:id', async (_request, response) => {
    const { mayGoOn } = behaviour
    const trace = coreOf(profiler).currentTrace()
    if (trace) traces.push(trace)
    const { rows } = await pool.query(LIST)
    await pool.query(LOOK_UP, [1])
    if (behaviour.isSlow) await pool.query('select 1, pg_sleep(0.05)')
    await mayGoOn
    for (let turn = 0; behaviour.hasLoop && turn < behaviour.turns; turn++) {
      for (const { id } of rows) await pool.query(LOOK_UP, [id])
    }
    response.json(rows.length)
  })
  return { profiler, pool, app, behaviour, traces }
}

/** Takes what the budget has for known routes, by traces that are made up, and sends so many requests. */
async function load(app: express.Express, requests = 60, profiler?: Profiler): Promise<void> {
  if (profiler) await takeBudget(profiler)
  const server = app.listen(0)
  const agent = request.agent(server)
  for (let at = 0; at < requests; at++) await agent.get(`/orders/${at % 7}`).expect(200)
  server.close()
}

async function takeBudget(profiler: Profiler): Promise<void> {
  for (let at = 0; at < 80; at++) {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'work' })
    for (let turn = 0; turn < 20; turn++) {
      const query = trace.countQuery('select 1') ?? trace.startQuery({ sql: 'select 1' })
      query?.finished({ rowCount: 1 })
    }
    trace.end()
    await trace.settled()
  }
}

const loops = (profiler: Profiler) =>
  profiler.report().findings.filter(({ detector }) => detector === 'n-plus-one')

test('known requests under load are counted, and the report says how many', async () => {
  const { profiler, app } = start({ capture: 'adaptive' })
  await load(app, 60, profiler)
  await profiler.settled()
  const { traces, queries, routes, cut } = profiler.report()
  expect([traces, queries]).toEqual([60 + 80, 60 * 2 + 80 * 20])
  expect(routes[0]).toMatchObject({ name: 'GET /orders/:id', traces: 60, queries: { min: 2, max: 2 } })
  expect(cut.counted).toBeGreaterThan(20)
  expect(cut.untraced).toBe(0)
})

test('a loop that was not there before is caught in the very trace, with its line', {
  timeout: 60_000,
}, async () => {
  const { profiler, app, behaviour, traces } = start({ capture: 'adaptive' })
  await load(app, 60, profiler)
  const before = traces.findIndex((trace) => trace.mode === 'counting')
  expect(before).toBeGreaterThan(0)
  behaviour.hasLoop = true
  // One of them may be in full by its turn anyhow.
  for (let at = 0; at < 2; at++) await request(app).get('/orders/1').expect(200)
  await profiler.settled()
  const [loop] = loops(profiler)
  expect(loop?.callSite[0]).toMatchObject({
    file: expect.stringMatching(/adaptive-capture\.test\.ts$/),
    line: 46,
  })
  expect(loop?.cost.queries).toBeGreaterThanOrEqual(17)
})

test('for traces that were captured from the middle on, values have no origin', {
  timeout: 60_000,
}, async () => {
  const { profiler, app, behaviour, traces } = start({ capture: 'adaptive' })
  let partial: LiveTrace | undefined
  for (let turns = 1; !partial; turns++) {
    // On a slow machine the route may be fully captured when its turn comes; a longer loop is new again.
    Object.assign(behaviour, { hasLoop: false, turns })
    await load(app, 60, profiler)
    behaviour.hasLoop = true
    await request(app).get('/orders/1').expect(200)
    const last = traces.at(-1)
    if (last?.counted) partial = last
  }
  await profiler.settled()
  expect(partial.queryCount).toBe(2 + 20 * behaviour.turns)
  expect(partial.finished?.onlyCounted).toMatchObject({
    queries: 2 + 20 * (behaviour.turns - 1),
    control: 0,
  })
  expect(partial.finished?.queries.filter(({ flow }) => flow)).toEqual([])
})

test('the requests after it are in full, and prove where the values of the loop come from', {
  timeout: 60_000,
}, async () => {
  const { profiler, app, behaviour } = start({ capture: 'adaptive' })
  await load(app, 60, profiler)
  behaviour.hasLoop = true
  for (let at = 0; at < 3; at++) await request(app).get('/orders/1').expect(200)
  // The server may hear later than the client that a response is over.
  await vi.waitFor(
    async () => {
      await profiler.settled()
      expect(loops(profiler).map(({ confidence, cost }) => [confidence, cost.queries])).toEqual([
        ['proven', 19],
      ])
    },
    { timeout: 20_000 },
  )
})

test('requests that were under way when a loop appeared say nothing of those after it, which are in full', {
  timeout: 60_000,
}, async () => {
  const { profiler, app, behaviour, traces } = start({ capture: 'adaptive' })
  const server = app.listen(0)
  const agent = request.agent(server)
  const ask = () => agent.get('/orders/1').expect(200)
  const closed = (count: number) =>
    vi.waitFor(() => expect(profiler.report().traces).toBe(count), { timeout: 20_000 })
  let goOn = () => {}
  behaviour.mayGoOn = new Promise((resolve) => {
    goOn = resolve
  })
  const underWay = Promise.all(Array.from({ length: 8 }, ask))
  await vi.waitFor(() => expect(traces).toHaveLength(8), { timeout: 20_000 })
  behaviour.mayGoOn = undefined
  for (let at = 0; at < 12; at++) await ask()
  await closed(12)
  await takeBudget(profiler)
  behaviour.hasLoop = true
  await ask()
  expect(traces.at(-1)?.counted).toBeDefined()
  behaviour.hasLoop = false
  goOn()
  await underWay
  await closed(12 + 80 + 1 + 8)
  behaviour.hasLoop = true
  await ask()
  expect(traces.at(-1)?.counted).toBeUndefined()
  server.close()
})

test('a loop that grows by two with each request is found', { timeout: 60_000 }, async () => {
  const profiler = createProfiler({ console: 'off', catalog: false, capture: 'adaptive' })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
  ends.push(() => pool.end())
  const app = express()
  app.use(profileRequests(profiler))
  app.get('/orders/:items', async (incoming, response) => {
    const { rows } = await pool.query('select generate_series(1, $1::int) * 5003 as id', [
      incoming.params.items,
    ])
    for (const { id } of rows) await pool.query(LOOK_UP, [id])
    response.json(rows.length)
  })
  const server = app.listen(0)
  const agent = request.agent(server)
  const ask = async (items: number, times: number) => {
    for (let at = 0; at < times; at++) await agent.get(`/orders/${items}`).expect(200)
    await profiler.settled()
  }
  await ask(1, 16)
  for (const items of [3, 5, 7, 9]) {
    await takeBudget(profiler)
    await ask(items, 1)
    await ask(1, 8)
  }
  server.close()
  expect(loops(profiler)).toHaveLength(1)
})

test('the requests of a test are never only counted, under whatever load', async () => {
  const { profiler, app } = start({ capture: 'adaptive' })
  await load(app, 60, profiler)
  const children: LiveTrace[] = []
  for (let at = 0; at < 20; at++) {
    const trace = coreOf(profiler).startTrace({ kind: 'test', name: 'a test' })
    await trace.run(async () => {
      await request(app).get('/orders/1').expect(200)
    })
    trace.end()
    await trace.settled()
    children.push(...trace.children)
  }
  expect(children.map(({ finished }) => finished?.queries.length)).toEqual(Array(20).fill(2))
})

test('nothing is only counted where everything is to be captured, or recorded', {
  timeout: 60_000,
}, async () => {
  const { profiler, app } = start({ capture: 'full' })
  await load(app, 60, profiler)
  await profiler.settled()
  expect(profiler.report().cut.counted).toBeUndefined()
})

test('in production most requests are not looked at, and a loop in one that is has its line', {
  timeout: 60_000,
}, async () => {
  const none = start({ capture: 'sampled', sampleRate: 0 })
  none.behaviour.hasLoop = true
  await load(none.app, 12)
  await none.profiler.settled()
  expect(none.profiler.report()).toMatchObject({
    traces: 0,
    queries: 0,
    findings: [],
    cut: { unsampled: 12, untraced: 0 },
  })

  const { profiler, app, behaviour } = start({ capture: 'sampled', sampleRate: 1 })
  await load(app, 12)
  await profiler.settled()
  expect(profiler.report()).toMatchObject({ traces: 12, queries: 24, findings: [], cut: { counted: 12 } })
  behaviour.hasLoop = true
  await load(app, 6)
  await profiler.settled()
  expect(loops(profiler)[0]?.callSite[0]?.line).toBe(46)
  expect(profiler.report().queries).toBe(24 + 6 * 22)
})
