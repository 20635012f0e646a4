// Drizzle 1.0: what of it differs in how it asks.
import { desc, eq, inArray } from 'drizzle-orm-rc'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { auditLog, authors, comments, customers, orders, posts } from '../tables-1-0.ts'
import { guilty, innocent } from '../visit.ts'

export function drizzleRcRoutes({ db1 }: Connections): Router {
  const router = Router()

  router.get('/select', async (_request, response) => {
    const newest = await db1
      .select({ title: posts.title, authorId: posts.authorId })
      .from(posts)
      .orderBy(desc(posts.publishedAt))
      // origin: author_id
      .limit(10)
    const list = []
    for (const post of newest) {
      const [author] = await db1
        .select({ name: authors.name })
        .from(authors)
        // guilty: n-plus-one, proven
        .where(eq(authors.id, post.authorId))
      list.push({ title: post.title, author: author?.name })
    }
    response.json(list)
  })

  router.get('/select/batched', async (_request, response) => {
    const newest = await db1
      .select({ title: posts.title, authorId: posts.authorId })
      .from(posts)
      .orderBy(desc(posts.publishedAt))
      .limit(10)
    const ids = newest.map((post) => post.authorId)
    const found = await db1
      .select({ id: authors.id, name: authors.name })
      .from(authors)
      .where(inArray(authors.id, ids))
    const names = new Map(found.map((author) => [author.id, author.name]))
    response.json(newest.map((post) => ({ title: post.title, author: names.get(post.authorId) })))
  })

  router.get('/relations', async (_request, response) => {
    // origin: posts
    const found = await db1.query.authors.findMany({
      columns: { name: true },
      with: { posts: { columns: { id: true, title: true }, limit: 3 } },
      limit: 4,
    })
    const list = []
    for (const author of found) {
      for (const post of author.posts) {
        // guilty: n-plus-one, proven
        const discussed = await db1.$count(comments, eq(comments.postId, post.id))
        list.push({ author: author.name, title: post.title, discussed })
      }
    }
    response.json(list)
  })

  router.get('/relations/complete', async (_request, response) => {
    const found = await db1.query.authors.findMany({
      columns: { name: true },
      with: {
        posts: {
          columns: { title: true },
          with: { comments: { columns: { body: true }, limit: 2 } },
          limit: 3,
        },
      },
      limit: 4,
    })
    response.json(found)
  })

  router.get('/find-first', async (_request, response) => {
    // origin: customerId
    const recent = await db1.query.orders.findMany({
      columns: { id: true, customerId: true },
      orderBy: { placedAt: 'desc' },
      limit: 20,
    })
    const names = []
    for (const { customerId } of recent) {
      // guilty: n-plus-one, proven
      const customer = await db1.query.customers.findFirst({
        columns: { name: true },
        where: { id: customerId },
      })
      names.push(customer?.name)
    }
    response.json({ orders: recent.map(({ id }) => id), names })
  })

  router.get('/counts', async (_request, response) => {
    const [fresh, paid, shipped] = await Promise.all([
      db1.$count(orders, eq(orders.status, 'new')),
      db1.$count(orders, eq(orders.status, 'paid')),
      db1.$count(orders, eq(orders.status, 'shipped')),
    ])
    response.json({ fresh, paid, shipped, customers: await db1.$count(customers) })
  })

  router.post('/inserts', async (request, response) => {
    await db1.transaction(async (tx) => {
      for (const entity of request.body.entities) {
        // guilty: n-plus-one-write
        await tx.insert(auditLog).values({ actor: 'ann', action: 'tagged', entity })
      }
    })
    response.sendStatus(204)
  })

  router.post('/inserts/at-once', async (request, response) => {
    const entities: string[] = request.body.entities
    await db1.insert(auditLog).values(entities.map((entity) => ({ actor: 'ann', action: 'tagged', entity })))
    response.sendStatus(204)
  })

  return router
}

const entities = ['red', 'green', 'blue', 'white']

export const visits = [
  guilty('GET /drizzle-rc/select', 'GET /drizzle-rc/select/batched'),
  innocent('GET /drizzle-rc/select/batched'),
  guilty('GET /drizzle-rc/relations', 'GET /drizzle-rc/relations/complete'),
  innocent('GET /drizzle-rc/relations/complete'),
  guilty('GET /drizzle-rc/find-first', 'GET /drizzle-rc/select/batched'),
  innocent('GET /drizzle-rc/counts'),
  guilty('POST /drizzle-rc/inserts', 'POST /drizzle-rc/inserts/at-once', { body: { entities } }),
  innocent('POST /drizzle-rc/inserts/at-once', { body: { entities } }),
]
