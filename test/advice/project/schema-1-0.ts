// The relations as Drizzle 1.0 declares them.
import { defineRelations } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { parts, purchases } from './tables.ts'

export * from './tables.ts'

export const relations = defineRelations({ purchases, parts }, (r) => ({
  purchases: { parts: r.many.parts({ from: r.purchases.id, to: r.parts.purchaseId }) },
}))

export type Database = NodePgDatabase<typeof relations>
