// Which columns of Drizzle's mapped rows an application reads, those of joined tables and relations too, in both versions
// of Drizzle; and that the rows are what they would have been.
import { inspect } from 'node:util'
import { eq, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { defineRelations, eq as eq1, sql as sql1 } from 'drizzle-orm-rc'
import { drizzle as drizzle1 } from 'drizzle-orm-rc/node-postgres'
import * as core1 from 'drizzle-orm-rc/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { RowUsage } from '../../src/types/query.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recorded } from './recorded.ts'

type Row = Record<string, unknown>
type Send = () => PromiseLike<unknown>

interface Queries {
  select: Send
  partial: Send
  join: Send
  grouped: Send
  findMany: Send
  findFirst: Send
  inserted: Send
  executed: Send
  transaction: Send
  missing: Send
}

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const bare = new pg.Pool({ ...database.config, max: 1 })
const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
beforeAll(async () => {
  await bare.query('create table users (id int primary key, full_name text, settings jsonb)')
  await bare.query('create table posts (id int primary key, user_id int, title text, body text)')
  await bare.query(
    `insert into users select n, 'Ada ' || n, '{"theme": "dark"}' from generate_series(1, 5) n`,
  )
  await bare.query(`insert into posts select n, 1 + n % 5, 'T', 'B' from generate_series(1, 20) n`)
})
afterAll(() => Promise.all([bare.end(), pool.end()]))

function version045(pool: pg.Pool): Queries {
  const users = pgTable('users', {
    id: integer().primaryKey(),
    fullName: text('full_name'),
    settings: jsonb(),
  })
  const posts = pgTable('posts', {
    id: integer().primaryKey(),
    userId: integer('user_id'),
    title: text(),
    body: text(),
  })
  const schema = {
    users,
    posts,
    usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
    postsRelations: relations(posts, ({ one }) => ({
      user: one(users, { fields: [posts.userId], references: [users.id] }),
    })),
  }
  const db = drizzle(pool, { schema })
  if (pool !== bare) profileDrizzle(db, profiler)
  return {
    select: () => db.select().from(users).orderBy(users.id),
    partial: () => db.select({ key: users.id, loud: sql<string>`upper(${users.fullName})` }).from(users),
    join: () => db.select().from(posts).leftJoin(users, eq(users.id, posts.userId)).orderBy(posts.id),
    grouped: () =>
      db
        .select({ who: users, what: { title: posts.title } })
        .from(users)
        .leftJoin(posts, eq(posts.id, -1)),
    findMany: () => db.query.users.findMany({ with: { posts: { with: { user: true } } } }),
    findFirst: () => db.query.users.findFirst({ columns: { id: true, settings: true } }),
    inserted: () =>
      db
        .insert(users)
        .values({ id: 9, fullName: 'x' })
        .onConflictDoUpdate({ target: users.id, set: { fullName: 'x' } })
        .returning(),
    executed: async () => ((await db.execute(sql`select * from users`)) as unknown as pg.QueryResult).rows,
    transaction: () => db.transaction(async (tx) => await tx.select().from(users)),
    missing: () => db.query.users.findFirst({ where: eq(users.id, -1) }),
  }
}

function version1(pool: pg.Pool): Queries {
  const { integer, jsonb, pgTable, text } = core1
  const users = pgTable('users', {
    id: integer().primaryKey(),
    fullName: text('full_name'),
    settings: jsonb(),
  })
  const posts = pgTable('posts', {
    id: integer().primaryKey(),
    userId: integer('user_id'),
    title: text(),
    body: text(),
  })
  const relations = defineRelations({ users, posts }, (r) => ({
    users: { posts: r.many.posts() },
    posts: { user: r.one.users({ from: r.posts.userId, to: r.users.id }) },
  }))
  const db = drizzle1({ client: pool, relations })
  if (pool !== bare) profileDrizzle(db, profiler)
  return {
    select: () => db.select().from(users).orderBy(users.id),
    partial: () => db.select({ key: users.id, loud: sql1<string>`upper(${users.fullName})` }).from(users),
    join: () => db.select().from(posts).leftJoin(users, eq1(users.id, posts.userId)).orderBy(posts.id),
    grouped: () =>
      db
        .select({ who: users, what: { title: posts.title } })
        .from(users)
        .leftJoin(posts, eq1(posts.id, -1)),
    findMany: () => db.query.users.findMany({ with: { posts: { with: { user: true } } } }),
    findFirst: () => db.query.users.findFirst({ columns: { id: true, settings: true } }),
    inserted: () =>
      db
        .insert(users)
        .values({ id: 9, fullName: 'x' })
        .onConflictDoUpdate({ target: users.id, set: { fullName: 'x' } })
        .returning(),
    executed: async () => ((await db.execute(sql1`select * from users`)) as unknown as pg.QueryResult).rows,
    transaction: () => db.transaction(async (tx) => await tx.select().from(users)),
    missing: () => db.query.users.findFirst({ where: { id: -1 } }),
  }
}

describe.each([
  ['0.45', version045],
  ['1.0', version1],
])('Drizzle %s', (_version, queriesOn) => {
  const queries = queriesOn(pool)
  const plain = queriesOn(bare)

  test.each<[string, keyof Queries, (rows: Row[]) => unknown, Partial<RowUsage>]>([
    [
      'a select',
      'select',
      (rows) => rows.map(({ fullName }) => fullName),
      { read: ['fullName'], unread: ['id', 'settings'] },
    ],
    [
      'a part of a column of JSON',
      'select',
      (rows) => rows.map((row) => (row.settings as Row)?.theme),
      { read: ['settings'], unread: ['id', 'fullName'] },
    ],
    ['a selection', 'partial', (rows) => rows.map(({ loud }) => loud), { read: ['loud'], unread: ['key'] }],
    [
      'a join',
      'join',
      (rows) => rows.map(({ posts, users }) => [(posts as Row).title, (users as Row | null)?.fullName]),
      {
        read: ['posts.title', 'users.fullName'],
        unread: ['posts.id', 'posts.userId', 'posts.body', 'users.id', 'users.settings'],
      },
    ],
    [
      'a grouped selection',
      'grouped',
      (rows) => rows.map(({ who }) => (who as Row).id),
      { read: ['who.id'] },
    ],
    [
      'relations in relations',
      'findMany',
      (rows) =>
        rows.map((row) => [
          row.id,
          (row.posts as Row[]).map((post) => [post.title, (post.user as Row).fullName]),
        ]),
      {
        read: ['posts.user.fullName', 'posts.title', 'id'],
        unread: expect.arrayContaining(['fullName', 'posts.body', 'posts.user.id', 'settings']),
      },
    ],
    [
      'relations that nobody looks at',
      'findMany',
      (rows) => rows.map(({ id }) => id),
      { read: ['id'], serialized: [] },
    ],
    ['rows as JSON', 'findMany', (rows) => JSON.stringify(rows), { read: [], unread: [] }],
    [
      'rows that are copied, and their relations read',
      'findMany',
      (rows) => rows.map((row) => ({ ...row })).map(({ posts }) => (posts as Row[])[0]?.title),
      { read: ['posts.title'] },
    ],
    [
      'one row',
      'findFirst',
      ([row]) => (row?.settings as Row | undefined)?.theme,
      { read: ['settings'], unread: ['id'], rowsTouched: 1 },
    ],
    ['what an insert returns', 'inserted', ([row]) => row?.id, { read: ['id'] }],
    [
      'rows of the driver, under its names',
      'executed',
      (rows) => rows.map((row) => row.full_name),
      { read: ['full_name'] },
    ],
  ])('%s', async (_what, name, use, expected) => {
    const [query] = await recorded(profiler, async () => {
      use([(await queries[name]()) as Row | Row[]].flat())
    })
    expect(query?.usage).toMatchObject(expected)
  })

  test('in a transaction', async () => {
    const sent = await recorded(profiler, async () => {
      for (const { id } of (await queries.transaction()) as Row[]) void id
    })
    expect(sent.find(({ sql }) => sql.startsWith('select'))?.usage).toMatchObject({ read: ['id'] })
  })

  test("Drizzle's own mapping, and pg-loupe following the values, are no reading", async () => {
    const [query] = await recorded(profiler, async () => {
      await queries.findMany()
      for (const id of [1, 2, 3]) await pool.query('select $1::int', [id])
    })
    expect(query?.usage).toMatchObject({ read: [], serialized: [], rowsTouched: 0 })
  })

  test.each(Object.keys(queries) as (keyof Queries)[])(
    'the rows of %s are what they would have been',
    async (name) => {
      const seen = async (queries: Queries) => {
        const rows = await queries[name]()
        return [structuredClone(rows), inspect(rows, { depth: 9 }), JSON.stringify(rows)]
      }
      const expected = await plain[name]()
      await recorded(profiler, async () => expect(await queries[name]()).toStrictEqual(expected))
      const ours: unknown[] = []
      await recorded(profiler, async () => ours.push(await seen(queries)))
      expect(ours[0]).toStrictEqual(await seen(plain))
      expect(profiler.report().cut.internalErrors).toBe(0)
    },
  )
})
