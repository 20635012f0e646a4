// Columns and rows that are fetched: read by all requests, by some of them, by code that gets the row, or by none.
import { desc } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { orders, products } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

export function unread({ pool, db }: Connections): Router {
  const router = Router()

  router.get('/names', async (_request, response) => {
    // guilty: unread-columns
    const { rows } = await pool.query('select * from products order by name limit 100')
    response.json(rows.map((product) => product.name))
  })

  router.get('/names/only', async (_request, response) => {
    const { rows } = await pool.query('select name from products order by name limit 100')
    response.json(rows.map((product) => product.name))
  })

  router.get('/drizzle-names', async (_request, response) => {
    // guilty: unread-columns
    const found = await db.select().from(products).orderBy(products.id).limit(60)
    response.json(found.map(({ id, name, priceCents, stock }) => ({ id, name, priceCents, stock })))
  })

  router.get('/drizzle-names/only', async (_request, response) => {
    const { id, name, priceCents, stock } = products
    const found = await db.select({ id, name, priceCents, stock }).from(products).orderBy(id).limit(60)
    response.json(found.map((product) => ({ ...product })))
  })

  router.get('/has-any', async (_request, response) => {
    // guilty: unread-rows
    const { rows } = await pool.query(
      'select id, placed_at from orders where status = $1 order by id limit 500',
      ['new'],
    )
    response.json({ any: rows.length > 0 })
  })

  router.get('/has-any/exists', async (_request, response) => {
    const { rows } = await pool.query('select exists (select from orders where status = $1) as any', ['new'])
    response.json({ any: rows[0].any })
  })

  router.get('/first-of-many', async (_request, response) => {
    // guilty: unread-rows
    const [latest] = await db.select({ id: orders.id }).from(orders).orderBy(desc(orders.placedAt)).limit(300)
    response.json({ latest: latest?.id })
  })

  router.get('/first-of-many/one', async (_request, response) => {
    const [latest] = await db.select({ id: orders.id }).from(orders).orderBy(desc(orders.placedAt)).limit(1)
    response.json({ latest: latest?.id })
  })

  // The description is for those who ask for it.
  router.get('/sometimes', async (request, response) => {
    const { rows } = await pool.query('select id, name, description from products order by id limit 40')
    response.json(
      rows.map((product) =>
        request.query.full
          ? { name: product.name, text: product.description }
          : { id: product.id, name: product.name },
      ),
    )
  })

  // The bio is read when a customer is not active, and none of these is.
  router.get('/in-another-branch', async (_request, response) => {
    const { rows } = await pool.query(
      'select name, active, bio from customers where active order by id limit 50',
    )
    const cards = []
    for (const customer of rows) {
      if (customer.active) cards.push({ title: customer.name })
      else cards.push({ title: `${customer.name} (gone)`, text: customer.bio.slice(0, 80) })
    }
    response.json(cards)
  })

  router.get('/spread', async (_request, response) => {
    const { rows } = await pool.query('select * from products order by id limit 50')
    response.json(rows.map((product) => ({ ...product, link: `/products/${product.id}` })))
  })

  router.get('/as-json', async (_request, response) => {
    const { rows } = await pool.query('select id, name, description from products order by id desc limit 50')
    response.type('json').send(JSON.stringify(rows))
  })

  router.get('/serialised', async (_request, response) => {
    const { rows } = await pool.query('select * from orders order by id desc limit 50')
    response.json(rows)
  })

  router.get('/entries', async (_request, response) => {
    const { rows } = await pool.query('select * from products order by price_cents limit 30')
    const lines = rows.map((product) =>
      Object.entries(product)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    )
    response.type('text').send(lines.join('\n'))
  })

  router.get('/rest', async (_request, response) => {
    const { rows } = await pool.query('select id, name, email, bio from customers order by id limit 40')
    response.json(rows.map(({ id, ...others }) => ({ key: id, ...others })))
  })

  router.get('/copied', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by id limit 40 offset 100',
    )
    response.json(structuredClone(rows))
  })

  router.get('/table', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by id limit 30 offset 200',
    )
    const cell = (text: unknown) => `<td>${text}</td>`
    const line = (row: Record<string, unknown>) =>
      `<tr>${['id', 'name', 'description'].map((key) => cell(row[key])).join('')}</tr>`
    response.send(`<table>${rows.map(line).join('')}</table>`)
  })

  // A few bytes nobody reads.
  router.get('/few-bytes', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, stock, price_cents from products order by id limit 20',
    )
    response.json(rows.map((product) => ({ id: product.id, name: product.name })))
  })

  router.get('/drizzle-whole', async (_request, response) => {
    response.json(await db.select().from(products).orderBy(desc(products.id)).limit(40))
  })

  // The first lines for the page, all of them for the total.
  router.get('/first-lines', async (_request, response) => {
    const { rows } = await pool.query('select id, total_cents from orders order by placed_at desc limit 200')
    let cents = 0
    for (const order of rows) cents += order.total_cents
    response.json({ cents, newest: rows.slice(0, 3).map((order) => order.id) })
  })

  // Looks for the first that fits, which here is the second one.
  router.get('/found-early', async (_request, response) => {
    const { rows } = await pool.query('select id, stock from products order by id limit 60')
    const fitting = rows.find((product) => product.stock > 1)
    response.json(fitting)
  })

  return router
}

export const visits = [
  guilty('GET /unread/names', 'GET /unread/names/only'),
  innocent('GET /unread/names/only'),
  guilty('GET /unread/drizzle-names', 'GET /unread/drizzle-names/only'),
  innocent('GET /unread/drizzle-names/only'),
  guilty('GET /unread/has-any', 'GET /unread/has-any/exists'),
  innocent('GET /unread/has-any/exists'),
  guilty('GET /unread/first-of-many', 'GET /unread/first-of-many/one'),
  innocent('GET /unread/first-of-many/one'),
  innocent('GET /unread/sometimes', {
    path: ['/unread/sometimes', '/unread/sometimes', '/unread/sometimes', '/unread/sometimes?full=1'],
  }),
  innocent('GET /unread/in-another-branch'),
  innocent('GET /unread/spread'),
  innocent('GET /unread/as-json'),
  innocent('GET /unread/serialised'),
  innocent('GET /unread/entries'),
  innocent('GET /unread/rest'),
  innocent('GET /unread/copied'),
  innocent('GET /unread/table'),
  innocent('GET /unread/few-bytes'),
  innocent('GET /unread/drizzle-whole'),
  innocent('GET /unread/first-lines'),
  innocent('GET /unread/found-early'),
]
