// The two tables of the applications in these tests: books, and the authors that a loop over the books asks for. The ids of
// authors begin at 5001, so that they are equal to no id of a book by chance.
import pg from 'pg'

/** Makes the tables with as many authors as books. */
export async function makeLibrary(config: pg.ClientConfig, books = 4): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  await client.query(`
    create table authors (id int primary key, name text);
    create table books (id int primary key, author_id int);
    insert into authors select 5000 + id, 'name ' || id from generate_series(1, ${books}) id;
    insert into books select id, 5000 + id from generate_series(1, ${books}) id;
  `)
  await client.end()
}
