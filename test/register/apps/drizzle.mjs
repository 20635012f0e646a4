// An application without pg-loupe, with Drizzle: as an ES module, or as CommonJS when requested.
import http from 'node:http'
import { createRequire } from 'node:module'

const name = process.env.DRIZZLE
const load = process.env.REQUIRE ? createRequire(import.meta.url) : (path) => import(path)
const { eq } = await load(name)
const { drizzle } = await load(`${name}/node-postgres`)
const { integer, pgTable, text } = await load(`${name}/pg-core`)
const { default: pg } = await import('pg')

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), authorId: integer('author_id') })
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const db = drizzle({ client: pool })

/** Drizzle is found by its first query, and its copy is imported then, which takes a moment with a slow loader. */
const FOUND_MS = 1000

const server = http.createServer(async (request, response) => {
  if (request.url === '/first') {
    await db.select().from(books).limit(1)
    response.end('ok')
    return
  }
  const all = await db.select().from(books)
  for (const book of all) {
    await db.select().from(authors).where(eq(authors.id, book.authorId)) // loop
  }
  response.end('ok')
})
server.listen(0, '127.0.0.1', async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  await fetch(`${address}/first`)
  await new Promise((resolve) => setTimeout(resolve, FOUND_MS))
  await fetch(`${address}/books`)
  server.close()
  await pool.end()
})
