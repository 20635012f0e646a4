// docs/orms/prisma.md says which methods of Prisma name their line and which do not. Both are held here: a new version of
// Prisma may collect more of them, or fewer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { captureQueries } from '../../src/testing/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) })
const book = { id: 9999, title: 'new', authorId: 7001 }

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(readFileSync(join(import.meta.dirname, 'library.sql'), 'utf8'))
  await client.end()
})
afterAll(() => db.$disconnect())

/** In this order, because they depend on what the others wrote. */
const WITH_LINE: Record<string, () => Promise<unknown>> = {
  findMany: async () => await db.book.findMany(),
  findFirst: async () => await db.book.findFirst(),
  count: async () => await db.book.count(),
  create: async () => await db.book.create({ data: book }),
  update: async () => await db.book.update({ where: { id: book.id }, data: { title: 'changed' } }),
  upsert: async () => await db.book.upsert({ where: { id: book.id }, create: book, update: book }),
  delete: async () => await db.book.delete({ where: { id: book.id } }),
  $queryRaw: async () => await db.$queryRaw`select 1`,
}
const WITHOUT_LINE: Record<string, () => Promise<unknown>> = {
  findUnique: async () => await db.book.findUnique({ where: { id: 9001 } }),
  findUniqueOrThrow: async () => await db.book.findUniqueOrThrow({ where: { id: 9001 } }),
  'findUnique().books()': async () => await db.author.findUnique({ where: { id: 7001 } }).books(),
  '$transaction([…])': async () => await db.$transaction([db.book.findMany()]),
}

test.each(Object.keys(WITH_LINE))('%s names its line', async (name) => {
  const { queries } = await captureQueries(WITH_LINE[name] as () => Promise<unknown>)
  expect(queries.length).toBeGreaterThan(0)
  for (const { callSite } of queries) expect(callSite?.[0]?.file).toBe(import.meta.filename)
})

test.each(Object.keys(WITHOUT_LINE))('%s names no line, and no wrong one', async (name) => {
  const { queries } = await captureQueries(WITHOUT_LINE[name] as () => Promise<unknown>)
  expect(queries.length).toBeGreaterThan(0)
  for (const { callSite } of queries) expect(callSite).toEqual([])
})
