// Results that grow with their tables, and those that only look so.
import { desc, eq } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { authors, orders, posts, settings } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

export function bounds({ pool, db }: Connections): Router {
  const router = Router()

  router.get('/all-orders', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query('select id, status, total_cents from orders order by id')
    response.json(rows)
  })

  router.get('/all-orders/page', async (request, response) => {
    const after = Number(request.query.after ?? 0)
    const { rows } = await pool.query(
      'select id, status, total_cents from orders where id > $1 order by id limit 50',
      [after],
    )
    response.json(rows)
  })

  router.get('/by-status', async (request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query('select id, total_cents from orders where status = $1', [
      request.query.status,
    ])
    response.json(rows)
  })

  router.get('/drizzle-all', async (_request, response) => {
    // guilty: unbounded-select
    const rows = await db.select({ id: posts.id, title: posts.title }).from(posts).orderBy(posts.slug)
    response.json(rows)
  })

  router.get('/drizzle-all/page', async (_request, response) => {
    const rows = await db
      .select({ id: posts.id, title: posts.title })
      .from(posts)
      .orderBy(posts.slug)
      .limit(30)
    response.json(rows)
  })

  router.get('/joined', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query(
      'select o.id, i.product_id, i.quantity from orders o join order_items i on i.order_id = o.id',
    )
    response.json(rows)
  })

  router.get('/group-per-customer', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query(
      'select customer_id, sum(total_cents)::int as cents from orders group by customer_id',
    )
    response.json(rows)
  })

  router.get('/group-per-customer/best', async (_request, response) => {
    const { rows } = await pool.query(
      'select customer_id, sum(total_cents)::int as cents from orders group by customer_id order by cents desc limit 10',
    )
    response.json(rows)
  })

  router.get('/fresh-readings', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query('select id, sensor, degrees from fresh_readings')
    response.json(rows)
  })

  router.get('/fresh-readings/newest', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, sensor, degrees from fresh_readings order by id desc limit 20',
    )
    response.json(rows)
  })

  router.get('/big-array', async (_request, response) => {
    // guilty: unbounded-array
    const { rows } = await pool.query(
      "select json_agg(p) as posts from (select id, title, body from posts where published_at < '2026-02-20') p",
    )
    response.json(rows[0].posts)
  })

  router.get('/big-array/page', async (_request, response) => {
    const { rows } = await pool.query(
      'select json_agg(p) as posts from (select id, title, body from posts order by published_at desc limit 20) p',
    )
    response.json(rows[0].posts)
  })

  router.get('/big-relation', async (_request, response) => {
    // guilty: unbounded-array
    const found = await db.query.authors.findMany({
      columns: { id: true, name: true },
      with: { posts: true },
      limit: 120,
    })
    response.json(found)
  })

  router.get('/big-relation/limited', async (_request, response) => {
    const found = await db.query.authors.findMany({
      columns: { id: true, name: true },
      with: { posts: { limit: 2, orderBy: desc(posts.publishedAt), columns: { title: true } } },
      limit: 120,
    })
    response.json(found)
  })

  router.get('/countries', async (_request, response) => {
    const { rows } = await pool.query('select code, name from countries order by name')
    response.json(rows)
  })

  router.get('/settings', async (_request, response) => {
    response.json(await db.select().from(settings))
  })

  router.get('/fresh-settings', async (_request, response) => {
    const { rows } = await pool.query('select key, value from fresh_settings')
    response.json(Object.fromEntries(rows.map(({ key, value }) => [key, value])))
  })

  router.get('/fresh-plans', async (_request, response) => {
    const { rows } = await pool.query(
      'select * from fresh_plans where price_cents > $1 order by price_cents',
      [0],
    )
    response.json(rows)
  })

  router.get('/fresh-and-empty', async (_request, response) => {
    const { rows } = await pool.query('select * from fresh_webhooks')
    response.json(rows)
  })

  router.get('/fresh-join', async (_request, response) => {
    const { rows } = await pool.query(
      'select p.name, s.value from fresh_plans p left join fresh_settings s on s.key = p.name order by p.id',
    )
    response.json(rows)
  })

  router.get('/by-email', async (_request, response) => {
    const { rows } = await pool.query('select id, name from customers where email = $1', ['c8@example.com'])
    response.json(rows)
  })

  router.get('/limit-given', async (request, response) => {
    const { rows } = await pool.query('select id, name from products order by id limit $1', [
      request.query.limit ?? 25,
    ])
    response.json(rows)
  })

  router.get('/fetch-first', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name from products order by price_cents desc, id fetch first 15 rows only',
    )
    response.json(rows)
  })

  router.get('/newest', async (_request, response) => {
    const [row] = await db
      .select({ id: orders.id, status: orders.status })
      .from(orders)
      .orderBy(desc(orders.id))
      .limit(1)
    response.json(row)
  })

  router.get('/keyset', async (_request, response) => {
    const { rows } = await pool.query(
      `select id, title, published_at from posts where (published_at, id) < ($1, $2)
       order by published_at desc, id desc limit 20`,
      ['2026-02-14', AUTHOR],
    )
    response.json(rows)
  })

  router.get('/per-status', async (_request, response) => {
    const { rows } = await pool.query(
      'select status, count(*)::int as n, sum(total_cents)::bigint as cents from orders group by status',
    )
    response.json(rows)
  })

  router.get('/per-country', async (_request, response) => {
    const { rows } = await pool.query(
      'select country_code, count(*)::int as n from customers group by country_code order by n desc',
    )
    response.json(rows)
  })

  router.get('/per-day', async (_request, response) => {
    const { rows } = await pool.query(
      `select date_trunc('day', placed_at) as day, sum(total_cents)::int as cents from orders
       where placed_at >= $1 and placed_at < $2 group by 1 order by 1`,
      ['2026-01-10', '2026-01-24'],
    )
    response.json(rows)
  })

  router.get('/totals', async (_request, response) => {
    const { rows } = await pool.query(
      `select count(*)::int as orders, avg(total_cents)::int as mean, max(placed_at) as newest from orders`,
    )
    response.json(rows[0])
  })

  router.get('/exists', async (_request, response) => {
    const { rows } = await pool.query(
      'select exists (select from orders where customer_id = $1) as ordered',
      [44],
    )
    response.json(rows[0])
  })

  router.get('/in-list', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name from products where id in ($1, $2, $3, $4)',
      [3, 1009, 54, 1777],
    )
    response.json(rows)
  })

  router.get('/any-list', async (_request, response) => {
    const ids = Array.from({ length: 60 }, (_, i) => i * 31 + 1)
    const { rows } = await pool.query('select id, name, stock from products where id = any($1::int[])', [ids])
    response.json(rows)
  })

  // Grows with one customer's orders, of which there are two: true, and nothing anybody would fix.
  router.get('/orders-of-one', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, status from orders where customer_id = $1 order by id',
      [500],
    )
    response.json(rows)
  })

  router.get('/lines-of-one', async (_request, response) => {
    const { rows } = await pool.query(
      `select p.name, i.quantity from order_items i join products p on p.id = i.product_id where i.order_id = $1`,
      [800],
    )
    response.json(rows)
  })

  router.get('/small-array', async (_request, response) => {
    const { rows } = await pool.query(
      `select o.id, (select json_agg(i.product_id) from order_items i where i.order_id = o.id) as products
       from orders o where o.id = $1`,
      [900],
    )
    response.json(rows[0])
  })

  router.get('/small-relation', async (_request, response) => {
    const found = await db.query.authors.findFirst({
      columns: { name: true },
      with: { posts: { columns: { title: true } } },
      where: eq(authors.name, 'Author 12'),
    })
    response.json(found)
  })

  router.get('/lookup-joined', async (_request, response) => {
    const { rows } = await pool.query(
      'select t.id, t.name, count(*)::int as documents from tenants t left join documents d on d.tenant_id = t.id group by t.id order by t.id',
    )
    response.json(rows)
  })

  router.get('/distinct-kinds', async (_request, response) => {
    const { rows } = await pool.query('select distinct kind from features order by kind')
    response.json(rows)
  })

  router.get('/values', async (_request, response) => {
    const { rows } = await pool.query(
      `select w.name, coalesce(sum(i.on_hand), 0)::int as pieces from (values (1, 'north'), (2, 'south'), (3, 'east')) w (id, name)
       left join inventory i on i.warehouse_id = w.id group by w.name order by w.name`,
    )
    response.json(rows)
  })

  return router
}

const AUTHOR = '81a59bf6-f6a4-055b-fde4-3435bebb96e3'

export const visits = [
  guilty('GET /bounds/all-orders', 'GET /bounds/all-orders/page'),
  innocent('GET /bounds/all-orders/page'),
  guilty('GET /bounds/by-status', 'GET /bounds/all-orders/page', { path: '/bounds/by-status?status=paid' }),
  guilty('GET /bounds/drizzle-all', 'GET /bounds/drizzle-all/page'),
  innocent('GET /bounds/drizzle-all/page'),
  guilty('GET /bounds/joined', 'GET /bounds/all-orders/page'),
  guilty('GET /bounds/group-per-customer', 'GET /bounds/group-per-customer/best'),
  innocent('GET /bounds/group-per-customer/best'),
  guilty('GET /bounds/fresh-readings', 'GET /bounds/fresh-readings/newest'),
  innocent('GET /bounds/fresh-readings/newest'),
  guilty('GET /bounds/big-array', 'GET /bounds/big-array/page'),
  innocent('GET /bounds/big-array/page'),
  guilty('GET /bounds/big-relation', 'GET /bounds/big-relation/limited'),
  innocent('GET /bounds/big-relation/limited'),
  innocent('GET /bounds/countries'),
  innocent('GET /bounds/settings'),
  innocent('GET /bounds/fresh-settings'),
  innocent('GET /bounds/fresh-plans'),
  innocent('GET /bounds/fresh-and-empty'),
  innocent('GET /bounds/fresh-join'),
  innocent('GET /bounds/by-email'),
  innocent('GET /bounds/limit-given', { path: '/bounds/limit-given?limit=40' }),
  innocent('GET /bounds/fetch-first'),
  innocent('GET /bounds/newest'),
  innocent('GET /bounds/keyset'),
  innocent('GET /bounds/per-status'),
  innocent('GET /bounds/per-country'),
  innocent('GET /bounds/per-day'),
  innocent('GET /bounds/totals'),
  innocent('GET /bounds/exists'),
  innocent('GET /bounds/in-list'),
  innocent('GET /bounds/any-list'),
  innocent('GET /bounds/orders-of-one'),
  innocent('GET /bounds/lines-of-one'),
  innocent('GET /bounds/small-array'),
  innocent('GET /bounds/small-relation'),
  innocent('GET /bounds/lookup-joined'),
  innocent('GET /bounds/distinct-kinds'),
  innocent('GET /bounds/values'),
]
