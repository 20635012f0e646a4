// The relations as Drizzle 0.45 declares them.
import { relations as relationsOf } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { parts, purchases } from './tables.ts'

export * from './tables.ts'

export const purchasesRelations = relationsOf(purchases, ({ many }) => ({ parts: many(parts) }))
export const partsRelations = relationsOf(parts, ({ one }) => ({
  purchase: one(purchases, { fields: [parts.purchaseId], references: [purchases.id] }),
}))

export type Database = NodePgDatabase<typeof import('./schema.ts')>
