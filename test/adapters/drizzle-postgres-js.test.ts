// Drizzle over postgres.js: the line is that of the await, as over pg.

import { readFileSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import { eq as eqRc } from 'drizzle-orm-rc'
import { integer as integerRc, pgTable as pgTableRc, text as textRc } from 'drizzle-orm-rc/pg-core'
import { drizzle as drizzleRc } from 'drizzle-orm-rc/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePostgres } from '../../adapters/postgres/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recorded } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', hints: false, capture: 'full' })
const sql = profilePostgres(postgres(database.url, { max: 2, onnotice() {} }), profiler)
const users = pgTable('users', { id: integer().primaryKey(), name: text() })
const usersRc = pgTableRc('users', { id: integerRc().primaryKey(), name: textRc() })
const db = profileDrizzle(drizzle(sql), profiler)
const dbRc = profileDrizzle(drizzleRc({ client: sql }), profiler)
afterAll(() => sql.end())
beforeAll(async () => {
  await sql`create table users (id int primary key, name text)`
  await sql`insert into users select n, 'u' || n from generate_series(1, 5) n`
})

test('Drizzle 0.45 names the line of the await, and its transactions', async () => {
  const queries = await recorded(profiler, async () => {
    const query = db.select({ name: users.name }).from(users).where(eq(users.id, 2))
    expect(await query).toEqual([{ name: 'u2' }]) // 0.45 awaited
    await db.transaction(async (tx) => {
      await tx.select().from(users) // 0.45 in transaction
    })
  })
  expect(linesOf(queries)).toEqual(['0.45 awaited', undefined, '0.45 in transaction', undefined])
  expect(queries.map(({ transaction }) => transaction)).toEqual([undefined, 1, 1, 1])
  expect(queries[0]).toMatchObject({ via: 'drizzle', rows: 1, columns: [{ name: 'name', columnId: 2 }] })
})

test('Drizzle 1.0 names the line of the await, and its transactions', async () => {
  const queries = await recorded(profiler, async () => {
    const query = dbRc.select({ name: usersRc.name }).from(usersRc).where(eqRc(usersRc.id, 2))
    expect(await query).toEqual([{ name: 'u2' }]) // 1.0 awaited
    await dbRc.transaction(async (tx) => {
      await tx.select().from(usersRc) // 1.0 in transaction
    })
  })
  expect(linesOf(queries)).toEqual(['1.0 awaited', undefined, '1.0 in transaction', undefined])
  expect(queries.map(({ transaction }) => transaction)).toEqual([undefined, 1, 1, 1])
  expect(queries[0]).toMatchObject({ via: 'drizzle', rows: 1 })
})

/** The marks of the lines, of queries that are not those of the transaction itself. */
function linesOf(queries: Awaited<ReturnType<typeof recorded>>): (string | undefined)[] {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return queries.map(({ sql, callSite }) =>
    sql.startsWith('select') ? / \/\/ (.*)$/.exec(lines[(callSite[0]?.line ?? 0) - 1] ?? '')?.[1] : undefined,
  )
}
