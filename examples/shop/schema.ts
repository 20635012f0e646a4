// The tables of `schema.sql` for Drizzle.
import { relations } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import {
  type AnyPgColumn,
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'

export type Database = NodePgDatabase<typeof import('./schema.ts')>

/** The maximum number of lines of an order, which `schema.sql` enforces. */
export const MAX_LINES = 50

const id = () => integer().primaryKey().generatedByDefaultAsIdentity()
const moment = (name: string) => timestamp(name, { withTimezone: true }).notNull().defaultNow()

export const customers = pgTable('customers', {
  id: id(),
  name: text().notNull(),
  email: text().notNull().unique(),
  country: text().notNull(),
  notes: text().notNull().default(''),
  joinedAt: moment('joined_at'),
})

export const addresses = pgTable('addresses', {
  id: id(),
  customerId: integer('customer_id')
    .notNull()
    .references(() => customers.id),
  street: text().notNull(),
  city: text().notNull(),
  postcode: text().notNull(),
})

export const categories = pgTable('categories', {
  id: id(),
  parentId: integer('parent_id').references((): AnyPgColumn => categories.id),
  name: text().notNull(),
})

export const products = pgTable('products', {
  id: id(),
  categoryId: integer('category_id')
    .notNull()
    .references(() => categories.id),
  sku: text().notNull().unique(),
  name: text().notNull(),
  description: text().notNull(),
  priceCents: integer('price_cents').notNull(),
})

export const warehouses = pgTable('warehouses', {
  id: id(),
  city: text().notNull().unique(),
})

export const inventory = pgTable(
  'inventory',
  {
    warehouseId: integer('warehouse_id')
      .notNull()
      .references(() => warehouses.id),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id),
    quantity: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.warehouseId, table.productId] })],
)

export const orders = pgTable('orders', {
  id: id(),
  customerId: integer('customer_id')
    .notNull()
    .references(() => customers.id),
  addressId: integer('address_id')
    .notNull()
    .references(() => addresses.id),
  status: text({ enum: ['pending', 'paid', 'shipped', 'delivered'] })
    .notNull()
    .default('pending'),
  placedAt: moment('placed_at'),
})

export const orderItems = pgTable(
  'order_items',
  {
    orderId: integer('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    line: integer().notNull(),
    warehouseId: integer('warehouse_id').notNull(),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id),
    quantity: integer().notNull(),
    priceCents: integer('price_cents').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.line] }),
    unique().on(table.orderId, table.productId),
    foreignKey({
      columns: [table.warehouseId, table.productId],
      foreignColumns: [inventory.warehouseId, inventory.productId],
    }),
  ],
)

export const reviews = pgTable('reviews', {
  id: id(),
  productId: integer('product_id')
    .notNull()
    .references(() => products.id),
  customerId: integer('customer_id')
    .notNull()
    .references(() => customers.id),
  rating: integer().notNull(),
  title: text().notNull(),
  body: text().notNull(),
  writtenAt: moment('written_at'),
})

export const settings = pgTable('settings', {
  name: text().primaryKey(),
  value: text().notNull(),
})

export const ordersRelations = relations(orders, ({ one, many }) => ({
  customer: one(customers, { fields: [orders.customerId], references: [customers.id] }),
  address: one(addresses, { fields: [orders.addressId], references: [addresses.id] }),
  items: many(orderItems),
}))

export const orderItemsRelations = relations(orderItems, ({ one }) => ({
  order: one(orders, { fields: [orderItems.orderId], references: [orders.id] }),
  product: one(products, { fields: [orderItems.productId], references: [products.id] }),
}))
