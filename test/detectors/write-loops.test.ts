// Writes in loops, sent to a real server as applications send them, each beside the code that writes the same at once.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/profile-pool.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import type { Report } from '../../src/types/report.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const plain = new pg.Pool(database.config)
const pools = [plain]
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

beforeAll(async () => {
  await plain.query(`
    create table documents (id int primary key generated always as identity (start 70001), source text, title text);
    create table lines (document_id int, position int, body text);
    create table links (parent_id int, target text);
    create table versions (parent_id int, number int, body text);
    create table queues (name text primary key);
    create table jobs (id int primary key generated always as identity, name text, data jsonb);
    create table counters (key text primary key, value int);
    insert into queues values ('mail');
  `)
})
beforeEach(async () => {
  await plain.query('truncate documents, lines, links, versions, jobs, counters')
})

/** The findings in the queries that the application sends for one job. */
async function findIn(work: (pool: pg.Pool) => Promise<void>): Promise<Report> {
  const profiler = createProfiler({
    console: 'off',
    catalog: false,
    enabled: true,
    detectors: { 'slow-query': false },
  })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
  pools.push(pool)
  await profiler.trace('publish', async () => await work(pool))
  await profiler.settled()
  return profiler.report()
}

const titles = ({ findings }: Report) => findings.map(({ title }) => title)

const documents = Array.from({ length: 12 }, (_, at) => ({
  source: `feed-${at}`,
  title: `Document ${at}`,
  lines: Array.from({ length: 2 + (at % 3) }, (_, line) => `line ${at}.${line}`),
}))

describe('an importer with a loop in its loop', () => {
  async function importDocuments(pool: pg.Pool): Promise<void> {
    for (const { source, title, lines } of documents) {
      await pool.query('select id from documents where source = $1', [source])
      const { rows } = await pool.query(
        'insert into documents (source, title) values ($1, $2) returning id',
        [source, title],
      )
      await saveLines(pool, rows[0].id, lines)
    }
  }

  async function saveLines(pool: pg.Pool, id: number, lines: readonly string[]): Promise<void> {
    for (const [position, body] of lines.entries()) {
      await pool.query('insert into lines (document_id, position, body) values ($1, $2, $3)', [
        id,
        position,
        body,
      ])
    }
  }

  test('is one finding of a few lines, which tells what is sent once in a turn and what several times', async () => {
    const report = await findIn(importDocuments)
    expect(report.findings).toMatchObject([
      {
        detector: 'n-plus-one',
        severity: 'error',
        title: 'N+1: 60 queries of 3 statements from one loop',
        key: 'n-plus-one | publish | importDocuments',
      },
    ])
    expect(report.findings[0]?.callSite[0]?.function).toBe('importDocuments')
    expect(report.findings[0]?.detail).toContain('2 of its 3 statements once, 1 several times')
    expect(report.findings[0]?.occurrences[0]?.queries).toHaveLength(60)
    const code = report.findings[0]?.fix?.split('\n') ?? []
    expect(reporters.console.render(report).trim().split('\n').length - code.length).toBeLessThan(18)
  })

  test('is silent when it asks once and writes each table once', async () => {
    const report = await findIn(async (pool) => {
      const sources = documents.map(({ source }) => source)
      await pool.query('select id from documents where source = any($1)', [sources])
      const { rows } = await pool.query(
        'insert into documents (source, title) select * from unnest($1::text[], $2::text[]) returning id',
        [sources, documents.map(({ title }) => title)],
      )
      const lines = documents.flatMap(({ lines: own }, at) =>
        own.map((body, position) => ({ document_id: rows[at].id, position, body })),
      )
      await pool.query(
        'insert into lines select * from json_to_recordset($1) as l (document_id int, position int, body text)',
        [JSON.stringify(lines)],
      )
    })
    expect(titles(report)).toEqual([])
  })
})

describe('a content system that writes links and versions of each document', () => {
  const linksOf = (id: number, at: number) =>
    Array.from({ length: 1 + (at % 4) }, (_, link) => [id, `target ${at}.${link}`])

  async function insertLinks(pool: pg.Pool, links: readonly (readonly unknown[])[]): Promise<void> {
    const rows = links.map((_, row) => `($${2 * row + 1}, $${2 * row + 2})`)
    await pool.query(`insert into links (parent_id, target) values ${rows.join(', ')}`, links.flat())
  }

  async function publishAll(pool: pg.Pool, ids: readonly number[]): Promise<void> {
    for (const [at, id] of ids.entries()) {
      await pool.query('delete from links where parent_id = $1', [id])
      await insertLinks(pool, linksOf(id, at))
      await pool.query('insert into versions (parent_id, number, body) values ($1, $2, $3)', [id, 1, 'text'])
    }
  }

  const ids = Array.from({ length: 10 }, (_, at) => 90_001 + 7 * at)

  test('is one loop with the batches of each document in it', async () => {
    const report = await findIn(async (pool) => await publishAll(pool, ids))
    expect(titles(report)).toEqual(['N+1: 30 queries of 3 statements from one loop'])
    expect(report.findings[0]?.statements?.map(({ count }) => count)).toEqual([10, 10, 10])
  })

  test('is silent when it publishes one document', async () => {
    expect(titles(await findIn((pool) => publishAll(pool, ids.slice(0, 1))))).toEqual([])
  })

  test('is silent when it writes all documents together', async () => {
    const report = await findIn(async (pool) => {
      await pool.query('delete from links where parent_id = any($1)', [ids])
      await insertLinks(
        pool,
        ids.flatMap((id, at) => linksOf(id, at)),
      )
    })
    expect(titles(report)).toEqual([])
  })
})

describe('a job queue', () => {
  const JOIN = `insert into jobs (name, data) select j.name, j.data
    from (select $1::text as name, $2::jsonb as data) j join queues q on q.name = j.name returning id`
  const RECORDS = `insert into jobs (name, data) select j.name, j.data
    from json_to_recordset($1) as j (name text, data jsonb) returning id`

  test.each<[string, (pool: pg.Pool, data: object) => Promise<unknown>]>([
    [
      'by its values',
      (pool, data) => pool.query('insert into jobs (name, data) values ($1, $2)', ['mail', data]),
    ],
    ['by a join to its queues', (pool, data) => pool.query(JOIN, ['mail', data])],
    ['as a document of one', (pool, data) => pool.query(RECORDS, [JSON.stringify([{ name: 'mail', data }])])],
  ])('that is sent a job for each item %s is a loop', async (_how, send) => {
    const report = await findIn(async (pool) => {
      for (const { source } of documents) await send(pool, { to: source })
    })
    expect(report.findings).toMatchObject([{ detector: 'n-plus-one-write', cost: { queries: 11 } }])
  })

  test('that is sent all jobs at once is silent', async () => {
    const jobs = documents.map(({ source }) => ({ name: 'mail', data: { to: source } }))
    expect(
      titles(await findIn(async (pool) => void (await pool.query(RECORDS, [JSON.stringify(jobs)])))),
    ).toEqual([])
  })

  test('in a worker that claims job after job is silent', async () => {
    await plain.query(`insert into jobs (name) select 'mail' from generate_series(1, 6)`)
    const report = await findIn(async (pool) => {
      for (;;) {
        const { rows } = await pool.query(
          `delete from jobs where id = (select id from jobs order by id limit 1 for update skip locked) returning id`,
        )
        if (rows.length === 0) return
        await pool.query('update counters set value = value + 1 where key = $1', [`job ${rows[0].id}`])
      }
    })
    expect(titles(report)).toEqual([])
  })
})

describe('an upsert by unnest', () => {
  const UPSERT = `insert into counters select * from unnest($1::text[], $2::int[])
    on conflict (key) do update set value = excluded.value`

  test('with arrays of one element is a loop', async () => {
    const report = await findIn(async (pool) => {
      for (const [at, { source }] of documents.entries()) await pool.query(UPSERT, [[source], [at]])
    })
    expect(titles(report)).toEqual(['N+1: 12 inserts, one at a time'])
  })

  test('with large arrays in chunks is none', async () => {
    const report = await findIn(async (pool) => {
      for (let start = 0; start < 1600; start += 500) {
        const keys = Array.from({ length: Math.min(500, 1600 - start) }, (_, at) => start + at)
        await pool.query(UPSERT, [keys.map((key) => `key ${key}`), keys])
      }
    })
    expect(titles(report)).toEqual([])
  })
})

test('two inserts that are written out are no loop', async () => {
  const report = await findIn(async (pool) => {
    await pool.query('insert into links (parent_id, target) values ($1, $2)', [1, 'a'])
    await pool.query('insert into links (parent_id, target) values ($1, $2)', [2, 'b'])
  })
  expect(titles(report)).toEqual([])
})
