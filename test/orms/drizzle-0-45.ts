import { eq, inArray, relations } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Orm } from './orm.ts'

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), title: text(), authorId: integer('author_id') })
const schema = {
  authors,
  books,
  authorRelations: relations(authors, ({ many }) => ({ books: many(books) })),
  bookRelations: relations(books, ({ one }) => ({
    author: one(authors, { fields: [books.authorId], references: [authors.id] }),
  })),
}

export const drizzle045: Orm = {
  name: 'Drizzle',
  package: 'drizzle-orm',
  page: 'docs/drizzle.md',
  file: import.meta.filename,
  async open(url) {
    const pool = new pg.Pool({ connectionString: url })
    const db = profileDrizzle(drizzle(pool, { schema }), defaultProfiler())
    const booksAtOnce = async () => {
      const all = await db.select().from(authors)
      const ids = all.map(({ id }) => id)
      await db.select().from(books).where(inArray(books.authorId, ids))
    }
    return {
      loop: {
        bad: async () => {
          for (const { id } of await db.select().from(authors)) {
            await db.select().from(books).where(eq(books.authorId, id)) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const all = await db.select().from(authors)
          await Promise.all(all.map(({ id }) => db.select().from(books).where(eq(books.authorId, id)))) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'findMany({ with })',
        fixed: () => db.query.authors.findMany({ with: { books: true } }).then((rows) => rows.length),
      },
      close: () => pool.end(),
    }
  },
}
