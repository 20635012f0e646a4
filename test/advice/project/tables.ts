// The tables of shop.sql, under other names.
import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const buyers = pgTable('customers', { id: integer().primaryKey(), name: text().notNull() })

export const purchases = pgTable('orders', {
  id: integer().primaryKey(),
  buyerId: integer('customer_id'),
  state: text().notNull(),
  cents: integer('price_cents').notNull(),
})

export const parts = pgTable(
  'order_items',
  {
    purchaseId: integer('order_id').notNull(),
    line: integer().notNull(),
    depotId: integer('depot_id').notNull(),
    sku: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.purchaseId, table.line] })],
)

export const stocks = pgTable(
  'stock',
  { depotId: integer('depot_id').notNull(), sku: text().notNull(), amount: integer().notNull() },
  (table) => [primaryKey({ columns: [table.depotId, table.sku] })],
)
