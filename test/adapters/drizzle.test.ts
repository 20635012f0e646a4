// The line that Drizzle's queries name is the one that awaits them.
import { readFileSync } from 'node:fs'
import { eq, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileDrizzle, unprofileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'

const users = pgTable('users', { id: integer().primaryKey(), name: text() })
const posts = pgTable('posts', { id: integer().primaryKey(), userId: integer('user_id'), title: text() })
const schema = {
  users,
  posts,
  usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
  postsRelations: relations(posts, ({ one }) => ({
    user: one(users, { fields: [posts.userId], references: [users.id] }),
  })),
}

const database = await testDatabase()
const profiler = createProfiler({ reporters: [] })
const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)
const db = profileDrizzle(drizzle(pool, { schema }), profiler)
beforeAll(async () => {
  await pool.query('create table users (id int primary key, name text)')
  await pool.query('create table posts (id int primary key, user_id int, title text)')
})
afterAll(() => pool.end())

function selectUsers() {
  return db.select().from(users)
}

/** Each sends one query, from the line that holds its mark. */
const sends: Record<string, () => PromiseLike<unknown>> = {
  select: async () => await db.select().from(users), // select
  'select returned': async () => db.select().from(users).limit(1), // select returned
  'select built elsewhere': async () => await selectUsers(), // select built elsewhere
  findMany: async () => await db.query.users.findMany({ with: { posts: true } }), // findMany
  findFirst: async () => await db.query.users.findFirst(), // findFirst
  insert: async () => await db.insert(users).values({ id: 1, name: 'a' }), // insert
  update: async () => await db.update(users).set({ name: 'b' }).where(eq(users.id, 1)), // update
  delete: async () => await db.delete(posts).where(eq(posts.id, 1)).returning(), // delete
  execute: async () => await db.execute(sql`select 1`), // execute
  $count: async () => await db.$count(users), // $count
  'explicit execute': async () => await db.select().from(users).execute(), // explicit execute
  prepared: async () => await db.select().from(users).prepare('everyone').execute(), // prepared
  'Promise.all': async () => await Promise.all([db.select().from(users)]), // Promise.all
  catch: async () =>
    await db
      .select()
      .from(users)
      .catch(() => {}), // catch
}

test.each(Object.entries(sends))('%s names its line', async (name, send) => {
  const [query, ...more] = await queriesOf(send)
  expect(more).toEqual([])
  expect(query?.callSite[0]?.file).toBe(import.meta.filename)
  expect(query?.callSite[0]?.line).toBe(lineOfMark(name))
})

test('queries of a transaction name their lines and keep one connection', async () => {
  const queries = await queriesOf(() =>
    db.transaction(async (tx) => {
      await tx.select().from(users) // in a transaction
      await tx.select().from(posts)
    }),
  )
  const inside = queries.filter(({ sql }) => sql.startsWith('select'))
  expect(inside.map(({ callSite }) => callSite[0]?.line)).toEqual([
    lineOfMark('in a transaction'),
    lineOfMark('in a transaction') + 1,
  ])
  expect(new Set(queries.map(({ connection }) => connection)).size).toBe(1)
})

test('what follows a query does not inherit its line', async () => {
  const queries = await queriesOf(async () => {
    await db
      .select()
      .from(users)
      .then(() => pool.query('select 2')) // follows
  })
  expect(queries.map(({ sql, via }) => [sql.slice(0, 8), via])).toEqual([
    ['select "', 'drizzle'],
    ['select 2', undefined],
  ])
})

test('the database stays the same object on the same pool', () => {
  const plain = drizzle(pool, { schema })
  expect(profileDrizzle(plain, profiler)).toBe(plain)
  expect(plain.$client).toBe(pool)
})

test('a builder that is only built sends nothing', async () => {
  expect(await queriesOf(() => Promise.resolve([db.select().from(users)].length))).toEqual([])
})

test('profiling can be undone and done again', async () => {
  const prototype = Object.getPrototypeOf(db.execute(sql`select 1`))
  const owner = [prototype, Object.getPrototypeOf(prototype)].find((one) => Object.hasOwn(one, 'then'))
  const getter = () => Object.getOwnPropertyDescriptor(owner, 'then')?.get
  expect(getter()).toBeDefined()
  unprofileDrizzle(db)
  expect(getter()).toBeUndefined()
  profileDrizzle(db, profiler)
  expect(getter()).toBeDefined()
})

test.each([
  ['nothing', undefined, 'but got undefined'],
  ['the pool', pool, 'an object of class BoundPool'],
])('%s instead of a database fails at the call', (_name, value, message) => {
  expect(() => profileDrizzle(value as never, profiler)).toThrow(message)
})

async function queriesOf(fn: () => PromiseLike<unknown>) {
  const trace = profiler.startTrace({ kind: 'job', name: 'drizzle' })
  await profiler.context.run(trace, async () => await fn())
  trace.end()
  await trace.settled()
  return trace.queries
}

function lineOfMark(mark: string): number {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return lines.findIndex((line) => line.includes(`// ${mark}`)) + 1
}
