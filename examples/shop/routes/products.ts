// The shop window: products with their ratings and stock.
import { count, eq } from 'drizzle-orm'
import { Router } from 'express'
import type { Pool } from 'pg'
import { averageRating, productCard } from '../product-card.ts'
import { type Database, reviews, products as table } from '../schema.ts'

const PER_PAGE = 20

export function products(db: Database, pool: Pool): Router {
  const router = Router()
  const listed = { id: table.id, name: table.name, priceCents: table.priceCents }

  router.get('/', async (request, response) => {
    const page = await db
      .select(listed)
      .from(table)
      .orderBy(table.id)
      .limit(PER_PAGE)
      .offset(firstOf(request.query.page))
    response.json(await Promise.all(page.map((product) => productCard(db, product))))
  })

  router.get('/fixed', async (request, response) => {
    const page = await db
      .select({ ...listed, average: averageRating, reviews: count(reviews.id) })
      .from(table)
      .leftJoin(reviews, eq(reviews.productId, table.id))
      .groupBy(table.id)
      .orderBy(table.id)
      .limit(PER_PAGE)
      .offset(firstOf(request.query.page))
    response.json(page)
  })

  router.get('/stock', async (_request, response) => {
    const { rows } = await pool.query('select id, name from products order by name limit $1', [PER_PAGE])
    const left = await Promise.all(
      rows.map(async ({ id, name }) => {
        const total = 'select sum(quantity)::int as quantity from inventory where product_id = $1'
        const stock = await pool.query(total, [id]) // mistake: n-plus-one
        return { name, left: stock.rows[0].quantity }
      }),
    )
    response.json(left)
  })

  router.get('/stock/fixed', async (_request, response) => {
    const { rows } = await pool.query('select id, name from products order by name limit $1', [PER_PAGE])
    const stock = await pool.query(
      `select product_id as id, sum(quantity)::int as quantity from inventory
       where product_id = any($1) group by product_id`,
      [rows.map(({ id }) => id)],
    )
    const left = new Map(stock.rows.map(({ id, quantity }) => [id, quantity]))
    response.json(rows.map(({ id, name }) => ({ name, left: left.get(id) })))
  })

  router.get('/names', async (_request, response) => {
    const found = await db.select().from(table).orderBy(table.name).limit(100) // mistake: unread-columns
    response.json(found.map((product) => product.name))
  })

  router.get('/names/fixed', async (_request, response) => {
    const found = await db.select({ name: table.name }).from(table).orderBy(table.name).limit(100)
    response.json(found.map((product) => product.name))
  })

  return router
}

function firstOf(page: unknown): number {
  const number = Number(page ?? 1)
  return Number.isInteger(number) && number > 0 ? (number - 1) * PER_PAGE : 0
}
