// The tag of a statement is where the server shows it, nowhere else, and never where it could do harm.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import request from 'supertest'
import { afterAll, describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { commentArguments } from '../../adapters/pg/comment-tag.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { called } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', commentTags: true })
const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
afterAll(() => pool.end())

/** The server's own view of the statement that asks for it. */
const SELF = 'select query from pg_stat_activity where pid = pg_backend_pid()'
const TAG = "/*action='GET',route='%2Forders%2F%3Aid'*/"

/** Each sends SELF and gives the text that the server has seen. */
const forms: Record<string, () => Promise<string>> = {
  'pool.query(text)': () => pool.query(SELF).then(textOf),
  'pool.query(text, values)': () => pool.query(`${SELF} and $1`, [true]).then(textOf),
  'pool.query(config)': () => pool.query({ text: SELF }).then(textOf),
  'pool.query(frozen config)': () => pool.query(Object.freeze({ text: SELF })).then(textOf),
  'pool.query(text, callback)': () =>
    called<pg.QueryResult>((done) => pool.query(SELF, done)).then((result) => textOf(result)),
  'client.query(text)': () => onClient((client) => client.query(SELF).then(textOf)),
  'client.query({ callback })': () =>
    onClient((client) =>
      called<pg.QueryResult>((callback) => client.query({ text: SELF, callback } as never)).then((result) =>
        textOf(result),
      ),
    ),
  'new Query': () =>
    onClient((client) =>
      called<pg.QueryResult>((done) =>
        (client.query as (...args: unknown[]) => unknown)(new pg.Query(SELF), done),
      ),
    ).then((result) => textOf(result)),
  'pg-cursor': () =>
    onClient(async (client) => {
      const cursor = client.query(new Cursor(SELF))
      const [row] = await cursor.read(1)
      await cursor.close()
      expect((cursor as unknown as { text: string }).text).toBe(SELF)
      return row.query
    }),
  'pg-query-stream': () =>
    onClient(async (client) => {
      for await (const row of client.query(new QueryStream(SELF))) return row.query
    }),
}

test.each(Object.entries(forms))('is on the statement: %s', async (_form, send) => {
  const seen = await inTrace('GET /orders/:id', send)
  expect(seen.replace(' and $1', '')).toBe(`${SELF} ${TAG}`)
})

test('is not in what is recorded', async () => {
  const trace = coreOf(profiler).startTrace({ kind: 'http', name: 'GET /' })
  await trace.run(() => pool.query(SELF))
  expect(trace.queries.map(({ sql }) => sql)).toEqual([SELF])
})

test('names the route that Express found, also while the request is under way', async () => {
  const app = express()
  app.use(profileRequests(profiler))
  app.use(
    '/api',
    express.Router().get('/users/:id', async (_request, response) => {
      response.send(textOf(await pool.query(SELF)))
    }),
  )
  const { text } = await request(app).get('/api/users/7').expect(200)
  expect(text).toBe(`${SELF} /*action='GET',route='%2Fapi%2Fusers%2F%3Aid'*/`)
})

test('for a job is its name', async () => {
  expect(await profiler.trace('re-index all', () => pool.query(SELF).then(textOf))).toBe(
    `${SELF} /*action='re-index%20all'*/`,
  )
})

test.each([
  [
    "GET /*/'; drop table users; --",
    "/*action='GET',route='%2F%2A%2F%27%3B%20drop%20table%20users%3B%20--'*/",
  ],
  ['GET /a(b)!*/c', "/*action='GET',route='%2Fa%28b%29%21%2A%2Fc'*/"],
  ['GET /größe/\n\0', "/*action='GET',route='%2Fgr%C3%B6%C3%9Fe%2F%0A%00'*/"],
  ['GET /half \ud83d', "/*action='GET',route='%2Fhalf%20%EF%BF%BD'*/"],
])('cannot be broken out of: %j', async (name, tag) => {
  expect(await inTrace(name, () => pool.query(SELF).then(textOf))).toBe(`${SELF} ${tag}`)
})

test.each([
  ['a semicolon stays last', `${SELF};`, `${SELF} ${TAG};`],
  ['a comment at the end does not swallow it', `${SELF} -- why`, `${SELF} -- why\n${TAG}`],
  ['nor one with a semicolon', `${SELF} -- why;`, `${SELF} -- why;\n${TAG}`],
  ['another tag is enough', `${SELF} /*route='x'*/`, `${SELF} /*route='x'*/`],
  ['another tag before a semicolon too', `${SELF} /*route='x'*/ ;`, `${SELF} /*route='x'*/ ;`],
  ['white space at the end stays there', `${SELF} \t\n;\v\f\r`, `${SELF} ${TAG} \t\n;\v\f\r`],
  [
    'a space that is none to PostgreSQL stays a part of the name',
    `with w as (${SELF}) select query from w w\u00a0`,
    `with w as (${SELF}) select query from w w\u00a0 ${TAG}`,
  ],
  [
    'nor is the ideographic space one',
    `with w as (${SELF}) select query from w w\u3000;`,
    `with w as (${SELF}) select query from w w\u3000 ${TAG};`,
  ],
  ['a comment within is none', `/* x */ ${SELF}`, `/* x */ ${SELF} ${TAG}`],
])('%s', async (_name, sql, seen) => {
  expect(await inTrace('GET /orders/:id', () => pool.query(sql).then(textOf))).toBe(seen)
})

test('a value of very many blanks costs nothing', () => {
  const sql = `select '${' '.repeat(100_000)}x' /* ${' ;'.repeat(50_000)} */ as a`
  expect(commentArguments([sql], TAG)).toEqual([`${sql} ${TAG}`])
})

describe('is left out', () => {
  test('to prepared statements, which two routes may share on one connection', async () => {
    const send = () => pool.query({ name: 'self', text: SELF }).then(textOf)
    expect(await inTrace('GET /a', send)).toBe(SELF)
    expect(await inTrace('GET /b', send)).toBe(SELF)
  })

  test('to COPY', async () => {
    const sql = 'copy tagged from stdin'
    await pool.query('create table tagged (id int)')
    await inTrace('GET /', () =>
      onClient(async (client) => {
        const stream = client.query(copyFrom(sql))
        const seen = new Promise((resolve) => stream.once('finish', resolve))
        await pipeline(Readable.from(['1\n']), stream)
        await seen
        const { rows } = await client.query('select count(*)::int as n from tagged')
        expect(rows).toEqual([{ n: 1 }])
      }),
    )
  })

  test('to several statements of which one may copy', () => {
    const sql = 'set datestyle to iso; copy tagged from stdin'
    expect(commentArguments([sql], TAG)).toEqual([sql])
    expect(commentArguments(["select 'stdin copy'"], TAG)).toEqual([`select 'stdin copy' ${TAG}`])
  })

  test('to an empty text, and outside of any trace', async () => {
    await expect(inTrace('GET /', () => pool.query(' '))).resolves.toMatchObject({ rowCount: null })
    expect(textOf(await pool.query(SELF))).toBe(SELF)
  })

  test("to a config of an application's class, whose text must not be replaced", async () => {
    class Statement {
      get text() {
        return SELF
      }
    }
    expect(await inTrace('GET /', () => pool.query(new Statement()).then(textOf))).toBe(SELF)
  })

  test('unless it is asked for', async () => {
    const plain = createProfiler({ console: 'off' })
    const untagged = profilePool(new pg.Pool({ ...database.config, max: 1 }), plain)
    expect(await plain.trace('job', () => untagged.query(SELF).then(textOf))).toBe(SELF)
    await untagged.end()
  })
})

test('a config is not written to, and can be used again', async () => {
  const config = { text: SELF }
  for (const name of ['GET /a', 'GET /b']) {
    expect(await inTrace(name, () => pool.query(config).then(textOf))).toMatch(/route='%2F[ab]'\*\/$/)
  }
  expect(config).toEqual({ text: SELF })
})

function inTrace<T>(name: string, fn: () => Promise<T>): Promise<T> {
  const trace = coreOf(profiler).startTrace({ kind: 'http', name })
  return trace.run(fn).finally(() => trace.end())
}

function textOf(result: pg.QueryResult | undefined): string {
  return result?.rows[0]?.query
}

async function onClient<T>(use: (client: pg.PoolClient) => PromiseLike<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await use(client)
  } finally {
    client.release()
  }
}
