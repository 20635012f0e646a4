// Drizzle 0.45 holds what holds for every version.
import { eq, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { customType, integer, pgSchema, pgTable, text, union, withReplicas } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { describeDrizzle } from './drizzle-contract.ts'

const upper = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  fromDriver: (value) => value.toUpperCase(),
})
const users = pgTable('users', { id: integer().primaryKey(), name: upper() })
const posts = pgTable('posts', { id: integer().primaryKey(), userId: integer('user_id'), title: text() })
const audits = pgSchema('log').table('audits', { id: integer().primaryKey() })
const schema = {
  users,
  posts,
  usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
  postsRelations: relations(posts, ({ one }) => ({
    user: one(users, { fields: [posts.userId], references: [users.id] }),
  })),
}

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)
const db = profileDrizzle(drizzle(pool, { schema }), profiler)
beforeAll(async () => {
  await pool.query('create table users (id int primary key, name text)')
  await pool.query('create table posts (id int primary key, user_id int, title text)')
  await pool.query('create schema log; create table log.audits (id int primary key)')
  await pool.query("insert into users values (10, 'ada'), (11, 'bob')")
  await pool.query("insert into posts values (20, 10, 'one'), (21, 10, 'two')")
})
afterAll(() => pool.end())

const replicated = withReplicas(drizzle(pool, { schema }), [drizzle(pool, { schema })])

function selectUsers() {
  return db.select().from(users) // select built
}

function insertUser() {
  return db.insert(users).values({ id: 2, name: 'a' }).onConflictDoNothing() // insert built
}

function updateUsers() {
  return db.update(users).set({ name: 'b' }).where(eq(users.id, 1)) // update built
}

function deletePosts() {
  return db.delete(posts).where(eq(posts.id, 1)) // delete built
}

function findUsers() {
  return db.query.users.findMany() // findMany built
}

function executeOne() {
  return db.execute(sql`select 1`) // execute built
}

function countUsers() {
  return db.$count(users) // $count built
}

const prepared = db
  .select()
  .from(users)
  .where(eq(users.id, sql.placeholder('id')))
  .prepare('one_user')

describeDrizzle({
  file: import.meta.filename,
  profiler,
  pool,
  db,
  sends: {
    select: async () => await db.select().from(users), // select
    'select returned': async () => db.select().from(users).limit(1), // select returned
    'select distinct': async () => await db.selectDistinct().from(users), // select distinct
    'select with a CTE': async () => {
      const some = db.$with('some').as(db.select().from(users).limit(1))
      await db.with(some).select().from(some) // select with a CTE
    },
    'a union': async () => await union(db.select().from(users), db.select().from(users)), // a union
    'a join': async () => await db.select().from(users).leftJoin(posts, eq(posts.userId, users.id)), // a join
    findMany: async () => await db.query.users.findMany({ with: { posts: true } }), // findMany
    findFirst: async () => await db.query.users.findFirst(), // findFirst
    insert: async () => await db.insert(users).values({ id: 1, name: 'a' }).onConflictDoNothing(), // insert
    update: async () => await db.update(users).set({ name: 'b' }).where(eq(users.id, 1)), // update
    delete: async () => await db.delete(posts).where(eq(posts.id, 1)).returning(), // delete
    execute: async () => await db.execute(sql`select 1`), // execute
    $count: async () => await db.$count(users), // $count
    'explicit execute': async () => await db.select().from(users).execute(), // explicit execute
    prepared: async () => await prepared.execute({ id: 1 }), // prepared
    'Promise.all': async () => await Promise.all([db.select().from(users)]), // Promise.all
    'Promise.allSettled': async () => await Promise.allSettled([db.select().from(users)]), // Promise.allSettled
    'an explicit then': async () => await db.select().from(users).then(), // an explicit then
    catch: async () =>
      await db
        .select()
        .from(users)
        .catch(() => {}), // catch
    finally: async () =>
      await db
        .select()
        .from(users)
        .finally(() => {}), // finally
    'after an await': async () => {
      await null
      await db.select().from(users) // after an await
    },
  },
  builtElsewhere: {
    select: async function sendSelect() {
      await selectUsers() // select awaited
    },
    'select of Promise.all': async function sendAll() {
      const built = selectMore()
      await Promise.all([built]) // select of Promise.all awaited
    },
    insert: async function sendInsert() {
      await insertUser() // insert awaited
    },
    update: async function sendUpdate() {
      await updateUsers() // update awaited
    },
    delete: async function sendDelete() {
      await deletePosts() // delete awaited
    },
    findMany: async function sendFindMany() {
      await findUsers() // findMany awaited
    },
    execute: async function sendExecute() {
      await executeOne() // execute awaited
    },
    $count: async function sendCount() {
      await countUsers() // $count awaited
    },
  },
  transaction: () =>
    db.transaction(async (tx) => {
      await tx.select().from(users) // in a transaction
      await tx.select().from(posts)
    }),
  savepoint: () =>
    db.transaction(async (tx) => {
      await tx.transaction(async (inner) => {
        await inner.select().from(users) // in a savepoint
      })
    }),
  followed: async () => {
    await selectUsers().then(() => pool.query('select 2')) // follows
  },
  replicated: {
    db: replicated,
    send: async () => await replicated.select().from(users), // of a replica
  },
  onlyBuilt: () => Promise.resolve([db.select().from(users)].length),
  failing: () => db.execute(sql`select 1 / 0`),
  touching: {
    'a select': { send: () => db.select().from(users), tables: ['users'] },
    'a join': {
      send: () => db.select().from(users).leftJoin(posts, eq(posts.userId, users.id)),
      tables: ['posts', 'users'],
    },
    'an insert': {
      send: () => db.insert(users).values({ id: 1, name: 'a' }).onConflictDoNothing(),
      tables: ['users'],
    },
    'an update': {
      send: () => db.update(users).set({ name: 'b' }).where(eq(users.id, 1)),
      tables: ['users'],
    },
    'a delete': { send: () => db.delete(posts).where(eq(posts.id, 1)), tables: ['posts'] },
    'a table of a schema': { send: () => db.select().from(audits), tables: ['log.audits'] },
    'a prepared statement': { send: () => prepared.execute({ id: 1 }), tables: ['users'] },
  },
  usersWithPosts: () => db.query.users.findMany({ with: { posts: true } }),
  audit: (id) => db.select().from(audits).where(eq(audits.id, id)),
})

function selectMore() {
  return db.select().from(posts) // select of Promise.all built
}

test.each([
  ['nothing', undefined, 'but got undefined'],
  ['the pool', pool, 'an object of class BoundPool'],
])('%s instead of a database fails at the call', (_name, value, message) => {
  expect(() => profileDrizzle(value as never, profiler)).toThrow(message)
})
