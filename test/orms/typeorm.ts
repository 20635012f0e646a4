import 'reflect-metadata'
import { DataSource, EntitySchema, In } from 'typeorm'
import type { Orm } from './orm.ts'

interface Author {
  id: number
  name: string
  books: Promise<Book[]>
}
interface Book {
  id: number
  title: string
  authorId: number
}

const Author = new EntitySchema<Author>({
  name: 'Author',
  tableName: 'authors',
  columns: { id: { type: Number, primary: true }, name: { type: String } },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author', lazy: true } },
})
const Book = new EntitySchema<Book>({
  name: 'Book',
  tableName: 'books',
  columns: {
    id: { type: Number, primary: true },
    title: { type: String },
    authorId: { type: Number, name: 'author_id' },
  },
  relations: { author: { type: 'many-to-one', target: 'Author', joinColumn: { name: 'author_id' } } },
} as never)

export const typeorm: Orm = {
  name: 'TypeORM',
  package: 'typeorm',
  page: 'docs/orms/typeorm.md',
  file: import.meta.filename,
  async open(url) {
    const source = await new DataSource({ type: 'postgres', url, entities: [Author, Book] }).initialize()
    const authors = source.getRepository(Author)
    const books = source.getRepository(Book)
    const booksAtOnce = async () => {
      const all = await authors.find()
      await books.findBy({ authorId: In(all.map(({ id }) => id)) })
    }
    return {
      loop: {
        bad: async () => {
          for (const { id } of await authors.find()) {
            await books.findBy({ authorId: id }) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const all = await authors.find()
          await Promise.all(all.map(({ id }) => books.findBy({ authorId: id }))) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'await author.books',
        bad: async () => {
          for (const author of await authors.find()) {
            await author.books // nested
          }
        },
        fixed: () => authors.find({ relations: { books: true } }),
        noLine: 'A getter loads a lazy relation, and the query is sent after the getter has returned.',
      },
      close: () => source.destroy(),
    }
  },
}
