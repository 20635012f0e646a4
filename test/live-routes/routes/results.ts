// Results large and small, and what is read of them, in the ways pages are rendered.
import { inspect } from 'node:util'
import { Router } from 'express'
import Cursor from 'pg-cursor'
import type { Connections } from '../connections.ts'
import { orders, posts } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

class Product {
  id = 0
  name = ''
  description = ''

  constructor(row: object) {
    Object.assign(this, row)
  }
}

export function results({ pool, db, cache }: Connections): Router {
  const router = Router()

  router.get('/find-many', async (_request, response) => {
    // guilty: unbounded-select
    const found = await db.query.orders.findMany({ columns: { id: true, status: true } })
    response.json(found)
  })

  router.get('/find-many/page', async (_request, response) => {
    const found = await db.query.orders.findMany({
      columns: { id: true, status: true },
      orderBy: orders.id,
      limit: 40,
    })
    response.json(found)
  })

  router.get('/view', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query('select id, name, email from active_customers')
    response.json(rows)
  })

  router.get('/view/page', async (_request, response) => {
    const { rows } = await pool.query('select id, name, email from active_customers order by id limit 50')
    response.json(rows)
  })

  router.get('/distinct-on', async (_request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query(
      'select distinct on (customer_id) customer_id, id, status from orders order by customer_id, id desc',
    )
    response.json(rows)
  })

  router.get('/no-limit-given', async (request, response) => {
    // guilty: unbounded-select
    const { rows } = await pool.query('select id, name from customers order by id limit $1', [
      request.query.limit ?? null,
    ])
    response.json(rows)
  })

  router.get('/long-text', async (_request, response) => {
    // guilty: unbounded-array
    const { rows } = await pool.query("select string_agg(description, ' ') as text from products")
    response.type('text').send(rows[0].text)
  })

  router.get('/long-text/some', async (_request, response) => {
    const { rows } = await pool.query(
      "select string_agg(description, ' ') as text from (select description from products order by id limit 10) p",
    )
    response.type('text').send(rows[0].text)
  })

  // Six hundred names are a kilobyte or ten; nobody pages through them yet.
  router.get('/features', async (_request, response) => {
    const { rows } = await pool.query('select name, enabled from features')
    response.json(rows)
  })

  router.get('/categories', async (_request, response) => {
    const { rows } = await pool.query('select id, parent_id, name from categories order by id')
    response.json(rows)
  })

  router.get('/comments-of-one', async (_request, response) => {
    const { rows } = await pool.query(
      'select body, written_at from comments where post_id = $1 order by written_at',
      ['c1f6a5a1-5c2e-4c3e-9d52-000000000000'],
    )
    response.json(rows)
  })

  router.get('/joined-comments-of-one', async (_request, response) => {
    const { rows } = await pool.query(
      `select c.body, a.name from posts p join comments c on c.post_id = p.id join authors a on a.id = c.author_id
       where p.slug = $1 order by c.written_at`,
      ['post-711'],
    )
    response.json(rows)
  })

  router.get('/window', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, title, count(*) over ()::int as total from posts order by slug limit 10',
    )
    response.json(rows)
  })

  router.get('/series', async (_request, response) => {
    const { rows } = await pool.query(
      `select day::date, (select count(*)::int from orders where placed_at >= day and placed_at < day + interval '1 day') as orders
       from generate_series(date '2026-01-05', date '2026-01-11', interval '1 day') as day`,
    )
    response.json(rows)
  })

  router.get('/two-parts', async (_request, response) => {
    const { rows } = await pool.query(
      `(select 'order' as kind, id::text from orders order by id desc limit 5)
       union all (select 'post', slug from posts order by published_at desc limit 5)`,
    )
    response.json(rows)
  })

  router.get('/per-day-of-all', async (_request, response) => {
    const { rows } = await pool.query(
      "select date_trunc('week', placed_at) as week, count(*)::int as n from orders group by 1 order by 1",
    )
    response.json(rows)
  })

  router.get('/countries-with-customers', async (_request, response) => {
    const { rows } = await pool.query(
      'select c.name, count(*)::int as n from countries c join customers k on k.country_code = c.code group by c.code, c.name order by n desc',
    )
    response.json(rows)
  })

  router.get('/having', async (_request, response) => {
    const { rows } = await pool.query(
      'select customer_id, count(*)::int as n from orders group by customer_id having count(*) > 5',
    )
    response.json(rows)
  })

  router.get('/ids-of-all', async (_request, response) => {
    const { rows } = await pool.query(
      "select array_agg(id order by id) as ids from products where name like 'Product 19%'",
    )
    response.json(rows[0].ids)
  })

  router.get('/drizzle-small', async (_request, response) => {
    const found = await db.query.posts.findFirst({
      columns: { title: true },
      with: { comments: { columns: { body: true } }, author: { columns: { name: true } } },
      orderBy: posts.slug,
    })
    response.json(found)
  })

  // Takes what it needs of a cursor, and closes it.
  router.get('/some-of-a-cursor', async (_request, response) => {
    const client = await pool.connect()
    const cursor = client.query(new Cursor('select id, title from posts order by slug'))
    const rows = await cursor.read(25)
    await cursor.close()
    client.release()
    response.json(rows)
  })

  router.get('/bodies', async (_request, response) => {
    // guilty: unread-columns
    const { rows } = await pool.query(
      'select id, title, body, meta from posts order by published_at desc limit 40',
    )
    response.json(rows.map((post) => ({ id: post.id, title: post.title })))
  })

  router.get('/bodies/without', async (_request, response) => {
    const { rows } = await pool.query('select id, title from posts order by published_at desc limit 40')
    response.json(rows.map((post) => ({ id: post.id, title: post.title })))
  })

  // One function, two pages: one shows the description, the other does not.
  const cheapest = async () => {
    const { rows } = await pool.query(
      'select id, name, description from products order by price_cents, id limit 30',
    )
    return rows
  }

  router.get('/short-list', async (_request, response) => {
    response.json((await cheapest()).map((product) => ({ id: product.id, name: product.name })))
  })

  router.get('/long-list', async (_request, response) => {
    response.json(
      (await cheapest()).map((product) => `${product.id} ${product.name}: ${product.description}`),
    )
  })

  router.get('/assigned', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by name desc limit 25',
    )
    response.json(rows.map((row) => new Product(row).name))
  })

  router.get('/destructured-parameters', async (_request, response) => {
    const { rows } = await pool.query(
      'select name, description from products order by name desc, id limit 25',
    )
    const item = ({ name, description }: { name: string; description: string }) =>
      `<li title="${description}">${name}</li>`
    response.send(`<ul>${rows.map(item).join('')}</ul>`)
  })

  router.get('/cached-rows', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by stock, id limit 25',
    )
    for (const row of rows) await cache.set(`product:${row.id}`, JSON.stringify(row))
    response.json(rows.map(({ name }) => name))
  })

  router.get('/printed', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by stock desc, id limit 25',
    )
    response.type('text').send(inspect(rows))
  })

  router.get('/header-line', async (_request, response) => {
    const { rows, fields } = await pool.query(
      'select id, name, description from products order by id desc limit 25 offset 50',
    )
    const lines = rows.map((row) => fields.map((field) => row[field.name]).join(';'))
    response.type('text/csv').send(lines.join('\n'))
  })

  router.get('/for-in', async (_request, response) => {
    const { rows } = await pool.query(
      'select id, name, description from products order by id desc limit 25 offset 90',
    )
    const cells: string[] = []
    for (const row of rows) for (const key in row) cells.push(`${key}: ${row[key]}`)
    response.json(cells)
  })

  router.get('/arrays', async (_request, response) => {
    const { rows } = await pool.query({
      text: 'select id, name, description from products order by id limit 25',
      rowMode: 'array',
    })
    response.json(rows.map((row) => row[1]))
  })

  router.get('/any-left', async (_request, response) => {
    const { rows } = await pool.query('select id from products where stock = $1 limit 1', [3])
    response.json({ any: rows.length > 0 })
  })

  return router
}

export const visits = [
  guilty('GET /results/find-many', 'GET /results/find-many/page'),
  innocent('GET /results/find-many/page'),
  guilty('GET /results/view', 'GET /results/view/page'),
  innocent('GET /results/view/page'),
  guilty('GET /results/distinct-on', 'GET /results/view/page'),
  guilty('GET /results/no-limit-given', 'GET /results/view/page'),
  guilty('GET /results/long-text', 'GET /results/long-text/some'),
  innocent('GET /results/long-text/some'),
  innocent('GET /results/features'),
  innocent('GET /results/categories'),
  innocent('GET /results/comments-of-one'),
  innocent('GET /results/joined-comments-of-one'),
  innocent('GET /results/window'),
  innocent('GET /results/series'),
  innocent('GET /results/two-parts'),
  innocent('GET /results/per-day-of-all'),
  innocent('GET /results/countries-with-customers'),
  innocent('GET /results/having'),
  innocent('GET /results/ids-of-all'),
  innocent('GET /results/drizzle-small'),
  innocent('GET /results/some-of-a-cursor'),
  guilty('GET /results/bodies', 'GET /results/bodies/without'),
  innocent('GET /results/bodies/without'),
  innocent('GET /results/short-list'),
  innocent('GET /results/long-list'),
  innocent('GET /results/assigned'),
  innocent('GET /results/destructured-parameters'),
  innocent('GET /results/cached-rows'),
  innocent('GET /results/printed'),
  innocent('GET /results/header-line'),
  innocent('GET /results/for-in'),
  innocent('GET /results/arrays'),
  innocent('GET /results/any-left'),
]
