// Express 4 and pg as CommonJS, set up as the README says.
const express = require('express4')
const pg = require('pg')
const { profileRequests } = require('pg-loupe/express')
const { profilePool } = require('pg-loupe/pg')

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const app = express()
app.use(profileRequests())
const books = express.Router()
books.get('/:id', (request, response, next) => {
  pool
    .query('select title from books where id = $1', [request.params.id])
    .then(({ rows }) => response.json(rows))
    .catch(next)
})
app.use('/books', books)
app.listen(Number(process.env.PORT), '127.0.0.1')
