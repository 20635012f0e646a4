import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import type { Orm } from './orm.ts'

export const prisma: Orm = {
  name: 'Prisma',
  package: '@prisma/client',
  page: 'docs/orms/prisma.md',
  file: import.meta.filename,
  async open(url) {
    const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
    const booksAtOnce = async () => {
      const authors = await db.author.findMany()
      await db.book.findMany({ where: { authorId: { in: authors.map(({ id }) => id) } } })
    }
    return {
      loop: {
        bad: async () => {
          for (const { id } of await db.author.findMany()) {
            await db.book.findMany({ where: { authorId: id } }) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const authors = await db.author.findMany()
          await Promise.all(authors.map(({ id }) => db.book.findMany({ where: { authorId: id } }))) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'findUnique().books()',
        bad: async () => {
          for (const { id } of await db.author.findMany()) {
            await db.author.findUnique({ where: { id } }).books() // nested
          }
        },
        fixed: () => db.author.findMany({ include: { books: true } }),
        noLine:
          'Prisma collects the queries of `findUnique` and `$transaction` and sends them one tick later, for all callers at once.',
      },
      close: () => db.$disconnect(),
    }
  },
}
