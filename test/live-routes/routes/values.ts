// Loops with different origins of their values: from outside, returned by a query that was given them, or equal by chance.
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'

/** As a process would have it in its environment. */
const ENVIRONMENT = { FEATURES: 'feature-3,feature-14,feature-159,feature-265,feature-358' }

export function values({ pool }: Connections): Router {
  const router = Router()

  router.post('/body', async (request, response) => {
    const list = []
    for (const id of request.body.ids) {
      // guilty: n-plus-one
      const { rows } = await pool.query('select name, price_cents from products where id = $1', [id])
      list.push(rows[0])
    }
    response.json(list)
  })

  router.post('/body/at-once', async (request, response) => {
    const { rows } = await pool.query('select name, price_cents from products where id = any($1)', [
      request.body.ids,
    ])
    response.json(rows)
  })

  router.post('/body-mapped', async (request, response) => {
    const found = await Promise.all(
      request.body.emails.map((email: string) =>
        // guilty: n-plus-one
        pool.query('select name from customers where email = $1', [email]),
      ),
    )
    response.json(found.map(({ rows }) => rows[0]))
  })

  router.post('/body-mapped/at-once', async (request, response) => {
    const { rows } = await pool.query('select name from customers where email = any($1)', [
      request.body.emails,
    ])
    response.json(rows)
  })

  router.get('/query-string', async (request, response) => {
    const slugs = String(request.query.slugs).split(',')
    const titles: string[] = []
    for (const slug of slugs) {
      // guilty: n-plus-one
      const { rows } = await pool.query('select title from posts where slug = $1', [slug])
      titles.push(rows[0].title)
    }
    response.json(titles)
  })

  router.get('/environment', async (_request, response) => {
    const names = ENVIRONMENT.FEATURES.split(',')
    const states = await Promise.all(
      names.map(async (name) => {
        // guilty: n-plus-one
        const { rows } = await pool.query('select enabled from features where name = $1', [name])
        return rows[0].enabled as boolean
      }),
    )
    response.json(states)
  })

  router.get('/environment/at-once', async (_request, response) => {
    const { rows } = await pool.query('select name, enabled from features where name = any($1)', [
      ENVIRONMENT.FEATURES.split(','),
    ])
    response.json(rows)
  })

  // The rows hold what the application asked for: their names come from the request, not from the rows.
  router.post('/echo', async (request, response) => {
    const list = []
    for (const name of request.body.names) {
      // guilty: n-plus-one
      const { rows: features } = await pool.query('select * from features where name = $1', [name])
      // guilty: n-plus-one
      const strategies = await pool.query('select kind, parameters from strategies where feature_name = $1', [
        features[0].name,
      ])
      list.push({ ...features[0], strategies: strategies.rows })
    }
    response.json(list)
  })

  router.post('/echo/at-once', async (request, response) => {
    const { rows: features } = await pool.query('select * from features where name = any($1)', [
      request.body.names,
    ])
    const strategies = await pool.query(
      'select feature_name, kind, parameters from strategies where feature_name = any($1)',
      [request.body.names],
    )
    response.json(
      features.map((feature) => ({
        ...feature,
        strategies: strategies.rows.filter((strategy) => strategy.feature_name === feature.name),
      })),
    )
  })

  // One query was given all names, and its rows say them again, in another order.
  router.post('/echo-of-a-list', async (request, response) => {
    const { rows } = await pool.query(
      'select name, project from features where name = any($1) order by name',
      [request.body.names],
    )
    const list = []
    for (const feature of rows) {
      // guilty: n-plus-one
      const strategies = await pool.query('select kind, parameters from strategies where feature_name = $1', [
        feature.name,
      ])
      list.push({ ...feature, strategies: strategies.rows })
    }
    response.json(list)
  })

  // The application makes the key; that the database says it again proves nothing.
  router.post('/echo-of-inserts', async (request, response) => {
    for (const queue of request.body.queues) {
      const key = crypto.randomUUID()
      // guilty: n-plus-one-write
      // guilty: n-plus-one
      const { rows } = await pool.query(
        'insert into jobs (id, queue, payload) values ($1, $2, $3) returning id',
        [key, queue, {}],
      )
      // guilty: n-plus-one
      await pool.query("select state from jobs where id = $1 and state = 'new'", [rows[0].id])
    }
    response.sendStatus(204)
  })

  router.post('/echo-of-inserts/at-once', async (request, response) => {
    const { rows } = await pool.query(
      "insert into jobs (queue, payload) select queue, '{}' from unnest($1::text[]) as queue returning id, state",
      [request.body.queues],
    )
    response.json(rows)
  })

  router.get('/echo-of-one', async (_request, response) => {
    const { rows: authors } = await pool.query('select id, name from authors where id = $1', [AUTHOR])
    const { rows: posts } = await pool.query(
      'select title from posts where author_id = $1 order by slug limit 5',
      [authors[0].id],
    )
    const { rows: comments } = await pool.query(
      'select body from comments where author_id = $1 order by id limit 5',
      [authors[0].id],
    )
    response.json({ author: authors[0].name, posts, comments })
  })

  // Words that occur in a column by chance: the attributes are required or not, the image is the main one or not.
  router.get('/booleans', async (_request, response) => {
    const { rows: attributes } = await pool.query(
      'select code, is_required from attributes order by id limit 10',
    )
    const imagesOf = async (main: boolean) => {
      const { rows } = await pool.query('select source from images where product_id = 77 and is_main = $1', [
        main,
      ])
      return rows
    }
    response.json({ attributes, main: await imagesOf(true), others: await imagesOf(false) })
  })

  router.get('/enums', async (_request, response) => {
    const { rows: orders } = await pool.query('select id, status from orders order by id desc limit 10')
    const totalOf = async (status: string) => {
      const { rows } = await pool.query(
        'select sum(total_cents)::int as cents from orders where status = $1',
        [status],
      )
      return rows[0].cents as number
    }
    response.json({
      orders,
      paid: await totalOf('paid'),
      shipped: await totalOf('shipped'),
      fresh: await totalOf('new'),
    })
  })

  // Small numbers from the request, which are also the numbers of other things.
  router.post('/small-numbers', async (request, response) => {
    const { rows: attributes } = await pool.query('select id, code from attributes order by id limit 8')
    const options = []
    for (const id of request.body.options) {
      // guilty: n-plus-one
      const { rows } = await pool.query('select label from attribute_options where id = $1', [id])
      options.push(rows[0].label)
    }
    response.json({ attributes, options })
  })

  router.post('/small-numbers/at-once', async (request, response) => {
    const { rows: attributes } = await pool.query('select id, code from attributes order by id limit 8')
    const { rows: options } = await pool.query('select label from attribute_options where id = any($1)', [
      request.body.options,
    ])
    response.json({ attributes, options: options.map((option) => option.label) })
  })

  // Twelve months, after a list with the numbers 1 to 12 in their order.
  router.get('/months', async (_request, response) => {
    const { rows: attributes } = await pool.query('select id, code from attributes order by id limit 12')
    const months = []
    for (let month = 1; month <= 12; month++) {
      // guilty: n-plus-one
      const { rows } = await pool.query(
        'select count(*)::int as n from orders where extract(month from placed_at) = $1',
        [month],
      )
      months.push(rows[0].n)
    }
    response.json({ attributes, months })
  })

  router.get('/months/grouped', async (_request, response) => {
    const { rows: attributes } = await pool.query('select id, code from attributes order by id limit 12')
    const { rows: months } = await pool.query(
      'select extract(month from placed_at)::int as month, count(*)::int as n from orders group by 1 order by 1',
    )
    response.json({ attributes, months })
  })

  // Warehouses 1 and 2 are named in the code; quantities of 1 and 2 are in the rows.
  router.get('/warehouses', async (_request, response) => {
    const { rows: items } = await pool.query(
      'select id, quantity from order_items where order_id = 42 order by id',
    )
    const stockIn = async (warehouse: number) => {
      const { rows } = await pool.query(
        'select sum(on_hand)::int as pieces from inventory where warehouse_id = $1',
        [warehouse],
      )
      return rows[0].pieces as number
    }
    const north = await stockIn(1)
    const south = await stockIn(2)
    response.json({ items, north, south })
  })

  // Two only, of a list from outside: nothing to gain, and nothing proven.
  router.post('/two-of-a-body', async (request, response) => {
    const [left, right] = request.body.ids
    const { rows: first } = await pool.query('select name from products where id = $1', [left])
    const { rows: second } = await pool.query('select name from products where id = $1', [right])
    response.json([...first, ...second])
  })

  return router
}

const AUTHOR = '81a59bf6-f6a4-055b-fde4-3435bebb96e3'
const NAMES = ['feature-7', 'feature-402', 'feature-33', 'feature-128', 'feature-590', 'feature-61']

export const visits = [
  guilty('POST /values/body', 'POST /values/body/at-once', { body: { ids: [812, 17, 1604, 333, 950] } }),
  innocent('POST /values/body/at-once', { body: { ids: [812, 17, 1604, 333, 950] } }),
  guilty('POST /values/body-mapped', 'POST /values/body-mapped/at-once', {
    body: { emails: [7, 1500, 18, 2345].map((n) => `c${n}@example.com`) },
  }),
  innocent('POST /values/body-mapped/at-once', {
    body: { emails: [7, 1500, 18, 2345].map((n) => `c${n}@example.com`) },
  }),
  guilty('GET /values/query-string', 'GET /values/environment/at-once', {
    path: '/values/query-string?slugs=post-5,post-500,post-55,post-555',
  }),
  guilty('GET /values/environment', 'GET /values/environment/at-once'),
  innocent('GET /values/environment/at-once'),
  guilty('POST /values/echo', 'POST /values/echo/at-once', { body: { names: NAMES } }),
  innocent('POST /values/echo/at-once', { body: { names: NAMES } }),
  guilty('POST /values/echo-of-a-list', 'POST /values/echo/at-once', { body: { names: NAMES } }),
  guilty('POST /values/echo-of-inserts', 'POST /values/echo-of-inserts/at-once', {
    body: { queues: ['mail', 'print', 'index', 'bill'] },
  }),
  innocent('POST /values/echo-of-inserts/at-once', { body: { queues: ['mail', 'print', 'index', 'bill'] } }),
  innocent('GET /values/echo-of-one'),
  innocent('GET /values/booleans'),
  innocent('GET /values/enums'),
  guilty('POST /values/small-numbers', 'POST /values/small-numbers/at-once', {
    body: { options: [1, 2, 3, 4] },
  }),
  innocent('POST /values/small-numbers/at-once', { body: { options: [1, 2, 3, 4] } }),
  guilty('GET /values/months', 'GET /values/months/grouped'),
  innocent('GET /values/months/grouped'),
  innocent('GET /values/warehouses'),
  innocent('POST /values/two-of-a-body', { body: { ids: [5, 6] } }),
]
