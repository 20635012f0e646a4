// The ways of sending queries whose context has been known to get lost. Each sends one or more queries with the mark it
// is given in their text, and calls `heard` wherever code of the application runs on.
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { called } from '../adapters/recorded.ts'

export interface Scenario {
  /** How many queries it sends. */
  queries: number
  options?: pg.PoolConfig & { pipeline?: boolean }
  send(pool: pg.Pool, mark: string, heard: () => void): Promise<unknown>
}

const one = (mark: string) => `select 1 /* ${mark} */`
const series = (mark: string, rows: number) => `select generate_series(1, ${rows}) as n /* ${mark} */`
const wrong = (mark: string) => `select nope /* ${mark} */`

const scenarios: Record<string, Scenario> = {
  'await pool.query(text)': {
    queries: 2,
    async send(pool, mark, heard) {
      for (let i = 0; i < 2; i++) {
        await pool.query(one(mark))
        heard()
      }
    },
  },
  'await pool.query(text, values)': {
    queries: 1,
    send: (pool, mark, heard) => pool.query(`select $1::int /* ${mark} */`, [1]).then(heard),
  },
  'await pool.query(config)': {
    queries: 1,
    send: (pool, mark, heard) => pool.query({ text: one(mark), rowMode: 'array' }).then(heard),
  },
  'await pool.query(named statement), twice': {
    queries: 2,
    async send(pool, mark, heard) {
      for (let i = 0; i < 2; i++) {
        await pool.query({ name: mark, text: one(mark) })
        heard()
      }
    },
  },
  'Promise.all of pool.query': {
    queries: 3,
    send: (pool, mark, heard) =>
      Promise.all([1, 2, 3].map(() => pool.query(one(mark)).then(heard))).then(heard),
  },
  'pool.query(text, callback), nested': {
    queries: 2,
    send: (pool, mark, heard) =>
      called((done) =>
        pool.query(one(mark), () => {
          heard()
          pool.query(one(mark), (error) => {
            heard()
            done(error)
          })
        }),
      ),
  },
  'pool.query(text, values, callback)': {
    queries: 1,
    send: (pool, mark, heard) =>
      called((done) => pool.query(`select $1::int /* ${mark} */`, [1], hearing(heard, done))),
  },
  'pool.query(config, callback)': {
    queries: 1,
    send: (pool, mark, heard) => called((done) => pool.query({ text: one(mark) }, hearing(heard, done))),
  },
  'await pool.connect, await client.query': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        heard()
        await client.query(one(mark))
        heard()
        await tick()
        await client.query(one(mark))
        heard()
      }),
  },
  'await pool.connect, client.query(callback)': {
    queries: 1,
    send: (pool, mark, heard) =>
      onClient(pool, (client) => called((done) => client.query(one(mark), hearing(heard, done)))),
  },
  'await pool.connect, client.query({ callback })': {
    queries: 1,
    send: (pool, mark, heard) =>
      onClient(pool, (client) =>
        called((done) => client.query(config({ text: one(mark), callback: hearing(heard, done) }))),
      ),
  },
  'pool.connect(callback), client.query(callback)': {
    queries: 2,
    send: (pool, mark, heard) =>
      called((done) =>
        pool.connect((_error, client, release) => {
          heard()
          void client?.query(one(mark), () => {
            heard()
            void client.query(one(mark), (error) => {
              heard()
              release()
              done(error)
            })
          })
        }),
      ),
  },
  'three queries queued on one client': {
    queries: 3,
    send: (pool, mark, heard) =>
      onClient(pool, (client) => Promise.all([1, 2, 3].map(() => client.query(one(mark)).then(heard)))),
  },
  'a transaction': {
    queries: 3,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        await client.query(`begin /* ${mark} */`)
        await client.query(one(mark))
        heard()
        await client.query(`commit /* ${mark} */`)
        heard()
      }),
  },
  'new Query with events': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        const query = submit<pg.Query>(client, new pg.Query(series(mark, 3)))
        query.on('row', heard)
        await new Promise<void>((resolve) => {
          query.on('end', () => {
            heard()
            void client.query(one(mark), () => resolve())
          })
        })
      }),
  },
  'new Query with a callback': {
    queries: 1,
    send: (pool, mark, heard) =>
      onClient(pool, (client) =>
        called((done) => submit(client, new pg.Query(one(mark)), hearing(heard, done))),
      ),
  },
  'new Query that fails': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        const query = submit<pg.Query>(client, new pg.Query(wrong(mark)))
        await new Promise<void>((resolve) => {
          query.on('error', () => {
            heard()
            void client.query(one(mark), () => resolve())
          })
        })
      }),
  },
  'await cursor.read': {
    queries: 1,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        const cursor = client.query(new Cursor(series(mark, 6)))
        for (let i = 0; i < 3; i++) {
          await cursor.read(2)
          heard()
        }
        await cursor.close()
        heard()
      }),
  },
  'cursor.read(callback)': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, (client) => {
        const cursor = client.query(new Cursor(series(mark, 6)))
        return called((done) =>
          cursor.read(2, () => {
            heard()
            cursor.read(2, () => {
              heard()
              void pool.query(one(mark))
              cursor.close((error) => {
                heard()
                done(error)
              })
            })
          }),
        ).then(() => tick())
      }),
    options: { max: 100 },
  },
  'a stream in for await, with a query for each batch': {
    queries: 4,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        let rows = 0
        for await (const _row of client.query(new QueryStream(series(mark, 250)))) {
          heard()
          if (++rows % 100 === 0) await other(pool, one(mark))
        }
        await other(pool, one(mark))
        heard()
      }),
    options: { max: 100 },
  },
  'a stream with events': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        const stream = client.query(new QueryStream(series(mark, 250)))
        stream.on('data', heard)
        await new Promise<void>((resolve) => {
          stream.on('end', () => {
            heard()
            void client.query(one(mark), () => resolve())
          })
        })
      }),
  },
  'a stream through a pipeline': {
    queries: 2,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        await pipeline(client.query(new QueryStream(series(mark, 250))), async (rows) => {
          for await (const _row of rows) heard()
        })
        await client.query(one(mark))
        heard()
      }),
  },
  'COPY in both directions': {
    queries: 3,
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        await client.query(`create temp table if not exists copies (n int) /* ${mark} */`)
        await pipeline(
          Readable.from(['1\n', '2\n']),
          submit<NodeJS.WritableStream>(client, copyFrom(`copy copies from stdin /* ${mark} */`)),
        )
        heard()
        const out = submit<NodeJS.ReadableStream>(client, copyTo(`copy copies to stdout /* ${mark} */`))
        out.on('data', heard)
        await once(out, 'end')
        heard()
      }),
  },
  'a failing query, awaited': {
    queries: 2,
    async send(pool, mark, heard) {
      await pool.query(wrong(mark)).catch(heard)
      await pool.query(one(mark))
      heard()
    },
  },
  'a failing query with a callback': {
    queries: 2,
    send: (pool, mark, heard) =>
      called((done) =>
        pool.query(wrong(mark), () => {
          heard()
          pool.query(one(mark), hearing(heard, done))
        }),
      ),
  },
  'a query that times out': {
    queries: 2,
    async send(pool, mark, heard) {
      const late = { text: `select pg_sleep(0.05) /* ${mark} */`, query_timeout: 5 }
      await called((done) =>
        pool.query(
          late,
          hearing(heard, () => done()),
        ),
      )
      await pool.query(one(mark))
      heard()
    },
  },
  'queries from timers, immediates, ticks and microtasks': {
    queries: 4,
    send: (pool, mark, heard) =>
      Promise.all(
        [(fn: () => void) => setTimeout(fn, 2), setImmediate, process.nextTick, queueMicrotask].map((later) =>
          called((done) => later(() => pool.query(one(mark), hearing(heard, done)))),
        ),
      ),
  },
  'a pipelining pool': {
    queries: 3,
    options: { pipeline: true },
    send: (pool, mark, heard) =>
      onClient(pool, async (client) => {
        await Promise.all([1, 2].map(() => client.query(one(mark)).then(heard)))
        await called((done) => client.query(one(mark), hearing(heard, done)))
      }),
  },
  'a new connection for each use, awaited': {
    queries: 2,
    options: { maxUses: 1 },
    async send(pool, mark, heard) {
      await pool.query(one(mark))
      heard()
      await pool.query(one(mark))
      heard()
    },
  },
  'a new connection for each use, with callbacks': {
    queries: 1,
    options: { maxUses: 1 },
    send: (pool, mark, heard) => called((done) => pool.query(one(mark), hearing(heard, done))),
  },
  'a limit on the wait for a connection': {
    queries: 1,
    options: { connectionTimeoutMillis: 20_000 },
    send: (pool, mark, heard) => called((done) => pool.query(one(mark), hearing(heard, done))),
  },
}

export const scenarioList = Object.entries(scenarios)

function hearing(heard: () => void, done: (error?: unknown) => void) {
  return (error?: unknown) => {
    heard()
    done(error)
  }
}

async function onClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => PromiseLike<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await use(client)
  } finally {
    client.release()
  }
}

/** On another connection, with a callback. */
function other(pool: pg.Pool, sql: string): Promise<unknown> {
  return called((done) => pool.query(sql, (error) => done(error)))
}

/** A form that the types of pg leave out: a query object of its own kind, with or without a callback. */
function submit<T>(client: pg.PoolClient, query: unknown, ...more: unknown[]): T {
  return (client.query as unknown as (...args: unknown[]) => T).call(client, query, ...more)
}

function config(config: Record<string, unknown>): pg.QueryConfig {
  return config as unknown as pg.QueryConfig
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
