// Orders: the latest ones, the unpaid ones, one of them in full, and a new one.
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { Router } from 'express'
import { formatPrice, priceTag, shopCurrency } from '../money.ts'
import {
  customers,
  type Database,
  inventory,
  MAX_LINES,
  orderItems,
  products,
  orders as table,
} from '../schema.ts'
import { wholeNumber } from './whole-number.ts'

const RECENT_SHOWN = 25
const OPEN_SHOWN = 200

interface NewOrder {
  customerId: number
  addressId: number
  warehouseId: number
  items: { productId: number; quantity: number }[]
}

export function orders(db: Database): Router {
  const router = Router()
  router.param('id', wholeNumber)

  router.get('/recent', async (_request, response) => {
    const recent = await db
      .select({ id: table.id, placedAt: table.placedAt, customerId: table.customerId })
      .from(table)
      .orderBy(desc(table.id))
      .limit(RECENT_SHOWN)
    const answer = []
    for (const { id, placedAt, customerId } of recent) {
      const name = { name: customers.name }
      const [customer] = await db.select(name).from(customers).where(eq(customers.id, customerId)) // mistake: n-plus-one
      answer.push({ id, placedAt, customer: customer?.name })
    }
    response.json(answer)
  })

  router.get('/recent/fixed', async (_request, response) => {
    const answer = await db
      .select({ id: table.id, placedAt: table.placedAt, customer: customers.name })
      .from(table)
      .innerJoin(customers, eq(customers.id, table.customerId))
      .orderBy(desc(table.id))
      .limit(RECENT_SHOWN)
    response.json(answer)
  })

  router.get('/open', async (_request, response) => {
    const open = await db.select().from(table).where(eq(table.status, 'pending')).orderBy(table.id) // mistake: unbounded-select
    response.json(open)
  })

  router.get('/open/fixed', async (_request, response) => {
    const pending = eq(table.status, 'pending')
    const open = await db.select().from(table).where(pending).orderBy(table.id).limit(OPEN_SHOWN)
    response.json(open)
  })

  router.get('/:id', async (request, response) => {
    const order = await db.query.orders.findFirst({
      where: eq(table.id, Number(request.params.id)),
      with: {
        customer: { columns: { name: true, email: true } },
        address: { columns: { street: true, city: true, postcode: true } },
      },
    })
    if (order) response.json(order)
    else response.status(404).json({ error: 'not found' })
  })

  router.get('/:id/availability', async (request, response) => {
    const lines = await db
      .select({ line: orderItems.line, warehouseId: orderItems.warehouseId, productId: orderItems.productId })
      .from(orderItems)
      .where(eq(orderItems.orderId, Number(request.params.id)))
      .orderBy(orderItems.line)
      .limit(MAX_LINES)
    const answer = []
    for (const { line, warehouseId, productId } of lines) {
      const [stock] = await db
        .select({ quantity: inventory.quantity })
        .from(inventory)
        .where(and(eq(inventory.warehouseId, warehouseId), eq(inventory.productId, productId))) // mistake: n-plus-one
      answer.push({ line, inStock: stock?.quantity ?? 0 })
    }
    response.json(answer)
  })

  router.get('/:id/availability/fixed', async (request, response) => {
    const answer = await db
      .select({ line: orderItems.line, inStock: inventory.quantity })
      .from(orderItems)
      .innerJoin(
        inventory,
        and(eq(inventory.warehouseId, orderItems.warehouseId), eq(inventory.productId, orderItems.productId)),
      )
      .where(eq(orderItems.orderId, Number(request.params.id)))
      .orderBy(orderItems.line)
      .limit(MAX_LINES)
    response.json(answer)
  })

  router.get('/:id/invoice', async (request, response) => {
    const lines = await invoiceLines(Number(request.params.id))
    const prices = []
    for (const { cents } of lines) prices.push(await priceTag(db, cents))
    const total = await priceTag(db, sum(lines))
    response.json({ prices, total })
  })

  router.get('/:id/invoice/fixed', async (request, response) => {
    const lines = await invoiceLines(Number(request.params.id))
    const currency = await shopCurrency(db)
    const prices = lines.map(({ cents }) => formatPrice(cents, currency))
    response.json({ prices, total: formatPrice(sum(lines), currency) })
  })

  router.post('/', async (request, response) => {
    const { customerId, addressId, warehouseId, items }: NewOrder = request.body
    const prices = await pricesOf(items)
    const id = await db.transaction(async (tx) => {
      const [placed] = await tx.insert(table).values({ customerId, addressId }).returning({ id: table.id })
      if (!placed) throw new Error('the order was not stored')
      for (const [index, { productId, quantity }] of items.entries()) {
        const priceCents = prices.get(productId) ?? 0
        const item = { orderId: placed.id, line: index + 1, warehouseId, productId, quantity, priceCents }
        await tx.insert(orderItems).values(item) // mistake: n-plus-one-write
        await tx
          .update(inventory)
          .set({ quantity: sql`${inventory.quantity} - ${quantity}` })
          .where(and(eq(inventory.warehouseId, warehouseId), eq(inventory.productId, productId))) // mistake: n-plus-one-write
      }
      return placed.id
    })
    response.status(201).json({ id, items: items.length })
  })

  router.post('/fixed', async (request, response) => {
    const { customerId, addressId, warehouseId, items }: NewOrder = request.body
    const prices = await pricesOf(items)
    const id = await db.transaction(async (tx) => {
      const [placed] = await tx.insert(table).values({ customerId, addressId }).returning({ id: table.id })
      if (!placed) throw new Error('the order was not stored')
      const lines = items.map(({ productId, quantity }, index) => {
        const priceCents = prices.get(productId) ?? 0
        return { orderId: placed.id, line: index + 1, warehouseId, productId, quantity, priceCents }
      })
      await tx.insert(orderItems).values(lines)
      await tx
        .update(inventory)
        .set({ quantity: sql`${inventory.quantity} - ${orderItems.quantity}` })
        .from(orderItems)
        .where(
          and(
            eq(orderItems.orderId, placed.id),
            eq(inventory.warehouseId, orderItems.warehouseId),
            eq(inventory.productId, orderItems.productId),
          ),
        )
      return placed.id
    })
    response.status(201).json({ id, items: items.length })
  })

  function invoiceLines(orderId: number) {
    return db
      .select({ cents: sql<number>`${orderItems.quantity} * ${orderItems.priceCents}` })
      .from(orderItems)
      .where(eq(orderItems.orderId, orderId))
      .orderBy(asc(orderItems.line))
      .limit(MAX_LINES)
  }

  async function pricesOf(items: NewOrder['items']): Promise<Map<number, number>> {
    const ids = items.map(({ productId }) => productId)
    const columns = { id: products.id, cents: products.priceCents }
    const priced = await db.select(columns).from(products).where(inArray(products.id, ids))
    return new Map(priced.map(({ id, cents }) => [id, cents]))
  }

  return router
}

function sum(lines: readonly { cents: number }[]): number {
  return lines.reduce((total, { cents }) => total + cents, 0)
}
