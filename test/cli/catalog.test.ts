// pg-loupe analyze --catalog: what the keys of a real database say about queries that were recorded without them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCatalog, serializeCatalog } from '../../src/catalog/index.ts'
import type { Query } from '../../src/types/query.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCommand } from './run-command.ts'

const database = await testDatabase()
const pool = new pg.Pool(database.config)
afterAll(() => pool.end())
let catalog = ''

beforeAll(async () => {
  await pool.query(`
    create table customers (id int primary key, name text);
    create table orders (id int primary key, customer_id int references customers);
    insert into orders select n from generate_series(1, 5000) n;
    analyze orders`)
  catalog = join(temporaryFolder({ onTestFinished: afterAll }), 'catalog.json')
  writeFileSync(catalog, serializeCatalog(await readCatalog(pool)))
})

test('a result that grows with its table is found, without a catalog it is not', async () => {
  const traces = trace({ sql: 'select * from orders', rows: 50 })
  expect(await detectorsThatFind(traces, '--catalog', catalog)).toEqual(['unbounded-select'])
  expect(await detectorsThatFind(traces)).toEqual([])
})

test('keys, limits and lists bound a result, with their values in the file or only hashes of them', async () => {
  const traces = trace(
    { sql: 'select * from orders where id = $1', valueHashes: ['a'] },
    { sql: 'select * from orders limit $1', valueHashes: ['17'], limit: 500 },
    { sql: 'select * from orders limit $1', params: [500] },
    { sql: 'select * from orders where id = any($1)', valueHashes: [['a', 'b']] },
    { sql: 'select * from orders where id in ($1, $2)', params: [1, 2] },
  )
  expect(await detectorsThatFind(traces, '--catalog', catalog)).toEqual([])
})

test('the parent of a loop is named with its table', async () => {
  const { rows } = await pool.query(`select 'orders'::regclass::oid::int as id`)
  const columns = [{ name: 'customer_id', tableId: rows[0].id, columnId: 2 }]
  const traces = trace(
    { sql: 'select customer_id from orders limit 3', rows: 3, columns },
    ...['a', 'b', 'c'].map((hash) => ({
      sql: 'select * from customers where id = $1',
      valueHashes: [hash],
      flow: [{ param: 0, query: 0, column: 'customer_id', rows: 3 }],
    })),
  )
  const { stdout } = await runCommand(['analyze', '-', '--catalog', catalog], traces)
  expect(stdout).toContain('orders.customer_id')
})

test.each([
  ['/no/such/catalog', 'cannot read /no/such/catalog: ENOENT'],
  ['package.json', 'package.json: This is no catalog'],
])('--catalog %s fails with status 2 and says why', async (file, message) => {
  const { stderr, code } = await runCommand(['analyze', '-', '--catalog', file])
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

function trace(...queries: Query[]): string {
  return JSON.stringify({ v: 1, name: 'GET /', queries })
}

async function detectorsThatFind(traces: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await runCommand(['analyze', '-', '--format', 'json', ...args], traces)
  return JSON.parse(stdout).findings.map(({ detector }: { detector: string }) => detector)
}
