// Values that came with the request are no values of earlier rows, even where rows hold them too: an importer that loads
// what exists already finds the names of its own input again.
import express, { type Request } from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'

const NAMES = Array.from({ length: 6 }, (_, i) => `feature-number-${i * 7919}`)
const database = await testDatabase()
const profiler = createProfiler({ console: 'off', capture: 'full', catalog: false })
const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
afterAll(() => pool.end())

beforeAll(async () => {
  await pool.query('create table features (name text); create table audit (name text)')
  await pool.query('insert into features select unnest($1::text[])', [NAMES])
})

const existing = async () =>
  (await pool.query<{ name: string }>('select name from features order by name desc')).rows
const note = (name: string) => pool.query('select count(*) from audit where name = $1', [name])

const app = express()
app.use(profileRequests(profiler), express.json())
app.post('/import', async ({ body }: Request, response) => {
  await existing()
  for (const { name } of body.features) await note(name)
  response.json({})
})
app.post('/names/:names', async ({ params }: Request<{ names: string }>, response) => {
  await existing()
  for (const name of params.names.split(',')) await note(name)
  response.json({})
})
app.post('/search', async ({ query }: Request, response) => {
  await existing()
  for (const name of [query.name].flat()) await note(String(name))
  response.json({})
})
app.post('/audit', async (_request, response) => {
  for (const { name } of await existing()) await note(name)
  response.json({})
})

async function confidenceOf(path: string, body: object = {}): Promise<string | undefined> {
  let confidence: string | undefined
  const stop = profiler.on('report', ({ findings }) => {
    confidence = findings.find(({ detector }) => detector === 'n-plus-one')?.confidence
  })
  await request(app).post(path).send(body).expect(200)
  await profiler.settled()
  stop()
  return confidence
}

test('a loop over the body is likely, although earlier rows hold its values', async () => {
  expect(await confidenceOf('/import', { features: NAMES.toReversed().map((name) => ({ name })) })).toBe(
    'likely',
  )
})

test('a loop over a list in the path or in the query string is likely', async () => {
  expect(await confidenceOf(`/names/${NAMES.join(',')}`)).toBe('likely')
  expect(await confidenceOf(`/search?${NAMES.map((name) => `name=${name}`).join('&')}`)).toBe('likely')
})

test('the same loop over the rows is proven', async () => {
  expect(await confidenceOf('/audit', { unrelated: ['feature', 1, null] })).toBe('proven')
})

test('any value may have come from an input that is too large to examine', async () => {
  expect(await confidenceOf('/audit', { numbers: Array.from({ length: 30_000 }, () => 1) })).toBe('likely')
})
