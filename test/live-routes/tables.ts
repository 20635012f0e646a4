// Tables of `schema.sql` as Drizzle 0.45 sees them.
import { relations } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const id = () => integer().primaryKey().generatedByDefaultAsIdentity()

export const customers = pgTable('customers', {
  id: id(),
  name: text().notNull(),
  email: text().notNull(),
  countryCode: text('country_code').notNull(),
  bio: text().notNull(),
  active: boolean().notNull(),
  visits: integer().notNull(),
})

export const products = pgTable('products', {
  id: id(),
  name: text().notNull(),
  priceCents: integer('price_cents').notNull(),
  stock: integer().notNull(),
  description: text().notNull(),
})

export const orders = pgTable('orders', {
  id: id(),
  customerId: integer('customer_id').notNull(),
  sellerId: integer('seller_id').notNull(),
  status: text().notNull(),
  totalCents: integer('total_cents').notNull(),
  placedAt: timestamp('placed_at', { withTimezone: true }).notNull(),
  note: text().notNull(),
})

export const orderItems = pgTable('order_items', {
  id: id(),
  orderId: integer('order_id').notNull(),
  productId: integer('product_id').notNull(),
  quantity: integer().notNull(),
})

export const authors = pgTable('authors', {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  countryCode: text('country_code').notNull(),
  bio: text().notNull(),
})

export const posts = pgTable('posts', {
  id: uuid().primaryKey().defaultRandom(),
  authorId: uuid('author_id').notNull(),
  slug: text().notNull(),
  title: text().notNull(),
  body: text().notNull(),
  meta: jsonb().$type<{ reviewers: string[] }>().notNull(),
  publishedAt: timestamp('published_at', { withTimezone: true }).notNull(),
})

export const comments = pgTable('comments', {
  id: uuid().primaryKey().defaultRandom(),
  postId: uuid('post_id').notNull(),
  authorId: uuid('author_id').notNull(),
  body: text().notNull(),
  writtenAt: timestamp('written_at', { withTimezone: true }).notNull(),
})

export const auditLog = pgTable('audit_log', {
  id: id(),
  actor: text().notNull(),
  action: text().notNull(),
  entity: text().notNull(),
})

export const settings = pgTable('settings', {
  key: text().primaryKey(),
  value: text().notNull(),
  explanation: text().notNull(),
})

export const customersRelations = relations(customers, ({ many }) => ({ orders: many(orders) }))
export const ordersRelations = relations(orders, ({ one, many }) => ({
  customer: one(customers, { fields: [orders.customerId], references: [customers.id] }),
  items: many(orderItems),
}))
export const orderItemsRelations = relations(orderItems, ({ one }) => ({
  order: one(orders, { fields: [orderItems.orderId], references: [orders.id] }),
  product: one(products, { fields: [orderItems.productId], references: [products.id] }),
}))
export const authorsRelations = relations(authors, ({ many }) => ({ posts: many(posts) }))
export const postsRelations = relations(posts, ({ one, many }) => ({
  author: one(authors, { fields: [posts.authorId], references: [authors.id] }),
  comments: many(comments),
}))
export const commentsRelations = relations(comments, ({ one }) => ({
  post: one(posts, { fields: [comments.postId], references: [posts.id] }),
  author: one(authors, { fields: [comments.authorId], references: [authors.id] }),
}))
