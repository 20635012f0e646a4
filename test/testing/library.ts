// A library of books on a real database, with the usual mistake and its fix, for the tests of the assertions.
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { profilePool } from '../../adapters/pg/index.ts'
import type { ProfilerOptions } from '../../src/profiler/options.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { lineOf } from './failure-of.ts'

export async function openLibrary(options: ProfilerOptions = {}) {
  const database = await testDatabase()
  const profiler = createProfiler({ console: 'off', ...options })
  const pool = profilePool(new pg.Pool(database.config), profiler)
  await pool.query(`
    create table authors (id int primary key, name text);
    create table books (id int generated always as identity primary key, author_id int, title text);
    insert into authors select 1000 + i, 'author ' || i from generate_series(1, 40) i`)

  const books = () => pool.query('select id, author_id from books order by id')
  return {
    profiler,
    pool,
    /** Creates this many books, each of another author. */
    async putBooks(count: number): Promise<void> {
      await pool.query('truncate books')
      await pool.query(
        `insert into books (author_id, title)
         select 1000 + i * 7 % 40 + 1, 'book ' || i from generate_series(1, $1::int) i`,
        [count],
      )
    },
    async authorsOneByOne(): Promise<unknown[]> {
      const authors = []
      for (const { author_id } of (await books()).rows) {
        authors.push((await pool.query('select name from authors where id = $1', [author_id])).rows[0]) // loop
      }
      return authors
    },
    async authorsAtOnce(): Promise<unknown[]> {
      const ids = (await books()).rows.map(({ author_id }) => author_id)
      return (await pool.query('select name from authors where id = any($1)', [ids])).rows
    },
  }
}

export const LOOP_LINE = lineOf(readFileSync(import.meta.filename, 'utf8'), 'loop')
