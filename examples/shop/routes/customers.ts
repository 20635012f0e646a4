// Customers and the products that they have bought.
import { desc, eq } from 'drizzle-orm'
import { Router } from 'express'
import type { Pool } from 'pg'
import { type Database, MAX_LINES, orderItems, orders, products } from '../schema.ts'
import { wholeNumber } from './whole-number.ts'

const ORDERS_SHOWN = 20
const NEWEST_SHOWN = 50

export function customers(db: Database, pool: Pool): Router {
  const router = Router()
  router.param('id', wholeNumber)

  router.get('/:id/orders', async (request, response) => {
    const itsOrders = await db
      .select({ id: orders.id, status: orders.status, placedAt: orders.placedAt })
      .from(orders)
      .where(eq(orders.customerId, Number(request.params.id)))
      .orderBy(desc(orders.id))
      .limit(ORDERS_SHOWN)
    const answer = []
    for (const order of itsOrders) {
      const lines = await db
        .select({ line: orderItems.line, quantity: orderItems.quantity, productId: orderItems.productId })
        .from(orderItems)
        .where(eq(orderItems.orderId, order.id))
        .orderBy(orderItems.line)
        .limit(MAX_LINES) // mistake: n-plus-one
      const items = []
      for (const { line, quantity, productId } of lines) {
        const columns = { id: products.id, name: products.name }
        const [product] = await db.select(columns).from(products).where(eq(products.id, productId)) // mistake: n-plus-one
        items.push({ line, quantity, product })
      }
      answer.push({ ...order, items })
    }
    response.json(answer)
  })

  router.get('/:id/orders/fixed', async (request, response) => {
    const answer = await db.query.orders.findMany({
      columns: { id: true, status: true, placedAt: true },
      where: eq(orders.customerId, Number(request.params.id)),
      orderBy: desc(orders.id),
      limit: ORDERS_SHOWN,
      with: {
        items: {
          columns: { line: true, quantity: true },
          orderBy: orderItems.line,
          limit: MAX_LINES,
          with: { product: { columns: { id: true, name: true } } },
        },
      },
    })
    response.json(answer)
  })

  router.get('/newest', async (_request, response) => {
    const newest = 'select * from customers order by joined_at desc limit $1'
    const { rows } = await pool.query(newest, [NEWEST_SHOWN]) // mistake: unread-columns
    response.json(rows.map((customer) => customer.name))
  })

  router.get('/newest/fixed', async (_request, response) => {
    const newest = 'select name from customers order by joined_at desc limit $1'
    const { rows } = await pool.query(newest, [NEWEST_SHOWN])
    response.json(rows.map((customer) => customer.name))
  })

  return router
}
