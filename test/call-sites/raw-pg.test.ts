// Each way to send a query over pg names the line that sent it, and the callers above it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { ApplicationCode } from '../../src/trace/call-site/application-code.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { askOne, layerFile } from './database-layer.ts'

const file = import.meta.filename
const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
afterAll(() => pool.end())

/** Each sends one query, from the line that ends with its mark. */
const sends: Record<string, () => Promise<unknown>> = {
  'an awaited pool query': async () => await pool.query('select 1'), // an awaited pool query
  'a returned pool query': () => pool.query('select 1'), // a returned pool query
  'a config': async () => await pool.query({ text: 'select $1::int', values: [1] }), // a config
  'a named statement': async () => await pool.query({ name: 'one', text: 'select 1' }), // a named statement
  'Promise.all': async () => await Promise.all([1].map(() => pool.query('select 1'))), // Promise.all
  'a pool callback': () =>
    new Promise((resolve) => {
      void pool.query('select 1', resolve) // a pool callback
    }),
  'after an await': async () => {
    await null
    await pool.query('select 1') // after an await
  },
  'in a timer': () =>
    new Promise((resolve) => {
      setTimeout(() => resolve(pool.query('select 1')), 1) // in a timer
    }),
  'a client': () =>
    withClient(async (client) => {
      await client.query('select 1') // a client
    }),
  'a client callback': () =>
    withClient(
      (client) =>
        new Promise((resolve) => {
          void client.query('select 1', resolve) // a client callback
        }),
    ),
  'a client from a callback': () =>
    new Promise((resolve) => {
      pool.connect((_error, client, release) => {
        void client?.query('select 1', () => resolve(release())) // a client from a callback
      })
    }),
  'a query object': () =>
    withClient(
      (client) =>
        new Promise((resolve) => {
          client.query(new pg.Query('select 1')).on('end', () => resolve(undefined)) // a query object
        }),
    ),
  'a cursor': () =>
    withClient(async (client) => {
      const cursor = client.query(new Cursor('select 1')) // a cursor
      await cursor.read(10)
      await cursor.close()
    }),
}

test.each(Object.entries(sends))('%s names its line', async (mark, send) => {
  const [query, ...more] = await queriesOf(send)
  expect(more).toEqual([])
  expect(query?.callSite[0]).toMatchObject({ file, line: lineOf(mark) })
})

test('callers follow the line, innermost first, across an await', async () => {
  async function outer() {
    return await middle() // outer
  }
  async function middle() {
    await null
    return await inner() // middle
  }
  async function inner() {
    await null
    return await pool.query('select 1') // inner
  }
  const [query] = await queriesOf(outer)
  expect(query?.callSite.slice(0, 3)).toMatchObject([
    { function: 'inner', line: lineOf('inner') },
    { function: 'middle', line: lineOf('middle') },
    { function: 'outer', line: lineOf('outer') },
  ])
})

test('no frame of a library, of Node.js or of the profiler is named', async () => {
  const [query] = await queriesOf(async () => await pool.query('select 1'))
  const files = query?.callSite.map((frame) => frame.file) ?? []
  expect(files.filter((name) => /node_modules|^node:|\/adapters\/|\/src\//.test(name))).toEqual([])
  expect(files.length).toBeGreaterThan(0)
})

describe("the option `application` decides which code is the application's", () => {
  test('the callers of an internal database layer are named instead of the layer', async () => {
    expect(await firstFrame({})).toMatchObject({ file: layerFile })
    expect(await firstFrame({ exclude: ['call-sites/database-layer.ts'] })).toMatchObject({
      file,
      line: lineOf('through the layer'),
    })
  })

  test('a workspace package that is found below node_modules is named when it is counted in', async () => {
    const folder = join(temporaryFolder(), 'node_modules/@shop/orders')
    mkdirSync(folder, { recursive: true })
    const module = join(folder, 'list.mjs')
    writeFileSync(module, 'export const list = async (pool) =>\n  await pool.query("select 1")\n')
    const { list } = await import(/* @vite-ignore */ pathToFileURL(module).href)
    const named = (application: ApplicationCode) => firstFrame(application, (own) => list(own)) // through the package
    expect(await named({})).toMatchObject({ file, line: lineOf('through the package') })
    expect(await named({ include: ['node_modules/@shop'] })).toMatchObject({ file: module, line: 2 })
  })

  test('without any application frame there is a query and no line', async () => {
    expect(await firstFrame({ exclude: [() => true] })).toBeUndefined()
  })

  async function firstFrame(application: ApplicationCode, send = throughLayer) {
    const own = createProfiler({ console: 'off', application })
    const ownPool = profilePool(new pg.Pool({ ...database.config, max: 1 }), own)
    try {
      const [query] = await queriesOf(() => send(ownPool), own)
      expect(query?.sql).toBe('select 1')
      return query?.callSite[0]
    } finally {
      await ownPool.end()
    }
  }

  async function throughLayer(own: pg.Pool): Promise<unknown> {
    return await askOne(own) // through the layer
  }
})

test('a query that an eval sends is placed where eval was called', async () => {
  const [query] = await queriesOf(async () => {
    const send = new Function('pool', 'return pool.query("select 1")') // evaluated
    return await send(pool)
  })
  expect(query?.callSite[0]).toMatchObject({ file, line: lineOf('evaluated') })
})

async function queriesOf(send: () => Promise<unknown>, by: Profiler = profiler) {
  const trace = coreOf(by).startTrace({ kind: 'job', name: 'raw pg' })
  await trace.run(send)
  trace.end()
  await trace.settled()
  return trace.queries
}

async function withClient<T>(fn: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await fn(client)
  } finally {
    client.release()
  }
}

function lineOf(mark: string): number {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.findIndex((line) => line.endsWith(`// ${mark}`)) + 1
}
