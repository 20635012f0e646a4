// The session that the adapter of postgres.js opens beside the pool of the application: the catalog and plans need it.
import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { databaseOf, type PostgresFactory } from '../../adapters/postgres/own-connection.ts'
import type { OptionsInside } from '../../adapters/postgres/postgres-like.ts'
import { explainStatement } from '../../src/panel/connect/explain/explain-statement.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const pool = postgres(database.url, { max: 1, onnotice() {} })
afterAll(() => pool.end())

const options = pool.options as unknown as OptionsInside
const own = databaseOf(options, async () => postgres as unknown as PostgresFactory)
if (!own) throw new Error('the database of the pool is not known')

test('a session is one connection, so that a transaction goes over it', async () => {
  const limits = { applicationName: 'of the test', connectTimeoutMs: 3000, queryTimeoutMs: 3000 }
  const rows = await own.session(limits, async (send) => {
    await send('begin transaction read only')
    const [row] = await send('show transaction_read_only')
    await send('rollback')
    return [row, ...(await send("select current_setting('application_name') as name"))]
  })
  expect(rows).toEqual([{ transaction_read_only: 'on' }, { name: 'of the test' }])
})

test('a statement is planned, also after PostgreSQL could not find out the type of a parameter', async () => {
  const sql = "select json_build_object('', relname) from pg_class where oid = $1 and relname <> ''"
  expect(await explainStatement(own, sql)).toEqual({
    plan: [{ Plan: expect.objectContaining({ 'Relation Name': 'pg_class' }) }],
  })
})
