import { Kysely, PostgresDialect } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import pg from 'pg'
import type { Orm } from './orm.ts'

interface Tables {
  authors: { id: number; name: string }
  books: { id: number; title: string; author_id: number }
}

export const kysely: Orm = {
  name: 'Kysely',
  package: 'kysely',
  page: 'docs/orms/kysely.md',
  file: import.meta.filename,
  async open(url) {
    const db = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
    })
    const booksOf = db.selectFrom('books').selectAll()
    const booksAtOnce = async () => {
      const authors = await db.selectFrom('authors').select('id').execute()
      const ids = authors.map(({ id }) => id)
      await booksOf.where('author_id', 'in', ids).execute()
    }
    return {
      loop: {
        bad: async () => {
          for (const { id } of await db.selectFrom('authors').select('id').execute()) {
            await booksOf.where('author_id', '=', id).execute() // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const authors = await db.selectFrom('authors').select('id').execute()
          await Promise.all(authors.map(({ id }) => booksOf.where('author_id', '=', id).execute())) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'jsonArrayFrom',
        fixed: () =>
          db
            .selectFrom('authors')
            .select(({ selectFrom }) => [
              'authors.id',
              jsonArrayFrom(
                selectFrom('books').select('books.title').whereRef('books.author_id', '=', 'authors.id'),
              ).as('books'),
            ])
            .execute(),
      },
      close: () => db.destroy(),
    }
  },
}
