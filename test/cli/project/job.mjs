// A script without pg-loupe that serves no request.
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), authorId: integer('author_id') })
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
const db = drizzle(pool)

for (const { authorId } of await db.select().from(books)) {
  await db.select().from(authors).where(eq(authors.id, authorId)) // loop
}
await pool.end()
