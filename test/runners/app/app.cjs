// The routes of the application.
const { eq, inArray } = require('drizzle-orm')
const express = require('express')
const { profileRequests } = require('pg-loupe/express')
const { authors, books, db } = require('./library.cjs')

const app = express()
app.use(profileRequests())
app.get('/books', async (_request, response) => {
  const found = await db.select().from(books).limit(50)
  for (const book of found) {
    book.author = await db.select().from(authors).where(eq(authors.id, book.authorId)) // request loop
  }
  response.json(found)
})
app.get('/books/fixed', async (_request, response) => {
  const found = await db.select().from(books).limit(50)
  const wanted = found.map((book) => book.authorId)
  const writers = await db.select().from(authors).where(inArray(authors.id, wanted))
  response.json(found.map((book) => ({ ...book, author: writers.filter(({ id }) => id === book.authorId) })))
})

module.exports = { app }
