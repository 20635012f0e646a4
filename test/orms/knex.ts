import Knex from 'knex'
import type { Orm } from './orm.ts'

interface Author {
  id: number
}

export const knex: Orm = {
  name: 'knex',
  package: 'knex',
  page: 'docs/orms/knex.md',
  file: import.meta.filename,
  async open(url) {
    const db = Knex({ client: 'pg', connection: url })
    const booksAtOnce = async () => {
      const authors = await db<Author>('authors').select('id')
      await db('books').whereIn(
        'author_id',
        authors.map(({ id }) => id),
      )
    }
    return {
      loop: {
        bad: async () => {
          for (const { id } of await db<Author>('authors').select('id')) {
            await db('books').where({ author_id: id }) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const authors = await db<Author>('authors').select('id')
          await Promise.all(authors.map(({ id }) => db('books').where({ author_id: id }))) // parallel
        },
        fixed: booksAtOnce,
      },
      close: () => db.destroy(),
    }
  },
}
