// Calls that somebody wrote one by one. They stand side by side, often through one helper, and are no loop; the twins that
// do the same over an array are.
import { and, count, eq, gt } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { auditLog, customers, orders, products } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

export function sideBySide({ pool, db, cache }: Connections): Router {
  const router = Router()

  router.get('/three-counts', async (_request, response) => {
    const [customerCount, orderCount, productCount] = await Promise.all([
      pool.query('select count(*)::int as n from customers'),
      pool.query('select count(*)::int as n from orders'),
      pool.query('select count(*)::int as n from products'),
    ])
    response.json([customerCount.rows[0].n, orderCount.rows[0].n, productCount.rows[0].n])
  })

  const countByStatus = async (status: string) => {
    const { rows } = await pool.query('select count(*)::int as n from orders where status = $1', [status])
    return rows[0].n as number
  }

  router.get('/helper-in-promise-all', async (_request, response) => {
    const [fresh, paid, shipped] = await Promise.all([
      countByStatus('new'),
      countByStatus('paid'),
      countByStatus('shipped'),
    ])
    response.json({ fresh, paid, shipped })
  })

  router.get('/helper-on-one-line', async (_request, response) => {
    const counts = await Promise.all([countByStatus('new'), countByStatus('paid'), countByStatus('shipped')])
    response.json(counts)
  })

  router.get('/helper-on-three-lines', async (_request, response) => {
    const fresh = await countByStatus('new')
    const paid = await countByStatus('paid')
    const shipped = await countByStatus('shipped')
    response.json({ fresh, paid, shipped })
  })

  router.get('/helper-in-an-object', async (_request, response) => {
    response.json({
      fresh: await countByStatus('new'),
      paid: await countByStatus('paid'),
      shipped: await countByStatus('shipped'),
    })
  })

  router.get('/started-then-awaited', async (_request, response) => {
    const fresh = countByStatus('new')
    const paid = countByStatus('paid')
    const shipped = countByStatus('shipped')
    response.json({ fresh: await fresh, paid: await paid, shipped: await shipped })
  })

  router.get('/all-settled', async (_request, response) => {
    const results = await Promise.allSettled([
      countByStatus('new'),
      countByStatus('paid'),
      countByStatus('shipped'),
    ])
    response.json(results.map((result) => (result.status === 'fulfilled' ? result.value : null)))
  })

  const STATUSES = ['new', 'paid', 'shipped', 'cancelled', 'returned', 'lost']
  async function countStatus(status: string) {
    // guilty: n-plus-one in GET /side-by-side/looped
    const { rows } = await pool.query('select count(*)::int as n from orders where status = $1', [status])
    return rows[0].n as number
  }

  router.get('/looped', async (_request, response) => {
    const counts = await Promise.all(STATUSES.map((status) => countStatus(status)))
    response.json(counts)
  })

  router.get('/looped/grouped', async (_request, response) => {
    const { rows } = await pool.query(
      'select status, count(*)::int as n from orders where status = any($1) group by status',
      [STATUSES],
    )
    response.json(STATUSES.map((status) => rows.find((row) => row.status === status)?.n ?? 0))
  })

  router.get('/drizzle-counts', async (_request, response) => {
    const [allCustomers, allOrders, allProducts] = await Promise.all([
      db.$count(customers),
      db.$count(orders),
      db.$count(products),
    ])
    response.json({ allCustomers, allOrders, allProducts })
  })

  router.get('/drizzle-counts-of-one-table', async (_request, response) => {
    const [fresh, paid, shipped] = await Promise.all([
      db.$count(orders, eq(orders.status, 'new')),
      db.$count(orders, eq(orders.status, 'paid')),
      db.$count(orders, eq(orders.status, 'shipped')),
    ])
    response.json({ fresh, paid, shipped })
  })

  router.get('/drizzle-selects', async (_request, response) => {
    const [first, second, third] = await Promise.all([
      db.select({ name: products.name, stock: products.stock }).from(products).where(eq(products.id, 11)),
      db.select({ name: products.name, stock: products.stock }).from(products).where(eq(products.id, 12)),
      db.select({ name: products.name, stock: products.stock }).from(products).where(eq(products.id, 13)),
    ])
    response.json([first, second, third])
  })

  router.get('/drizzle-selects-on-one-line', async (_request, response) => {
    const of = (id: number) => db.select({ name: products.name }).from(products).where(eq(products.id, id))
    response.json(await Promise.all([of(21), of(22), of(23)]))
  })

  router.get('/drizzle-looped', async (_request, response) => {
    const limits = [100, 1000, 2500, 5000, 7500]
    // guilty: n-plus-one
    const found = await Promise.all(
      // guilty: n-plus-one
      limits.map((cents) => db.$count(orders, and(eq(orders.status, 'paid'), gt(orders.totalCents, cents)))),
    )
    response.json(found)
  })

  router.get('/drizzle-looped/grouped', async (_request, response) => {
    const found = await db
      .select({ status: orders.status, count: count() })
      .from(orders)
      .groupBy(orders.status)
    response.json(found)
  })

  const settingOf = async (key: string) => {
    const cached = await cache.get(`setting:${key}`)
    if (cached !== undefined && cached !== 'stale') return cached
    const { rows } = await pool.query('select value from settings where key = $1', [key])
    return rows[0].value as string
  }

  router.get('/cache-aside', async (_request, response) => {
    const [title, currency, country] = await Promise.all([
      settingOf('setting-1'),
      settingOf('setting-2'),
      settingOf('setting-3'),
    ])
    response.json({ title, currency, country })
  })

  router.get('/cache-aside-on-one-line', async (_request, response) => {
    const found = await Promise.all([settingOf('setting-4'), settingOf('setting-5'), settingOf('setting-6')])
    response.json(found)
  })

  router.get('/cache-aside-one-by-one', async (_request, response) => {
    const title = await settingOf('setting-7')
    const currency = await settingOf('setting-8')
    const country = await settingOf('setting-9')
    response.json({ title, currency, country })
  })

  // The same helper over the rows of a query: nothing of the stack is left after the cache, but the origin is.
  async function authorOf(id: string) {
    const cached = await cache.get(`author:${id}`)
    if (cached !== undefined) return cached
    // guilty: n-plus-one, proven in GET /side-by-side/cache-aside-looped
    const { rows } = await pool.query('select name from authors where id = $1', [id])
    return rows[0].name as string
  }

  router.get('/cache-aside-looped', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select author_id from posts order by published_at desc limit 10')
    response.json(await Promise.all(rows.map((post) => authorOf(post.author_id))))
  })

  router.get('/cache-aside-looped/batched', async (_request, response) => {
    const { rows } = await pool.query('select author_id from posts order by published_at desc limit 10')
    const ids = rows.map((post) => post.author_id as string)
    const cached = await Promise.all(ids.map((id) => cache.get(`author:${id}`)))
    const missing = ids.filter((_, i) => cached[i] === undefined)
    const found = await pool.query('select name from authors where id = any($1)', [missing])
    response.json(found.rows.map((author) => author.name))
  })

  const may = async (role: string, action: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    const { rows } = await pool.query(
      'select exists (select from staff where team = $1 and name <> $2) as allowed',
      [role, action],
    )
    return rows[0].allowed as boolean
  }

  router.get('/permissions', async (_request, response) => {
    const [read, write, remove] = await Promise.all([
      may('sales', 'read'),
      may('depot', 'write'),
      may('office', 'remove'),
    ])
    response.json({ read, write, remove })
  })

  async function log(actor: string, action: string) {
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      actor,
      action,
      'order',
    ])
  }

  router.post('/three-log-lines', async (_request, response) => {
    await log('ann', 'opened')
    await log('ann', 'changed')
    await log('ann', 'closed')
    response.sendStatus(204)
  })

  router.post('/three-inline-inserts', async (_request, response) => {
    await pool.query("insert into audit_log (actor, action, entity) values ($1, 'opened', 'order')", ['ann'])
    await pool.query("insert into audit_log (actor, action, entity) values ($1, 'changed', 'order')", ['ann'])
    await pool.query("insert into audit_log (actor, action, entity) values ($1, 'closed', 'order')", ['bob'])
    response.sendStatus(204)
  })

  router.post('/three-inserts-at-once', async (_request, response) => {
    await Promise.all([log('ann', 'opened'), log('bob', 'looked'), log('cy', 'closed')])
    response.sendStatus(204)
  })

  router.post('/three-drizzle-inserts', async (_request, response) => {
    await db.insert(auditLog).values({ actor: 'ann', action: 'opened', entity: 'order' })
    await db.insert(auditLog).values({ actor: 'bob', action: 'changed', entity: 'order' })
    await db.insert(auditLog).values({ actor: 'cy', action: 'closed', entity: 'order' })
    response.sendStatus(204)
  })

  router.post('/log-lines-looped', async (_request, response) => {
    for (const action of ['opened', 'looked', 'changed', 'closed', 'archived']) {
      // guilty: n-plus-one-write
      await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
        'ann',
        action,
        'order',
      ])
    }
    response.sendStatus(204)
  })

  router.post('/log-lines-looped/at-once', async (_request, response) => {
    await pool.query(
      'insert into audit_log (actor, action, entity) select $1, action, $3 from unnest($2::text[]) as action',
      ['ann', ['opened', 'looked', 'changed', 'closed', 'archived'], 'order'],
    )
    response.sendStatus(204)
  })

  const change = (account: number, cents: number) =>
    pool.query('update accounts set balance_cents = balance_cents + $2 where id = $1', [account, cents])

  router.post('/transfer', async (_request, response) => {
    await change(17, -500)
    await change(230, 480)
    await change(1, 20)
    response.sendStatus(204)
  })

  const member = async (id: number) => {
    const { rows } = await pool.query('select name, team from staff where id = $1', [id])
    return rows[0]
  }

  // Three columns of one row, each for a person of another role.
  router.get('/people-of-one-order', async (_request, response) => {
    const { rows } = await pool.query('select seller_id, packer_id, driver_id from orders where id = 4321')
    const order = rows[0]
    const [seller, packer, driver] = await Promise.all([
      member(order.seller_id),
      member(order.packer_id),
      member(order.driver_id),
    ])
    response.json({ seller, packer, driver })
  })

  router.get('/people-one-by-one', async (_request, response) => {
    const { rows } = await pool.query('select seller_id, packer_id, driver_id from orders where id = 1234')
    const seller = await member(rows[0].seller_id)
    const packer = await member(rows[0].packer_id)
    const driver = await member(rows[0].driver_id)
    response.json({ seller, packer, driver })
  })

  const orNothing = async <T>(load: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await load()
    } catch {
      return undefined
    }
  }

  router.get('/wrapped', async (_request, response) => {
    const newest = await orNothing(() => pool.query('select title from posts where slug = $1', ['post-1']))
    const oldest = await orNothing(() => pool.query('select title from posts where slug = $1', ['post-2']))
    const liked = await orNothing(() => pool.query('select title from posts where slug = $1', ['post-3']))
    response.json([newest?.rows, oldest?.rows, liked?.rows])
  })

  // Two products to compare, named in the address.
  router.get('/compare', async (request, response) => {
    const load = (id: unknown) => pool.query('select name, price_cents from products where id = $1', [id])
    const [left, right] = await Promise.all([load(request.query.left), load(request.query.right)])
    response.json([left.rows[0], right.rows[0]])
  })

  return router
}

export const visits = [
  innocent('GET /side-by-side/three-counts'),
  innocent('GET /side-by-side/helper-in-promise-all'),
  innocent('GET /side-by-side/helper-on-one-line'),
  innocent('GET /side-by-side/helper-on-three-lines'),
  innocent('GET /side-by-side/helper-in-an-object'),
  innocent('GET /side-by-side/started-then-awaited'),
  innocent('GET /side-by-side/all-settled'),
  guilty('GET /side-by-side/looped', 'GET /side-by-side/looped/grouped'),
  innocent('GET /side-by-side/looped/grouped'),
  innocent('GET /side-by-side/drizzle-counts'),
  innocent('GET /side-by-side/drizzle-counts-of-one-table'),
  innocent('GET /side-by-side/drizzle-selects'),
  innocent('GET /side-by-side/drizzle-selects-on-one-line'),
  guilty('GET /side-by-side/drizzle-looped', 'GET /side-by-side/drizzle-looped/grouped'),
  innocent('GET /side-by-side/drizzle-looped/grouped'),
  innocent('GET /side-by-side/cache-aside'),
  innocent('GET /side-by-side/cache-aside-on-one-line'),
  innocent('GET /side-by-side/cache-aside-one-by-one'),
  guilty('GET /side-by-side/cache-aside-looped', 'GET /side-by-side/cache-aside-looped/batched'),
  innocent('GET /side-by-side/cache-aside-looped/batched'),
  innocent('GET /side-by-side/permissions'),
  innocent('POST /side-by-side/three-log-lines'),
  innocent('POST /side-by-side/three-inline-inserts'),
  innocent('POST /side-by-side/three-inserts-at-once'),
  innocent('POST /side-by-side/three-drizzle-inserts'),
  guilty('POST /side-by-side/log-lines-looped', 'POST /side-by-side/log-lines-looped/at-once'),
  innocent('POST /side-by-side/log-lines-looped/at-once'),
  innocent('POST /side-by-side/transfer'),
  innocent('GET /side-by-side/people-of-one-order'),
  innocent('GET /side-by-side/people-one-by-one'),
  innocent('GET /side-by-side/wrapped'),
  innocent('GET /side-by-side/compare', { path: '/side-by-side/compare?left=31&right=1702' }),
]
