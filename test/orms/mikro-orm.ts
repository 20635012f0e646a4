import { type Collection, EntitySchema, MikroORM } from '@mikro-orm/postgresql'
import type { Orm } from './orm.ts'

class Author {
  declare id: number
  declare name: string
  declare books: Collection<Book>
}
class Book {
  declare id: number
  declare title: string
  declare author: Author
}

const authorSchema = new EntitySchema<Author>({
  class: Author,
  tableName: 'authors',
  properties: {
    id: { type: 'number', primary: true },
    name: { type: 'string' },
    books: { kind: '1:m', entity: () => Book, mappedBy: 'author' },
  },
})
const bookSchema = new EntitySchema<Book>({
  class: Book,
  tableName: 'books',
  properties: {
    id: { type: 'number', primary: true },
    title: { type: 'string' },
    author: { kind: 'm:1', entity: () => Author, fieldName: 'author_id' },
  },
})

export const mikroOrm: Orm = {
  name: 'MikroORM',
  package: '@mikro-orm/postgresql',
  page: 'docs/orms/mikro-orm.md',
  file: import.meta.filename,
  async open(url) {
    const orm = await MikroORM.init({ clientUrl: url, entities: [authorSchema, bookSchema] })
    const booksAtOnce = async () => {
      const em = orm.em.fork()
      const authors = await em.findAll(Author)
      await em.find(Book, { author: authors })
    }
    return {
      loop: {
        bad: async () => {
          const em = orm.em.fork()
          for (const author of await em.findAll(Author)) {
            await em.find(Book, { author }) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const em = orm.em.fork()
          const authors = await em.findAll(Author)
          await Promise.all(authors.map((author) => em.fork().find(Book, { author: author.id }))) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'author.books.init()',
        bad: async () => {
          for (const author of await orm.em.fork().findAll(Author)) {
            await author.books.init() // nested
          }
        },
        fixed: () => orm.em.fork().findAll(Author, { populate: ['books'] }),
      },
      close: () => orm.close(true),
    }
  },
}
