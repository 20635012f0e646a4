// An application whose listBooks asks for each author by itself.
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profilePool } from 'pg-loupe/pg'

export const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const db = profileDrizzle(drizzle(pool))
const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), authorId: integer('author_id') })

export async function listBooks() {
  const found = await db.select().from(books)
  const names = []
  for (const { authorId } of found) {
    names.push(await db.select().from(authors).where(eq(authors.id, authorId))) // loop
  }
  return names
}

export function listBooksAtOnce() {
  return db.select().from(books).innerJoin(authors, eq(authors.id, books.authorId))
}
