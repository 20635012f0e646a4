// Reviews of customers.
import { desc, inArray } from 'drizzle-orm'
import { Router } from 'express'
import type { Pool } from 'pg'
import { batchLoader } from '../batch-loader.ts'
import { customers, type Database, reviews as table } from '../schema.ts'

const LATEST_SHOWN = 30

export function reviews(db: Database, pool: Pool): Router {
  const router = Router()

  // Each review requests its product and its customer; the loaders send one query for all products and one for all customers.
  router.get('/latest', async (_request, response) => {
    const productName = batchLoader<number, string>(async (ids) => {
      const { rows } = await pool.query('select id, name from products where id = any($1)', [ids])
      return new Map(rows.map(({ id, name }) => [id, name]))
    })
    const customerName = batchLoader<number, string>(async (ids) => {
      const columns = { id: customers.id, name: customers.name }
      const found = await db.select(columns).from(customers).where(inArray(customers.id, ids))
      return new Map(found.map(({ id, name }) => [id, name]))
    })

    const latest = await db
      .select({
        productId: table.productId,
        customerId: table.customerId,
        title: table.title,
        rating: table.rating,
      })
      .from(table)
      .orderBy(desc(table.writtenAt))
      .limit(LATEST_SHOWN)
    const answer = await Promise.all(
      latest.map(async ({ productId, customerId, title, rating }) => ({
        title,
        rating,
        product: await productName(productId),
        by: await customerName(customerId),
      })),
    )
    response.json(answer)
  })

  return router
}
