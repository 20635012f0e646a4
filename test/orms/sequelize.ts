import { DataTypes, Model, Sequelize } from 'sequelize'
import type { Orm } from './orm.ts'

class Author extends Model {
  declare id: number
  declare getBooks: () => Promise<Book[]>
}
class Book extends Model {}

export const sequelize: Orm = {
  name: 'Sequelize',
  package: 'sequelize',
  page: 'docs/orms/sequelize.md',
  file: import.meta.filename,
  async open(url) {
    const db = new Sequelize(url, { logging: false })
    const id = { type: DataTypes.INTEGER, primaryKey: true }
    const options = { sequelize: db, timestamps: false, underscored: true }
    Author.init({ id, name: DataTypes.TEXT }, { ...options, tableName: 'authors' })
    Book.init({ id, title: DataTypes.TEXT, authorId: DataTypes.INTEGER }, { ...options, tableName: 'books' })
    Author.hasMany(Book, { as: 'books', foreignKey: 'authorId' })
    const booksAtOnce = async () => {
      const authors = await Author.findAll()
      await Book.findAll({ where: { authorId: authors.map((author) => author.id) } })
    }
    return {
      loop: {
        bad: async () => {
          for (const author of await Author.findAll()) {
            await Book.findAll({ where: { authorId: author.id } }) // loop
          }
        },
        fixed: booksAtOnce,
      },
      parallel: {
        bad: async () => {
          const authors = await Author.findAll()
          await Promise.all(authors.map((author) => Book.findAll({ where: { authorId: author.id } }))) // parallel
        },
        fixed: booksAtOnce,
      },
      nested: {
        name: 'author.getBooks()',
        bad: async () => {
          for (const author of await Author.findAll()) {
            await author.getBooks() // nested
          }
        },
        fixed: () => Author.findAll({ include: [{ association: 'books', separate: true }] }),
      },
      close: () => db.close(),
    }
  },
}
