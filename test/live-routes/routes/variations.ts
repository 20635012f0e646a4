// The kinds of the other files once more, each as somebody else would have written it.
import { desc, eq, sql } from 'drizzle-orm'
import { Router } from 'express'
import type { Pool } from 'pg'
import QueryStream from 'pg-query-stream'
import type { Connections } from '../connections.ts'
import { auditLog, authors, comments, customers, orders, posts, settings } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

const one = async (pool: Pool, text: string, values: readonly unknown[]) =>
  (await pool.query(text, [...values])).rows[0]

export function variations({ pool, db, cache }: Connections): Router {
  const router = Router()

  // A helper that takes the statement: three statements on three lines.
  router.get('/one-of-each', async (_request, response) => {
    const customer = await one(pool, 'select name from customers where id = $1', [2])
    const author = await one(pool, 'select name from authors where name = $1', ['Author 2'])
    const product = await one(pool, 'select name from products where id = $1', [2])
    response.json({ customer, author, product })
  })

  router.get('/three-products', async (_request, response) => {
    const names = await Promise.all([
      one(pool, 'select name from products where id = $1', [1801]),
      one(pool, 'select name from products where id = $1', [1802]),
      one(pool, 'select name from products where id = $1', [1803]),
    ])
    response.json(names)
  })

  router.get('/products-by-function', async (request, response) => {
    const byId = async (id: string) => {
      // guilty: n-plus-one
      const { rows } = await pool.query('select name from products where id = $1', [id])
      return rows[0]
    }
    response.json(await Promise.all(String(request.query.ids).split(',').map(byId)))
  })

  router.get('/products-by-function/at-once', async (request, response) => {
    const { rows } = await pool.query('select name from products where id = any($1)', [
      String(request.query.ids).split(','),
    ])
    response.json(rows)
  })

  router.get('/promises-collected', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select author_id from comments order by body limit 7')
    const asked = []
    for (const { author_id } of rows) {
      // guilty: n-plus-one, proven
      asked.push(pool.query('select name, bio from authors where id = $1', [author_id]))
    }
    const found = await Promise.all(asked)
    response.json(found.map((result) => result.rows[0]))
  })

  const visited = async (id: number) => {
    await cache.set(`visited:${id}`, 'yes')
    await pool.query('update customers set visits = visits + 1 where id = $1', [id])
  }

  router.post('/visited', async (_request, response) => {
    await Promise.all([visited(501), visited(502), visited(503)])
    response.sendStatus(204)
  })

  router.get('/drizzle-in-an-object', async (_request, response) => {
    const ordersOf = (status: string) => db.$count(orders, eq(orders.status, status))
    const [open, done, lost] = await Promise.all([
      ordersOf('new'),
      ordersOf('shipped'),
      ordersOf('cancelled'),
    ])
    response.json({ open, done, lost })
  })

  router.get('/drizzle-settings', async (_request, response) => {
    const settingOf = async (key: string) => {
      const [setting] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, key))
      return setting?.value
    }
    const title = await settingOf('setting-25')
    const language = await settingOf('setting-26')
    const theme = await settingOf('setting-27')
    response.json({ title, language, theme })
  })

  router.get('/drizzle-prepared-loop', async (_request, response) => {
    const newest = await db
      .select({ authorId: posts.authorId })
      .from(posts)
      .orderBy(desc(posts.slug))
      // origin: author_id
      .limit(8)
    const names = []
    for (const { authorId } of newest) {
      // guilty: n-plus-one, proven
      names.push(await db.execute(sql`select name from authors where id = ${authorId}`))
    }
    response.json(names.map(({ rows }) => rows[0]))
  })

  router.get('/authors-with-latest', async (_request, response) => {
    const list = await db
      .select({ id: authors.id, name: authors.name })
      .from(authors)
      .orderBy(authors.name)
      // origin: id
      .limit(6)
    const cards = await Promise.all(
      list.map(async ({ id, name }) => {
        const [latest] = await db
          .select({ title: posts.title })
          .from(posts)
          .where(eq(posts.authorId, id))
          // guilty: n-plus-one, proven
          .limit(1)
        return { name, latest: latest?.title }
      }),
    )
    response.json(cards)
  })

  router.get('/authors-with-latest/joined', async (_request, response) => {
    const list = await db.query.authors.findMany({
      columns: { name: true },
      with: { posts: { columns: { title: true }, limit: 1 } },
      orderBy: authors.name,
      limit: 6,
    })
    response.json(list)
  })

  // One row that has three parts of the same kind, by a loop over the names of its columns.
  router.get('/people-by-role', async (_request, response) => {
    const order = await one(pool, 'select seller_id, packer_id, driver_id from orders where id = $1', [4711])
    const people: Record<string, string> = {}
    for (const role of ['seller_id', 'packer_id', 'driver_id']) {
      // guilty: n-plus-one
      const { rows } = await pool.query('select name from staff where id = $1', [order[role]])
      people[role] = rows[0].name
    }
    response.json(people)
  })

  router.get('/people-by-role/at-once', async (_request, response) => {
    const order = await one(pool, 'select seller_id, packer_id, driver_id from orders where id = $1', [4711])
    const { rows } = await pool.query('select id, name from staff where id = any($1)', [Object.values(order)])
    response.json(rows)
  })

  router.get('/flags', async (_request, response) => {
    const { rows } = await pool.query('select name, enabled from features order by name limit 20')
    const enabled = rows.filter((feature) => feature.enabled).length
    const countOf = async (on: boolean) =>
      (await pool.query('select count(*)::int as n from features where enabled = $1', [on])).rows[0]
        .n as number
    response.json({ enabled, on: await countOf(true), off: await countOf(false), rows })
  })

  router.get('/levels', async (_request, response) => {
    const { rows: tenants } = await pool.query('select id, name from tenants order by id limit 3')
    const levels = await Promise.all([
      pool.query('select count(*)::int as n from order_items where quantity = $1', [1]),
      pool.query('select count(*)::int as n from order_items where quantity = $1', [2]),
      pool.query('select count(*)::int as n from order_items where quantity = $1', [3]),
    ])
    response.json({ tenants, levels: levels.map(({ rows }) => rows[0].n) })
  })

  router.get('/neighbours', async (request, response) => {
    const post = await one(pool, 'select slug, published_at from posts where slug = $1', [request.query.slug])
    const [before] = (
      await pool.query('select slug from posts where published_at < $1 order by published_at desc limit 1', [
        post.published_at,
      ])
    ).rows
    const [after] = (
      await pool.query('select slug from posts where published_at > $1 order by published_at limit 1', [
        post.published_at,
      ])
    ).rows
    response.json({ before, after })
  })

  router.get('/piped', async (_request, response) => {
    const client = await pool.connect()
    const stream = client.query(new QueryStream('select slug from posts order by slug'))
    response.type('text')
    for await (const row of stream) response.write(`${row.slug}\n`)
    client.release()
    response.end()
  })

  router.get('/stream-in-batches', async (_request, response) => {
    const client = await pool.connect()
    const stream = client.query(
      new QueryStream('select id, title from posts where published_at < $1', ['2026-01-12']),
    )
    let batch: string[] = []
    let discussed = 0
    const count = async () => {
      const { rows } = await pool.query(
        'select count(distinct post_id)::int as n from comments where post_id = any($1)',
        [batch],
      )
      discussed += rows[0].n
      batch = []
    }
    for await (const post of stream) {
      batch.push(post.id)
      if (batch.length === 100) await count()
    }
    await count()
    client.release()
    response.json({ discussed })
  })

  router.post('/after-response-bulk', async (_request, response) => {
    response.sendStatus(202)
    await db
      .insert(auditLog)
      .values(['a', 'b', 'c', 'd'].map((entity) => ({ actor: 'ann', action: 'sent', entity })))
  })

  router.post('/after-response-loop', async (request, response) => {
    response.sendStatus(202)
    for (const entity of request.body.entities) {
      // guilty: n-plus-one-write
      await db.insert(auditLog).values({ actor: 'ann', action: 'sent', entity })
    }
  })

  router.put('/read-modify-read', async (_request, response) => {
    const read = () => db.select({ visits: customers.visits }).from(customers).where(eq(customers.id, 333))
    const [before] = await read()
    await db
      .update(customers)
      .set({ visits: before?.visits ?? 0 })
      .where(eq(customers.id, 333))
    const [after] = await read()
    response.json({ before, after })
  })

  router.get('/same-setting-three-times', async (_request, response) => {
    const currency = async () => {
      const [setting] = await db
        .select({ value: settings.value })
        .from(settings)
        // guilty: duplicate-query
        .where(eq(settings.key, 'setting-29'))
      return setting?.value
    }
    response.json([await currency(), await currency(), await currency()])
  })

  router.get('/comments-grouped', async (_request, response) => {
    const found = await db
      .select({ post: comments.postId, count: sql<number>`count(*)::int` })
      .from(comments)
      .groupBy(comments.postId)
      .orderBy(desc(sql`count(*)`))
      .limit(5)
    response.json(found)
  })

  router.post('/tags', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query(
      "insert into jobs (queue, payload) values ('a', '{}'), ('b', '{}'), ('c', '{}') returning id, queue",
    )
    for (const job of rows) {
      // guilty: n-plus-one-write, proven
      await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
        'ann',
        'made',
        job.id,
      ])
    }
    response.sendStatus(204)
  })

  router.post('/tags/at-once', async (_request, response) => {
    await pool.query(
      `with made as (insert into jobs (queue, payload) values ('a', '{}'), ('b', '{}'), ('c', '{}') returning id)
       insert into audit_log (actor, action, entity) select 'ann', 'made', id from made`,
    )
    response.sendStatus(204)
  })

  // A short retry of one write that fails at first.
  router.put('/retried-write', async (_request, response) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        await pool.query('update accounts set balance_cents = balance_cents / $2 where id = $1', [
          301,
          attempt,
        ])
        break
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    response.sendStatus(204)
  })

  // Settled one by one, because each is sent to a bank in between.
  router.post('/one-account', async (_request, response) => {
    const account = await one(pool, 'select id, balance_cents, version from accounts where id = $1', [302])
    await pool.query('update accounts set version = version + 1 where id = $1', [account.id])
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'bank',
      'settled',
      account.id,
    ])
    const after = await one(pool, 'select id, balance_cents, version from accounts where id = $1', [302])
    response.json({ account, after })
  })

  return router
}

const entities = ['north', 'south', 'east', 'west']

export const visits = [
  innocent('GET /variations/one-of-each'),
  innocent('GET /variations/three-products'),
  guilty('GET /variations/products-by-function', 'GET /variations/products-by-function/at-once', {
    path: '/variations/products-by-function?ids=44,1044,1544,44',
  }),
  innocent('GET /variations/products-by-function/at-once', {
    path: '/variations/products-by-function/at-once?ids=44,1044,1544',
  }),
  guilty('GET /variations/promises-collected', 'GET /lists/promise-all/batched'),
  innocent('POST /variations/visited'),
  innocent('GET /variations/drizzle-in-an-object'),
  innocent('GET /variations/drizzle-settings'),
  guilty('GET /variations/drizzle-prepared-loop', 'GET /drizzle/select/joined'),
  guilty('GET /variations/authors-with-latest', 'GET /variations/authors-with-latest/joined'),
  innocent('GET /variations/authors-with-latest/joined'),
  guilty('GET /variations/people-by-role', 'GET /variations/people-by-role/at-once'),
  innocent('GET /variations/people-by-role/at-once'),
  innocent('GET /variations/flags'),
  innocent('GET /variations/levels'),
  innocent('GET /variations/neighbours', { path: '/variations/neighbours?slug=post-321' }),
  innocent('GET /variations/piped'),
  innocent('GET /variations/stream-in-batches'),
  innocent('POST /variations/after-response-bulk'),
  guilty('POST /variations/after-response-loop', 'POST /variations/after-response-bulk', {
    body: { entities },
  }),
  innocent('PUT /variations/read-modify-read'),
  guilty('GET /variations/same-setting-three-times', 'GET /duplicates/setting/once-a-request'),
  innocent('GET /variations/comments-grouped'),
  guilty('POST /variations/tags', 'POST /variations/tags/at-once'),
  innocent('POST /variations/tags/at-once'),
  innocent('PUT /variations/retried-write'),
  innocent('POST /variations/one-account'),
]
