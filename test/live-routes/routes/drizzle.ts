// Drizzle 0.45: its builders, its relational queries, its transactions.
import { count, desc, eq, inArray, sql } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { authors, comments, customers, orderItems, orders, posts, products } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

export function drizzleRoutes({ db }: Connections): Router {
  const router = Router()

  router.get('/select', async (_request, response) => {
    const newest = await db
      .select({ title: posts.title, authorId: posts.authorId })
      .from(posts)
      .orderBy(desc(posts.publishedAt))
      // origin: author_id
      .limit(10)
    const list = []
    for (const post of newest) {
      const [author] = await db
        .select({ name: authors.name })
        .from(authors)
        // guilty: n-plus-one, proven
        .where(eq(authors.id, post.authorId))
      list.push({ title: post.title, author: author?.name })
    }
    response.json(list)
  })

  router.get('/select/joined', async (_request, response) => {
    const list = await db
      .select({ title: posts.title, author: authors.name })
      .from(posts)
      .innerJoin(authors, eq(authors.id, posts.authorId))
      .orderBy(desc(posts.publishedAt))
      .limit(10)
    response.json(list)
  })

  router.get('/find-first', async (_request, response) => {
    // origin: customer_id
    const recent = await db.query.orders.findMany({
      columns: { id: true, customerId: true },
      orderBy: desc(orders.placedAt),
      limit: 20,
    })
    const list = await Promise.all(
      recent.map(async (order) => {
        // guilty: n-plus-one, proven
        const customer = await db.query.customers.findFirst({
          columns: { name: true },
          where: eq(customers.id, order.customerId),
        })
        return { id: order.id, customer: customer?.name }
      }),
    )
    response.json(list)
  })

  router.get('/find-first/with', async (_request, response) => {
    const list = await db.query.orders.findMany({
      columns: { id: true },
      with: { customer: { columns: { name: true } } },
      orderBy: desc(orders.placedAt),
      limit: 20,
    })
    response.json(list)
  })

  router.get('/count', async (_request, response) => {
    const found = await db
      .select({ id: posts.id, slug: posts.slug })
      .from(posts)
      .orderBy(posts.title)
      // origin: id
      .limit(9)
    const list = []
    for (const { id, slug } of found) {
      // guilty: n-plus-one, proven
      const discussed = await db.$count(comments, eq(comments.postId, id))
      list.push({ slug, comments: discussed })
    }
    response.json(list)
  })

  router.get('/count/grouped', async (_request, response) => {
    const found = await db
      .select({ id: posts.id, slug: posts.slug })
      .from(posts)
      .orderBy(posts.title)
      .limit(9)
    const ids = found.map(({ id }) => id)
    const counts = await db
      .select({ id: comments.postId, count: count() })
      .from(comments)
      .where(inArray(comments.postId, ids))
      .groupBy(comments.postId)
    response.json(
      found.map(({ id, slug }) => ({ slug, comments: counts.find((row) => row.id === id)?.count ?? 0 })),
    )
  })

  router.get('/transaction', async (_request, response) => {
    const list = await db.transaction(async (tx) => {
      const recent = await tx
        .select({ id: orders.id, customerId: orders.customerId })
        .from(orders)
        .orderBy(desc(orders.id))
        // origin: customer_id
        .limit(15)
      const names = []
      for (const { customerId } of recent) {
        names.push(
          // guilty: n-plus-one, proven
          await tx.select({ name: customers.name }).from(customers).where(eq(customers.id, customerId)),
        )
      }
      return { orders: recent.map(({ id }) => id), names }
    })
    response.json(list)
  })

  router.get('/transaction/with', async (_request, response) => {
    const list = await db.transaction((tx) =>
      tx.query.orders.findMany({
        columns: { id: true },
        with: { customer: { columns: { name: true } } },
        orderBy: desc(orders.id),
        limit: 15,
      }),
    )
    response.json(list)
  })

  router.get('/execute', async (_request, response) => {
    // origin: product_id
    const found = await db.execute(
      sql`select id, product_id from order_items where order_id between 3100 and 3104 order by id`,
    )
    const names = []
    for (const item of found.rows) {
      // guilty: n-plus-one, proven
      const product = await db.execute(sql`select name from products where id = ${item.product_id}`)
      names.push({ item: item.id, name: product.rows[0]?.name })
    }
    response.json(names)
  })

  router.get('/execute/joined', async (_request, response) => {
    const found = await db.execute(
      sql`select i.id as item, p.name from order_items i join products p on p.id = i.product_id
          where i.order_id between 3100 and 3104 order by i.id`,
    )
    response.json(found.rows)
  })

  const productById = db
    .select({ name: products.name, cents: products.priceCents })
    .from(products)
    .where(eq(products.id, sql.placeholder('id')))
    .prepare('product_by_id')

  router.get('/prepared', async (_request, response) => {
    const lines = await db
      .select({ id: orderItems.id, productId: orderItems.productId })
      .from(orderItems)
      .where(inArray(orderItems.orderId, [4100, 4101, 4102, 4103]))
      // origin: product_id
      .orderBy(orderItems.id)
    const list = []
    // guilty: n-plus-one, proven
    for (const { productId } of lines) list.push(await productById.execute({ id: productId }))
    response.json({ list, lines: lines.map(({ id }) => id) })
  })

  router.get('/three-prepared', async (_request, response) => {
    const [first] = await productById.execute({ id: 501 })
    const [second] = await productById.execute({ id: 502 })
    const [third] = await productById.execute({ id: 503 })
    response.json({ first, second, third })
  })

  router.get('/dashboard', async (_request, response) => {
    const [newest, best, total] = await Promise.all([
      db.query.orders.findMany({ columns: { id: true, status: true }, orderBy: desc(orders.id), limit: 5 }),
      db.query.products.findMany({
        columns: { id: true, name: true },
        orderBy: desc(products.stock),
        limit: 5,
      }),
      db.$count(customers),
    ])
    response.json({ newest, best, total })
  })

  return router
}

export const visits = [
  guilty('GET /drizzle/select', 'GET /drizzle/select/joined'),
  innocent('GET /drizzle/select/joined'),
  guilty('GET /drizzle/find-first', 'GET /drizzle/find-first/with'),
  innocent('GET /drizzle/find-first/with'),
  guilty('GET /drizzle/count', 'GET /drizzle/count/grouped'),
  innocent('GET /drizzle/count/grouped'),
  guilty('GET /drizzle/transaction', 'GET /drizzle/transaction/with'),
  innocent('GET /drizzle/transaction/with'),
  guilty('GET /drizzle/execute', 'GET /drizzle/execute/joined'),
  innocent('GET /drizzle/execute/joined'),
  guilty('GET /drizzle/prepared', 'GET /drizzle/execute/joined'),
  innocent('GET /drizzle/three-prepared'),
  innocent('GET /drizzle/dashboard'),
]
