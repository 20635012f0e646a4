// Reports over whole tables, read in pages and in batches so that neither side runs out of memory.
import { asc, gt, inArray, lt } from 'drizzle-orm'
import { Router } from 'express'
import { type Database, inventory, orders, products } from '../schema.ts'

const ORDERS_AT_ONCE = 1000
const PRODUCTS_AT_ONCE = 150
const MOST_RUNNING_LOW = 500
const FEW_LEFT = 30

export function reports(db: Database): Router {
  const router = Router()

  // Keyset pagination: each page starts after the last row of the page before.
  router.get('/orders-by-status', async (_request, response) => {
    const statuses: Record<string, number> = {}
    let last = 0
    for (;;) {
      const page = await db
        .select({ id: orders.id, status: orders.status })
        .from(orders)
        .where(gt(orders.id, last))
        .orderBy(asc(orders.id))
        .limit(ORDERS_AT_ONCE)
      for (const { status } of page) statuses[status] = (statuses[status] ?? 0) + 1
      last = page.at(-1)?.id ?? last
      if (page.length < ORDERS_AT_ONCE) break
    }
    response.json(statuses)
  })

  // Offset pagination: simpler, and good enough for a few pages.
  router.get('/price-list', async (_request, response) => {
    const prices: Record<string, number> = {}
    for (let offset = 0; ; offset += PRODUCTS_AT_ONCE) {
      const page = await db
        .select({ sku: products.sku, cents: products.priceCents })
        .from(products)
        .orderBy(products.sku)
        .limit(PRODUCTS_AT_ONCE)
        .offset(offset)
      for (const { sku, cents } of page) prices[sku] = cents
      if (page.length < PRODUCTS_AT_ONCE) break
    }
    response.json(prices)
  })

  // A long list of ids, looked up in batches.
  router.get('/running-low', async (_request, response) => {
    const low = await db
      .selectDistinct({ id: inventory.productId })
      .from(inventory)
      .where(lt(inventory.quantity, FEW_LEFT))
      .orderBy(inventory.productId)
      .limit(MOST_RUNNING_LOW)
    const skus: string[] = []
    for (let start = 0; start < low.length; start += PRODUCTS_AT_ONCE) {
      const ids = low.slice(start, start + PRODUCTS_AT_ONCE).map(({ id }) => id)
      const found = await db.select({ sku: products.sku }).from(products).where(inArray(products.id, ids))
      skus.push(...found.map(({ sku }) => sku))
    }
    response.json(skus.sort())
  })

  return router
}
