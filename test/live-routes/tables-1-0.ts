// Tables of `schema.sql` as Drizzle 1.0 sees them.
import { defineRelations } from 'drizzle-orm-rc'
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm-rc/pg-core'

export const customers = pgTable('customers', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: text().notNull(),
  email: text().notNull(),
  visits: integer().notNull(),
})

export const orders = pgTable('orders', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  customerId: integer('customer_id').notNull(),
  status: text().notNull(),
  totalCents: integer('total_cents').notNull(),
  placedAt: timestamp('placed_at', { withTimezone: true }).notNull(),
  note: text().notNull(),
})

export const authors = pgTable('authors', {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  bio: text().notNull(),
})

export const posts = pgTable('posts', {
  id: uuid().primaryKey().defaultRandom(),
  authorId: uuid('author_id').notNull(),
  slug: text().notNull(),
  title: text().notNull(),
  publishedAt: timestamp('published_at', { withTimezone: true }).notNull(),
})

export const comments = pgTable('comments', {
  id: uuid().primaryKey().defaultRandom(),
  postId: uuid('post_id').notNull(),
  authorId: uuid('author_id').notNull(),
  body: text().notNull(),
})

export const auditLog = pgTable('audit_log', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  actor: text().notNull(),
  action: text().notNull(),
  entity: text().notNull(),
})

export const relations = defineRelations({ customers, orders, authors, posts, comments }, (r) => ({
  customers: { orders: r.many.orders() },
  orders: { customer: r.one.customers({ from: r.orders.customerId, to: r.customers.id }) },
  authors: { posts: r.many.posts() },
  posts: {
    author: r.one.authors({ from: r.posts.authorId, to: r.authors.id }),
    comments: r.many.comments(),
  },
  comments: { post: r.one.posts({ from: r.comments.postId, to: r.posts.id }) },
}))
