import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { app, pool } from './app.js'

let server

before(async () => {
  await pool.query(`
    drop table if exists books, authors;
    create table authors (id int primary key, name text not null);
    create table books (id int primary key, title text not null, author_id int not null references authors);
    insert into authors select id, 'author ' || id from generate_series(7001, 7005) id;
    insert into books select id, 'book ' || id, 7000 + id from generate_series(1, 5) id;
  `)
  server = app.listen(0)
  await once(server, 'listening')
})

after(async () => {
  server.close()
  await pool.end()
})

test('books have their author', async () => {
  assert.deepEqual((await get('/books'))[0], {
    id: 1,
    title: 'book 1',
    author_id: 7001,
    author: 'author 7001',
  })
})

test('authors have their books', async () => {
  assert.deepEqual((await get('/authors'))[0].books, [{ title: 'book 1', author_id: 7001 }])
})

async function get(path) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
  return response.json()
}
