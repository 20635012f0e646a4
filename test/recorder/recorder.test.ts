// A driver that this package does not know is recorded through `pg-loupe/recorder` alone.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recordPostgresJs } from './record-postgres-js.ts'

const database = await testDatabase()
const sql = postgres(database.config.connectionString, { max: 1, onnotice: () => {} })

beforeAll(async () => {
  await sql`create temp table authors (id int primary key, name text)`
  await sql`create temp table books (id int primary key, author_id int)`
  await sql`insert into authors select 70000 + 37 * n, 'author ' || n from generate_series(1, 12) n`
  await sql`insert into books select n, 70000 + 37 * n from generate_series(1, 12) n`
})
afterAll(() => sql.end())

function setUp(options = {}) {
  const profiler = createProfiler({ console: 'off', hints: false, capture: 'full', ...options })
  const traces: Trace[] = []
  profiler.on('report', (_report, trace) => traces.push(trace))
  return { profiler, traces, query: recordPostgresJs(sql, recorderOf(profiler)) }
}

test('a loop of a driver that is recorded from outside has its line and a proven origin', async () => {
  const { profiler, traces, query } = setUp()
  await profiler.trace('books with authors', async () => {
    const books = await query`select id, author_id from books where id > ${0} order by id`
    for (const { author_id } of books) await query`select id, name from authors where id = ${author_id}`
  })
  await profiler.settled()
  const [finding] = profiler.report().findings.filter(({ detector }) => detector === 'n-plus-one')
  expect(finding).toMatchObject({ confidence: 'proven', route: 'books with authors' })
  expect(finding?.callSite[0]).toMatchObject({ file: 'test/recorder/recorder.test.ts', line: 34 })
  const [parent, first] = traces[0]?.queries ?? []
  expect(parent).toMatchObject({ rows: 12, connection: 1, columns: [{ name: 'id' }, { name: 'author_id' }] })
  expect(parent?.usage).toMatchObject({ read: ['author_id'], unread: ['id'] })
  expect(first).toMatchObject({ sql: 'select id, name from authors where id = $1', rows: 1 })
  expect(first?.flow).toMatchObject([{ query: 0, column: 'author_id' }])
})

test('the fixed code has no finding', async () => {
  const { profiler, query } = setUp()
  await profiler.trace('books with authors', async () => {
    const books = await query`select author_id from books where id > ${0} order by id`
    const ids = books.map(({ author_id }) => author_id)
    for (const { id, name } of await query`select id, name from authors where id = any(${ids as never})`)
      void [id, name]
  })
  await profiler.settled()
  expect(profiler.report().findings).toEqual([])
})

test('an error of the database is recorded with its code, and reaches the application', async () => {
  const { profiler, traces, query } = setUp()
  const failed = profiler.trace('failing', () => query`select nothing from nowhere`)
  await expect(failed).rejects.toMatchObject({ code: '42P01' })
  await profiler.settled()
  expect(traces[0]?.queries[0]).toMatchObject({ error: '42P01' })
})

describe('the recorder', () => {
  test('has nothing to be told while the profiler is off', () => {
    const profiler = createProfiler({ enabled: false })
    expect(recorderOf(profiler).startQuery({ sql: 'select 1' })).toBeUndefined()
    expect(profiler.report().cut.untraced).toBe(0)
  })

  test('reads nothing but the text of a query that is only counted', () => {
    const { profiler } = setUp({ capture: 'sampled', sampleRate: 1 })
    const recorder = recorderOf(profiler)
    const params = vi.fn(() => [1])
    const start = Object.defineProperty({ sql: 'select $1' }, 'params', { get: params })
    profiler.startTrace({ kind: 'http', name: 'GET /' }).run(() => {
      const recording = recorder.startQuery(start)
      expect(recording?.isCounted).toBe(true)
      recording?.finished({ rowCount: 1 })
      expect(recorder.isRecording()).toBe(false)
    })
    expect(params).not.toHaveBeenCalled()
  })

  test('assigns a query that the driver sends for itself to no trace', async () => {
    const { profiler, traces } = setUp()
    await profiler.trace('job', () => {
      const recording = recorderOf(profiler).startQuery({
        sql: 'set search_path to shop',
        isDriversOwn: true,
      })
      expect(recording).toBeUndefined()
    })
    await profiler.settled()
    expect(traces[0]?.queries).toEqual([])
    expect(profiler.report().cut.untraced).toBe(1)
  })

  test('counts errors that facts of the driver cause, and throws none', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { profiler, traces } = setUp()
    const hostile = {
      get id(): number {
        throw new Error('planned')
      },
    }
    await profiler.trace('job', () => {
      const recorder = recorderOf(profiler)
      const fields = [{ name: 'id' }]
      recorder.startQuery({ sql: 'select 1' })?.finished({ rowCount: 1, fields, rows: [hostile] })
      const params = {
        get params(): never {
          throw new Error('planned')
        },
      }
      expect(recorder.startQuery(Object.assign(Object.create(params), { sql: 'select 2' }))).toBeUndefined()
    })
    await profiler.settled()
    expect(traces[0]?.queries).toMatchObject([{ sql: 'select 1', rows: 1 }])
    expect(profiler.report().cut.internalErrors).toBe(2)
    expect(warned).toHaveBeenCalledTimes(1)
    warned.mockRestore()
  })

  test('gives the comment of the trace, when statements carry comments', async () => {
    const { profiler } = setUp({ commentTags: true })
    const recorder = recorderOf(profiler)
    expect(recorder.comment()).toBeUndefined()
    await profiler.trace('nightly', () => expect(recorder.comment()).toBe("/*action='nightly'*/"))
  })

  test('is not given by something that is no profiler', () => {
    expect(() => recorderOf({} as never)).toThrow('recorderOf takes a profiler')
  })
})

test('docs/recorder.md shows the driver of this test', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
  const [, code = ''] = /\n(import type postgres.*)$/s.exec(read('record-postgres-js.ts')) ?? []
  expect(read('../../docs/recorder.md')).toContain(
    code.replace('../../src/profiler/recorder-entry.ts', 'pg-loupe/recorder'),
  )
})
