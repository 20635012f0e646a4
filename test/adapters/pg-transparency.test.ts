// Tests that the application sees a profiled pool exactly as it would without the profiler.
import pg from 'pg'
import oldestPg from 'pg-oldest'
import { afterAll, describe, expect, test } from 'vitest'
import { profilePool, unprofilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { called } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const bare = new pg.Pool({ ...database.config, max: 1 })
const pool = new pg.Pool({ ...database.config, max: 1 })
const returned = profilePool(pool, profiler)
const oldestBare: pg.Pool = new oldestPg.Pool({ ...database.config, max: 1 })
const oldest: pg.Pool = profilePool(new oldestPg.Pool({ ...database.config, max: 1 }), profiler)
afterAll(() => Promise.all([pool, bare, oldest, oldestBare].map((one) => one.end())))

/** A profiled pool and a bare one, of the newest pg and of the oldest supported version. */
const pairs: [version: string, profiled: pg.Pool, bare: pg.Pool][] = [
  ['pg', pool, bare],
  ['pg 8.11', oldest, oldestBare],
]

/** The result of a way of calling, in a form that can be compared. */
type Call = (pool: pg.Pool) => Promise<unknown>

const calls: Record<string, Call> = {
  'a result': async (pool) => plain(await pool.query('select 1 as one, $1::text as two', ['x'])),
  'rows as arrays': async (pool) => plain(await pool.query({ text: 'select 1, 2', rowMode: 'array' })),
  'several statements': async (pool) => plain(await pool.query('select 1 as a; select 2 as b')),
  DDL: async (pool) => plain(await pool.query('create temp table if not exists t (id int)')),
  'an error of the database': (pool) => failure(pool.query('select nope')),
  'an error through a callback': (pool) =>
    new Promise((resolve) => pool.query('select nope', (error) => resolve(plainError(error)))),
  'a null query': (pool) => failure(onClient(pool, (client) => client.query(null as unknown as string))),
  'a function as the query': (pool) =>
    new Promise((resolve) => {
      const callback = (error: unknown) => resolve(plainError(error))
      pool.query(callback as unknown as string)
    }),
  'a callback that is no function': (pool) =>
    failure(onClient(pool, (client) => client.query({ text: 'select 1', callback: 7 } as unknown as string))),
  'what client.query returns for a callback': (pool) =>
    onClient(pool, (client) => new Promise((resolve) => resolve(typeof client.query('select 1', () => {})))),
  'what pool.query returns for a callback': (pool) =>
    new Promise((resolve) => {
      const value = pool.query('select 1', () => resolve(typeof value))
    }),
  'the properties of a client': (pool) => onClient(pool, async (client) => Object.keys(client).sort()),
  'what a callback is called with': (pool) =>
    onClient(
      pool,
      (client) =>
        new Promise((resolve) => {
          const lengths: unknown[] = []
          void client.query('select nope', function (this: unknown, ...args: unknown[]) {
            lengths.push(args.length, (this as object)?.constructor?.name)
          } as () => void)
          void client.query('select 1', function (this: unknown, ...args: unknown[]) {
            resolve([...lengths, args.length, args[0], (this as object)?.constructor?.name])
          } as () => void)
        }),
    ),
  'what the callback of connect is called with': (pool) =>
    new Promise((resolve) => {
      pool.connect((...args: unknown[]) => {
        ;(args[2] as () => void)()
        resolve([args.length, args[0]])
      })
    }),
  'the length of methods': async (pool) => [
    pool.query.length,
    pool.connect.length,
    await onClient(pool, async (client) => client.query.length),
  ],
  'a frozen config': (pool) =>
    onClient(pool, async (client) => {
      const config = Object.freeze({ text: 'select $1::int as a', values: Object.freeze([1]) as number[] })
      return [plain(await client.query(config)), plain(await client.query(config))]
    }),
  'a frozen config with a callback': (pool) =>
    onClient(pool, (client) =>
      called((callback) => client.query(Object.freeze({ text: 'select 1 as a', callback }) as never)).then(
        plain,
      ),
    ),
  'a config that is used again': (pool) =>
    onClient(pool, async (client) => {
      const config = { text: 'select 1 as a' }
      const rows = [(await client.query(config)).rows, (await client.query(config)).rows]
      return [rows, config]
    }),
  'a config with getters, a class and a symbol': (pool) =>
    onClient(pool, async (client) => {
      class Statement {
        values = [2]
        get text() {
          return 'select $1::int as a'
        }
      }
      const getters = {
        get text() {
          return 'select 3 as b'
        },
      }
      return [plain(await client.query(new Statement())), plain(await client.query(getters))]
    }),
  'values beside a config': (pool) =>
    onClient(pool, async (client) => plain(await client.query({ text: 'select $1::int as a' }, [5]))),
  'callbacks in two places': (pool) =>
    onClient(
      pool,
      (client) =>
        new Promise((resolve) => {
          const config = { text: 'select 1', callback: () => resolve('config') }
          ;(client.query as (...args: unknown[]) => void)(config, undefined, () => resolve('third'))
        }),
    ),
  'a query that is null, empty, a number or an object without text': async (pool) => {
    const outcomes = []
    for (const query of [null, undefined, '', 7, {}, { text: '' }, { name: 'none' }]) {
      outcomes.push(
        await onClient(pool, async (client) => client.query(query as never)).then(plain, plainError),
      )
    }
    return outcomes
  },
  'releasing a client twice': (pool) =>
    failure(
      (async () => {
        const client = await pool.connect()
        client.release()
        client.release()
      })(),
    ),
  'the class of a client': (pool) =>
    onClient(pool, async (client) => [client instanceof pg.Client, client.constructor === pg.Client]),
}

describe.each(pairs)('%s', (version, profiled, bare) => {
  // A callback that is no function crashes the process of pg 8.11, with and without the profiler.
  const some = Object.entries(calls).filter(([name]) => version === 'pg' || !name.includes('no function'))
  test.each(some)('%s is the same with and without the profiler', async (_name, call) => {
    expect(await inTrace(() => call(profiled))).toEqual(await call(bare))
  })
})

/** Logs what happens in which order, microtask by microtask, after pg has heard from the server. */
const orders: Record<string, (pool: pg.Pool, log: (event: string) => void) => Promise<unknown>> = {
  'pool.query': (pool, log) => pool.query('select 1').then(() => log('resolved')),
  'pool.query that fails': (pool, log) => pool.query('select nope').catch(() => log('rejected')),
  'pool.query with a callback': (pool, log) =>
    called((done) =>
      pool.query('select 1', () => {
        log('called')
        done()
      }),
    ),
  'pool.connect and client.query': (pool, log) =>
    onClient(pool, async (client) => {
      log('connected')
      await client.query('select 1')
      log('resolved')
      await client.query({ text: 'select $1', values: [1] })
      log('resolved again')
    }),
  'client.query that fails': (pool, log) =>
    onClient(pool, (client) => client.query('select nope').catch(() => log('rejected'))),
  'client.query with a callback': (pool, log) =>
    onClient(pool, (client) =>
      called((done) =>
        client.query('select 1', () => {
          log('called')
          done()
        }),
      ),
    ),
  'queries in a row': (pool, log) =>
    onClient(pool, (client) =>
      Promise.all([
        client.query('select 1').then(() => log('first')),
        client.query('select 2').then(() => log('second')),
        client.query('select 3').then(() => log('third')),
      ]),
    ),
}

describe.each(pairs)(
  '%s: everything happens in the same order, microtask by microtask',
  (_version, profiled, bare) => {
    test.each(Object.entries(orders))('%s', async (name, run) => {
      const fails = name.endsWith('fails')
      const seen = await inTrace(() => orderOf(profiled, run, fails))
      const expected = await orderOf(bare, run, fails)
      expect(expected.length).toBeGreaterThan(5)
      expect(seen).toEqual(expected)
    })
  },
)

async function orderOf(
  pool: pg.Pool,
  run: (pool: pg.Pool, log: (event: string) => void) => Promise<unknown>,
  fails: boolean,
) {
  const events: string[] = []
  const count = (event: string) => () => {
    let microtasks = 0
    events.push(event)
    const tick = () => {
      events.push(`${event} + ${++microtasks}`)
      if (microtasks < 8) queueMicrotask(tick)
    }
    queueMicrotask(tick)
  }
  const client = await pool.connect()
  const wire = (client as unknown as { connection: NodeJS.EventEmitter }).connection
  // The end of a failed query may come in one piece with its error or after it, so it is no point to count from.
  const answer = fails ? 'errorMessage' : 'readyForQuery'
  const pooled = ['acquire', 'release'].map((name) => [pool, name, () => events.push(name)] as const)
  const listeners: (readonly [NodeJS.EventEmitter, string, () => void])[] = [
    [wire, answer, count(answer)],
    ...pooled,
  ]
  for (const [emitter, name, listener] of listeners) emitter.on(name, listener)
  client.release()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await run(pool, (event) => events.push(event))
  await new Promise((resolve) => setTimeout(resolve, 5))
  for (const [emitter, name, listener] of listeners) emitter.removeListener(name, listener)
  return events
}

test('an error thrown in a callback crashes the process as in pg', async () => {
  const crash = (pool: pg.Pool) =>
    onClient(pool, async (client) => {
      const uncaught = uncaughtError()
      void client.query('select 1', () => {
        throw new Error('planned')
      })
      return plainError(await uncaught)
    })
  expect(await inTrace(() => crash(pool))).toEqual(await crash(bare))
})

test('the pool stays the same object, of the same class, with the same visible properties', () => {
  expect(returned).toBe(pool)
  expect(pool).toBeInstanceOf(pg.Pool)
  expect(Object.keys(pool)).toEqual(Object.keys(bare))
})

test('an error has the line of the application in its stack', async () => {
  const error: Error = await inTrace(() => pool.query('select nope').catch((reason) => reason))
  expect(error.stack).toContain('pg-transparency.test.ts')
  const fromClient: Error = await inTrace(() =>
    onClient(pool, (client) => client.query('select nope').catch((reason) => reason)),
  )
  expect(fromClient.stack).toContain('pg-transparency.test.ts')
})

test('an error that nobody awaits is still an unhandled rejection', async () => {
  const unhandled: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.once('unhandledRejection', (reason) => unhandled.push(reason))
  try {
    await inTrace(() =>
      onClient(pool, async (client) => {
        void client.query('select nope')
        await client.query('select 1')
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
  } finally {
    for (const listener of others) process.on('unhandledRejection', listener)
  }
  expect(unhandled).toEqual([expect.objectContaining({ code: '42703' })])
})

test('a transaction keeps its connection', async () => {
  const id = await inTrace(() =>
    onClient(pool, async (client) => {
      await client.query('begin')
      const first = await client.query('select pg_backend_pid() as pid, txid_current() as tx')
      const second = await client.query('select pg_backend_pid() as pid, txid_current() as tx')
      await client.query('rollback')
      return [first.rows, second.rows]
    }),
  )
  expect(id[0]).toEqual(id[1])
})

describe('profiling can be undone', () => {
  test('the pool and its open clients keep no trace of the profiler', async () => {
    const other = new pg.Pool({ ...database.config, max: 1 })
    const Client = (other as unknown as { Client: unknown }).Client
    await other.query('select 1')
    profilePool(other, profiler)
    const client = await other.connect()
    expect(Object.hasOwn(other, 'query') && Object.hasOwn(client, 'query')).toBe(true)
    client.release()

    expect(unprofilePool(other)).toBe(other)

    expect(Object.hasOwn(other, 'query') || Object.hasOwn(other, 'connect')).toBe(false)
    expect(Object.hasOwn(client, 'query')).toBe(false)
    expect((other as unknown as { Client: unknown }).Client).toBe(Client)
    expect([other.listenerCount('acquire'), other.listenerCount('remove')]).toEqual([0, 0])
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'after undo' })
    await trace.run(() => other.query('select 1'))
    expect(trace.queries).toEqual([])
    await other.end()
  })

  test('can be repeated any number of times without recording a query twice', async () => {
    const other = new pg.Pool({ ...database.config, max: 1 })
    for (let i = 0; i < 3; i++) {
      profilePool(other, profiler)
      unprofilePool(other)
    }
    profilePool(profilePool(other, profiler), profiler)
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'once' })
    await trace.run(() => other.query('select 1'))
    expect(trace.queries).toHaveLength(1)
    await other.end()
  })

  test('while queries are under way and connections are waited for', async () => {
    const other = new pg.Pool({ ...database.config, max: 1 })
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'undone' })
    for (let i = 0; i < 3; i++) {
      profilePool(other, profiler)
      const answers = trace.run(() => [other.query('select 1'), other.query('select 2'), other.connect()])
      unprofilePool(other)
      const client = (await answers[2]) as pg.PoolClient
      expect(Object.hasOwn(client, 'query') || Object.hasOwn(client, 'connect')).toBe(false)
      client.release()
      expect(await Promise.all(answers.slice(0, 2))).toMatchObject([{ rowCount: 1 }, { rowCount: 1 }])
    }
    trace.close()
    await other.end()
  })

  test('while somebody else has patched over it', async () => {
    const other = new pg.Pool({ ...database.config, max: 1 })
    profilePool(other, profiler)
    const { query } = other
    other.query = function (this: pg.Pool, ...args: unknown[]) {
      return Reflect.apply(query, this, args)
    } as typeof query
    unprofilePool(other)
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'patched' })
    await trace.run(() => other.query('select 1'))
    profilePool(other, profiler)
    await trace.run(() => other.query('select 2'))
    expect(trace.queries.map(({ sql }) => sql)).toEqual(['select 2'])
    trace.close()
    await other.end()
  })

  test('a pool that was never profiled is left alone', () => {
    expect(unprofilePool(bare)).toBe(bare)
  })
})

test('clients that were connected before the pool was profiled are seen', async () => {
  const early = new pg.Pool({ ...database.config, max: 1 })
  await early.query('select 1')
  profilePool(early, profiler)
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'early' })
  await trace.run(() => onClient(early, (client) => client.query('select 2')))
  expect(trace.queries.map(({ sql }) => sql)).toEqual(['select 2'])
  await early.end()
})

describe('switched off', () => {
  test.each([
    ['by option', () => createProfiler({ enabled: false })],
    ['by NODE_ENV=production', () => withNodeEnv('production', () => createProfiler())],
  ])('%s, pg is left untouched', async (_how, create) => {
    const untouched = new pg.Pool(database.config)
    const before = Reflect.ownKeys(untouched)
    expect(profilePool(untouched, create())).toBe(untouched)
    expect(Reflect.ownKeys(untouched)).toEqual(before)
    expect(untouched.listenerCount('acquire')).toBe(0)
    await untouched.end()
  })
})

describe('wrong input fails at the call', () => {
  test.each([
    ['nothing', undefined, 'but got undefined'],
    ['null', null, 'but got null'],
    ['a connection string', 'postgres://', 'but got a string'],
    ['a client', new pg.Client(), 'an object of class Client'],
    ['a Drizzle database', { $client: {} }, 'a Drizzle database'],
  ])('%s instead of a pool', (_name, value, message) => {
    expect(() => profilePool(value as unknown as pg.Pool, profiler)).toThrow(TypeError)
    expect(() => profilePool(value as unknown as pg.Pool, profiler)).toThrow(message)
  })

  test('a pool that has been ended', async () => {
    const ended = new pg.Pool(database.config)
    await ended.end()
    expect(() => profilePool(ended, profiler)).toThrow('has been ended')
  })

  test('something else instead of a profiler', () => {
    expect(() => profilePool(bare, {} as unknown as typeof profiler)).toThrow('takes a profiler')
  })
})

async function uncaughtError(): Promise<unknown> {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  try {
    return await new Promise((resolve) => process.once('uncaughtException', resolve))
  } finally {
    for (const listener of others) process.on('uncaughtException', listener)
  }
}

async function inTrace<T>(fn: () => T | Promise<T>): Promise<T> {
  return profiler.trace('transparency', fn)
}

async function onClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => T | Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await use(client)
  } finally {
    client.release()
  }
}

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => 'no error', plainError)
}

function plainError(error: unknown): unknown {
  const { name, message, code } = error as Error & { code?: string }
  return { name, message, code, class: (error as Error).constructor.name }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function withNodeEnv<T>(value: string, fn: () => T): T {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = value
  try {
    return fn()
  } finally {
    process.env.NODE_ENV = before
  }
}
