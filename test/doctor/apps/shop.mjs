// Express 5 and Drizzle as ES modules, set up as the README says.
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import express from 'express'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'

const books = pgTable('books', { id: integer(), title: text() })
const connectionString = process.env.DATABASE_URL
const profiler = createProfiler()
const pool = profilePool(new pg.Pool({ connectionString, max: 3 }))
const reports = profilePool(new pg.Pool({ connectionString, max: 2 }))
const db = profileDrizzle(drizzle(pool))

const app = express()
app.use(profileRequests())
app.get('/books', async (_request, response) => {
  await reports.query('select count(*) from books')
  await pool.query('/* pg-loupe-ignore: only one row */ select id from books limit 1')
  response.json(await db.select({ title: books.title }).from(books).limit(5))
})
app.get('/health', (_request, response) => response.send('well'))
if (!profiler.enabled) throw new Error('a profiler of its own is on')
app.listen(Number(process.env.PORT), '127.0.0.1')
