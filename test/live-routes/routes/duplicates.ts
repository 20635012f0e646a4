// The same question twice: when it is a mistake, and what makes it another question.
import { eq } from 'drizzle-orm'
import { type NextFunction, type Request, type Response, Router } from 'express'
import type { Pool } from 'pg'
import type { Connections } from '../connections.ts'
import { customers } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function duplicates({ pool, db }: Connections): Router {
  const router = Router()

  async function currency() {
    // guilty: duplicate-query in GET /duplicates/setting
    const { rows } = await pool.query('select value from settings where key = $1', ['setting-11'])
    return rows[0].value as string
  }

  router.get('/setting', async (_request, response) => {
    const { rows: products } = await pool.query('select name, price_cents from products order by id limit 5')
    const list = []
    for (const product of products) list.push(`${product.name} ${product.price_cents} ${await currency()}`)
    response.json(list)
  })

  const perRequest = new WeakMap<Request, Promise<string>>()
  function currencyOf(request: Request): Promise<string> {
    const known = perRequest.get(request)
    if (known !== undefined) return known
    const asked = pool
      .query('select value from settings where key = $1', ['setting-12'])
      .then(({ rows }) => rows[0].value as string)
    perRequest.set(request, asked)
    return asked
  }

  router.get('/setting/once-a-request', async (request, response) => {
    const { rows: products } = await pool.query('select name, price_cents from products order by id limit 5')
    const list = []
    for (const product of products) {
      list.push(`${product.name} ${product.price_cents} ${await currencyOf(request)}`)
    }
    response.json(list)
  })

  const loadUser = async (request: Request, response: Response, next: NextFunction) => {
    // guilty: duplicate-query in GET /duplicates/user
    const { rows } = await pool.query('select id, name, email from customers where email = $1', [
      request.query.user,
    ])
    response.locals.user = rows[0]
    next()
  }

  router.get('/user', loadUser, async (request, response) => {
    const { rows: orders } = await pool.query(
      'select id, status from orders where customer_id = $1 order by id',
      [response.locals.user.id],
    )
    // guilty: duplicate-query
    const { rows } = await pool.query('select id, name, email from customers where email = $1', [
      request.query.user,
    ])
    response.json({ user: rows[0], orders })
  })

  router.get('/user/once', loadUser, async (_request, response) => {
    const { rows: orders } = await pool.query(
      'select id, status from orders where customer_id = $1 order by id',
      [response.locals.user.id],
    )
    response.json({ user: response.locals.user, orders })
  })

  router.get('/at-once', async (_request, response) => {
    const vat = async () => {
      // guilty: duplicate-query
      const { rows } = await pool.query('select vat_percent from countries where code = $1', ['C7'])
      return rows[0].vat_percent as number
    }
    const [net, gross] = await Promise.all([
      vat().then((percent) => 100 - percent),
      vat().then((percent) => 100 + percent),
    ])
    response.json({ net, gross })
  })

  router.get('/drizzle', async (_request, response) => {
    // guilty: duplicate-query
    const [before] = await db.select({ name: customers.name }).from(customers).where(eq(customers.id, 77))
    // guilty: duplicate-query
    const [after] = await db.select({ name: customers.name }).from(customers).where(eq(customers.id, 77))
    response.json({ before, after })
  })

  // The write in between is unrelated to the query.
  router.post('/unrelated-write', async (_request, response) => {
    // guilty: duplicate-query
    const { rows: before } = await pool.query('select name, vat_percent from countries where code = $1', [
      'C9',
    ])
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'ann',
      'looked',
      'C9',
    ])
    // guilty: duplicate-query
    const { rows: after } = await pool.query('select name, vat_percent from countries where code = $1', [
      'C9',
    ])
    response.json({ before, after })
  })

  router.post('/unrelated-write/once', async (_request, response) => {
    const { rows } = await pool.query('select name, vat_percent from countries where code = $1', ['C9'])
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'ann',
      'looked',
      'C9',
    ])
    response.json(rows)
  })

  router.get('/two-services', async (_request, response) => {
    const { rows: orders } = await pool.query('select id, customer_id from orders where id = 99')
    const [invoice, delivery] = await Promise.all([
      invoiceAddress(pool, orders[0].customer_id),
      deliveryAddress(pool, orders[0].customer_id),
    ])
    response.json({ invoice, delivery })
  })

  // Row-level security: the tenant is a setting, and not in the statement.
  router.get('/tenants', async (_request, response) => {
    const titles = []
    for (const tenant of [1, 2]) {
      const client = await pool.connect()
      await client.query('begin')
      await client.query('set local role pg_read_all_data')
      await client.query("select set_config('app.tenant', $1, true)", [tenant])
      const { rows } = await client.query('select title from documents order by title limit 3')
      await client.query('commit')
      client.release()
      titles.push(rows)
    }
    response.json(titles)
  })

  router.get('/tenant-views', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query("set local app.tenant = '3'")
    const { rows: north } = await client.query('select count(*)::int as n from tenant_documents')
    await client.query("set local app.tenant = '4'")
    const { rows: south } = await client.query('select count(*)::int as n from tenant_documents')
    await client.query('commit')
    client.release()
    response.json({ north, south })
  })

  router.get('/search-path', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('set local search_path to tenant_north')
    const { rows: north } = await client.query('select sum(amount_cents)::int as cents from invoices')
    await client.query('set local search_path to tenant_south')
    const { rows: south } = await client.query('select sum(amount_cents)::int as cents from invoices')
    await client.query('commit')
    client.release()
    response.json({ north, south })
  })

  router.get('/roles', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query("set local app.tenant = '5'")
    const { rows: everything } = await client.query(
      "select title from documents where title = 'Document 5' order by id limit 1",
    )
    await client.query('set local role pg_read_all_data')
    const { rows: allowed } = await client.query(
      "select title from documents where title = 'Document 5' order by id limit 1",
    )
    await client.query('rollback')
    client.release()
    response.json({ everything, allowed })
  })

  // Snapshots are imported to read one state over several connections; each transaction asks for itself.
  router.get('/snapshot', async (_request, response) => {
    const first = await pool.connect()
    const second = await pool.connect()
    await first.query('begin isolation level repeatable read')
    const { rows } = await first.query('select pg_export_snapshot() as snapshot')
    const { rows: here } = await first.query('select count(*)::int as n from accounts')
    await second.query('begin isolation level repeatable read')
    await second.query(`set transaction snapshot '${rows[0].snapshot}'`)
    const { rows: there } = await second.query('select count(*)::int as n from accounts')
    await second.query('commit')
    await first.query('commit')
    first.release()
    second.release()
    response.json({ here, there })
  })

  router.put('/read-write-read', async (_request, response) => {
    const { rows: before } = await pool.query('select name, visits from customers where id = $1', [101])
    await pool.query('update customers set name = $2 where id = $1', [101, before[0].name])
    const { rows: after } = await pool.query('select name, visits from customers where id = $1', [101])
    response.json({ before, after })
  })

  router.put('/through-a-view', async (_request, response) => {
    const { rows: before } = await pool.query('select name from active_customers where id = $1', [102])
    await pool.query('update customers set name = $2 where id = $1', [102, before[0].name])
    const { rows: after } = await pool.query('select name from active_customers where id = $1', [102])
    response.json({ before, after })
  })

  router.put('/through-the-base-table', async (_request, response) => {
    const { rows: before } = await pool.query('select name from customers where id = $1', [103])
    await pool.query('update active_customers set name = $2 where id = $1', [103, before[0].name])
    const { rows: after } = await pool.query('select name from customers where id = $1', [103])
    response.json({ before, after })
  })

  // The product is free of charge: the trigger adds nothing, but nobody knows that before.
  router.post('/through-a-trigger', async (_request, response) => {
    const { rows: before } = await pool.query('select total_cents from orders where id = $1', [104])
    await pool.query('insert into order_items (order_id, product_id, quantity) values ($1, $2, 0)', [104, 3])
    const { rows: after } = await pool.query('select total_cents from orders where id = $1', [104])
    response.json({ before, after })
  })

  router.post('/through-a-cascade', async (_request, response) => {
    const { rows: before } = await pool.query('select count(*)::int as n from comments')
    await pool.query("delete from posts where slug = 'never-written'")
    const { rows: after } = await pool.query('select count(*)::int as n from comments')
    response.json({ before, after })
  })

  router.post('/through-a-function', async (_request, response) => {
    const { rows: before } = await pool.query('select name from customers where id = $1', [105])
    await pool.query('select rename_customer($1, $2)', [105, before[0].name])
    const { rows: after } = await pool.query('select name from customers where id = $1', [105])
    response.json({ before, after })
  })

  // Asks until something is ready, ten times a second.
  router.get('/polling', async (_request, response) => {
    let state = 'running'
    for (let i = 0; i < 4 && state === 'running'; i++) {
      if (i > 0) await sleep(100)
      const { rows } = await pool.query('select state from imports where id = $1', [3])
      state = rows[0].state
    }
    response.json({ state })
  })

  router.get('/retry', async (_request, response) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const { rows } = await pool.query(
          'select 100 / greatest(lines - $2, 0) as share from imports where id = $1',
          [4, 0],
        )
        response.json(rows)
        return
      } catch (error) {
        if (attempt === 3) {
          response.json({ failed: (error as Error).message })
          return
        }
      }
    }
  })

  // Somebody else was quicker, as the version tells: read again, and write what follows from that.
  router.put('/optimistic', async (_request, response) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { rows } = await pool.query('select balance_cents, version from accounts where id = $1', [7])
      const expected = attempt === 0 ? rows[0].version - 1 : rows[0].version
      const { rowCount } = await pool.query(
        'update accounts set balance_cents = $3, version = version + 1 where id = $1 and version = $2',
        [7, expected, rows[0].balance_cents],
      )
      if (rowCount === 1) break
    }
    response.sendStatus(204)
  })

  router.post('/find-or-create', async (_request, response) => {
    const find = () =>
      pool.query('select key, value from settings where key = $1', ['setting-made-by-nobody'])
    let { rows } = await find()
    if (rows.length === 0) {
      await pool.query(
        "insert into settings select 'setting-made-by-nobody', 'x', '' where false on conflict do nothing",
      )
      rows = (await find()).rows
    }
    response.json(rows)
  })

  router.post('/locked-again', async (_request, response) => {
    const client = await pool.connect()
    const { rows: seen } = await client.query('select balance_cents from accounts where id = $1', [8])
    await client.query('begin')
    const { rows: locked } = await client.query(
      'select balance_cents from accounts where id = $1 for update',
      [8],
    )
    await client.query('commit')
    client.release()
    response.json({ seen, locked })
  })

  return router
}

async function customerOf(pool: Pool, id: number) {
  // guilty: duplicate-query in GET /duplicates/two-services
  const { rows } = await pool.query('select name, email, country_code from customers where id = $1', [id])
  return rows[0]
}

async function invoiceAddress(pool: Pool, customerId: number) {
  const { name, email } = await customerOf(pool, customerId)
  return `${name} <${email}>`
}

async function deliveryAddress(pool: Pool, customerId: number) {
  const { name, country_code } = await customerOf(pool, customerId)
  return `${name}, ${country_code}`
}

const USER = 'user=c321%40example.com'

export const visits = [
  guilty('GET /duplicates/setting', 'GET /duplicates/setting/once-a-request'),
  innocent('GET /duplicates/setting/once-a-request'),
  guilty('GET /duplicates/user', 'GET /duplicates/user/once', { path: `/duplicates/user?${USER}` }),
  innocent('GET /duplicates/user/once', { path: `/duplicates/user/once?${USER}` }),
  guilty('GET /duplicates/at-once', 'GET /duplicates/setting/once-a-request'),
  guilty('GET /duplicates/drizzle', 'GET /duplicates/user/once'),
  guilty('POST /duplicates/unrelated-write', 'POST /duplicates/unrelated-write/once'),
  innocent('POST /duplicates/unrelated-write/once'),
  guilty('GET /duplicates/two-services', 'GET /duplicates/user/once'),
  innocent('GET /duplicates/tenants'),
  innocent('GET /duplicates/tenant-views'),
  innocent('GET /duplicates/search-path'),
  innocent('GET /duplicates/roles'),
  innocent('GET /duplicates/snapshot'),
  innocent('PUT /duplicates/read-write-read'),
  innocent('PUT /duplicates/through-a-view'),
  innocent('PUT /duplicates/through-the-base-table'),
  innocent('POST /duplicates/through-a-trigger'),
  innocent('POST /duplicates/through-a-cascade'),
  innocent('POST /duplicates/through-a-function'),
  innocent('GET /duplicates/polling'),
  innocent('GET /duplicates/retry'),
  innocent('PUT /duplicates/optimistic'),
  innocent('POST /duplicates/find-or-create'),
  innocent('POST /duplicates/locked-again'),
]
