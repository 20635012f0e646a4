// Tests the assertion with a real application on a real database.
import { readFileSync } from 'node:fs'
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { expectNoNPlusOne, QueryAssertionError } from '../../src/testing/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pool = profilePool(new pg.Pool(database.config), profiler)
beforeAll(() =>
  pool.query(`
    create table authors (id int primary key, name text);
    create table books (id int primary key, author_id int);
    insert into authors select 1000 + i, 'author ' || i from generate_series(1, 40) i;
    insert into books select i, 1000 + i * 7 % 40 + 1 from generate_series(1, 20) i`),
)
afterAll(() => pool.end())

async function authorsOneByOne() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  const authors = []
  for (const { author_id } of rows) {
    authors.push((await pool.query('select name from authors where id = $1', [author_id])).rows[0]) // loop
  }
  return authors
}

async function authorsAtOnce() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  const ids = rows.map(({ author_id }) => author_id)
  return (await pool.query('select name from authors where id = any($1)', [ids])).rows
}

const LOOP_LINE = readFileSync(import.meta.filename, 'utf8')
  .split('// loop')[0]
  ?.split('\n').length

const app = express()
app.use(profileRequests(profiler))
app.get('/books', async (_request, response) => void response.json(await authorsOneByOne()))
app.get('/books/fixed', async (_request, response) => void response.json(await authorsAtOnce()))

describe('expectNoNPlusOne', () => {
  test('returns the result of the function when there is no N+1', async () => {
    expect(await expectNoNPlusOne(authorsAtOnce, profiler)).toHaveLength(20)
  })

  test('fails with the line, the origin of the values and the remedy', async () => {
    const error = await failureOf(() => expectNoNPlusOne(authorsOneByOne, profiler))
    expect(error).toBeInstanceOf(QueryAssertionError)
    expect(error.message).toMatch(/^expected no N\+1, but found 1 N\+1 in 21 queries:/)
    expect(error.message).toContain('N+1: 20 queries, one for each row')
    expect(error.message).toMatch(
      new RegExp(`line +test/testing/expect-no-n-plus-one\\.test\\.ts:${LOOP_LINE}:\\d+ authorsOneByOne`),
    )
    expect(error.message).toContain('came from column author_id of 20 rows of one earlier query')
    expect(error.message).toContain('name from authors where id = any($1)')
  })

  test('sees the queries of a request to an application in the same process', async () => {
    const error = await failureOf(() =>
      expectNoNPlusOne(() => request(app).get('/books').expect(200), profiler),
    )
    expect(error.message).toContain('in GET /books')
    const response = await expectNoNPlusOne(() => request(app).get('/books/fixed').expect(200), profiler)
    expect(response.body).toHaveLength(20)
  })

  test('fails on a write for each row', async () => {
    const inserts = async () => {
      for (let id = 1; id < 5; id++) await pool.query('insert into authors (id) values ($1)', [id])
    }
    expect((await failureOf(() => expectNoNPlusOne(inserts, profiler))).message).toContain('N+1: 4 inserts')
  })

  test('keeps concurrent tests apart', async () => {
    const outcomes = await Promise.allSettled(
      [authorsAtOnce, authorsOneByOne, authorsAtOnce].map((fn) => expectNoNPlusOne(fn, profiler)),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('fails when it saw no query, which proves nothing', async () => {
    const error = await failureOf(() => expectNoNPlusOne(() => 1, profiler))
    expect(error.message).toContain('saw no query')
    expect(error.message).toContain('Is the pool profiled')
  })

  test('throws the error of the function unchanged', async () => {
    const planned = new Error('planned')
    const failing = async () => {
      await authorsOneByOne()
      throw planned
    }
    expect(await failureOf(() => expectNoNPlusOne(failing, profiler))).toBe(planned)
  })

  test('fails when the profiler is off, or when it is given no function', async () => {
    const off = createProfiler({ enabled: false })
    expect((await failureOf(() => expectNoNPlusOne(authorsAtOnce, off))).message).toContain('profiler is off')
    const error = await failureOf(() => expectNoNPlusOne(authorsAtOnce() as never, profiler))
    expect(error.message).toContain('takes a function, but got an object of class Promise')
  })
})

async function failureOf(fn: () => Promise<unknown>): Promise<Error> {
  return fn().then(
    () => expect.unreachable('it passed'),
    (error) => error,
  )
}
