// Pages put together from several explicit calls, through all the layers that applications have; and beside them the same
// layers in a loop.
import { asc, eq } from 'drizzle-orm'
import { type NextFunction, type Request, type Response, Router } from 'express'
import type { Pool } from 'pg'
import type { Connections } from '../connections.ts'
import { customers, orders, posts, products } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

class Statistics {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async ordersOf(status: string): Promise<number> {
    const { rows } = await this.#pool.query('select count(*)::int as n from orders where status = $1', [
      status,
    ])
    return rows[0].n
  }

  async summary() {
    const [fresh, paid, shipped, cancelled] = await Promise.all([
      this.ordersOf('new'),
      this.ordersOf('paid'),
      this.ordersOf('shipped'),
      this.ordersOf('cancelled'),
    ])
    return { fresh, paid, shipped, cancelled }
  }
}

export function dashboards({ pool, db, cache }: Connections): Router {
  const router = Router()
  const statistics = new Statistics(pool)

  router.get('/statistics', async (_request, response) => {
    response.json(await statistics.summary())
  })

  router.get('/find-first', async (_request, response) => {
    const [cheap, dear, named] = await Promise.all([
      db.query.products.findFirst({ columns: { name: true }, where: eq(products.id, 1001) }),
      db.query.products.findFirst({ columns: { name: true }, where: eq(products.id, 1702) }),
      db.query.products.findFirst({ columns: { name: true }, where: eq(products.id, 403) }),
    ])
    response.json({ cheap, dear, named })
  })

  router.get('/selects-one-by-one', async (_request, response) => {
    const [first] = await db.select({ title: posts.title }).from(posts).where(eq(posts.slug, 'post-61'))
    const [second] = await db.select({ title: posts.title }).from(posts).where(eq(posts.slug, 'post-62'))
    const [third] = await db.select({ title: posts.title }).from(posts).where(eq(posts.slug, 'post-63'))
    response.json([first, second, third])
  })

  router.get('/helper-of-drizzle', async (_request, response) => {
    const newest = async (status: string) => {
      const [order] = await db
        .select({ id: orders.id })
        .from(orders)
        .where(eq(orders.status, status))
        .orderBy(asc(orders.id))
        .limit(1)
      return order?.id
    }
    const [fresh, paid, shipped] = await Promise.all([newest('new'), newest('paid'), newest('shipped')])
    response.json({ fresh, paid, shipped })
  })

  const topOf = async (team: string) => {
    const { rows } = await pool.query('select id, name from staff where team = $1 order by name limit 3', [
      team,
    ])
    return rows
  }
  const salesBox = async () => ({ title: 'Sales', people: await topOf('sales') })
  const depotBox = async () => ({ title: 'Depot', people: await topOf('depot') })
  const officeBox = async () => ({ title: 'Office', people: await topOf('office') })

  router.get('/boxes', async (_request, response) => {
    response.json(await Promise.all([salesBox(), depotBox(), officeBox()]))
  })

  // The boxes are configured: what runs them is a loop, what they ask was written one by one.
  router.get('/configured-boxes', async (_request, response) => {
    const page = []
    for (const box of [salesBox, depotBox, officeBox]) page.push(await box())
    response.json(page)
  })

  async function translated(key: string) {
    const known = await cache.get(`text:${key}`)
    if (known !== undefined) return known
    const { rows } = await pool.query('select value from settings where key = $1', [key])
    return rows[0].value as string
  }

  async function header() {
    const [title, subtitle] = await Promise.all([translated('setting-21'), translated('setting-22')])
    return { title, subtitle }
  }

  async function footer() {
    const [imprint, contact] = await Promise.all([translated('setting-23'), translated('setting-24')])
    return { imprint, contact }
  }

  router.get('/frame', async (_request, response) => {
    const [top, bottom] = await Promise.all([header(), footer()])
    response.json({ top, bottom })
  })

  router.get('/translations', async (request, response) => {
    const texts = await Promise.all(
      String(request.query.keys)
        .split(',')
        .map(async (key) => {
          const known = await cache.get(`page-text:${key}`)
          if (known !== undefined) return known
          // guilty: n-plus-one
          const { rows } = await pool.query('select value from settings where key = $1', [key])
          return rows[0].value as string
        }),
    )
    response.json(texts)
  })

  router.get('/translations/at-once', async (request, response) => {
    const keys = String(request.query.keys).split(',')
    const { rows } = await pool.query('select key, value from settings where key = any($1)', [keys])
    response.json(rows)
  })

  const requires = (team: string) => async (_request: Request, response: Response, next: NextFunction) => {
    const { rows } = await pool.query('select exists (select from staff where team = $1) as any', [team])
    response.locals[team] = rows[0].any
    next()
  }

  router.get('/guarded', requires('sales'), requires('depot'), requires('office'), (_request, response) => {
    response.json(response.locals)
  })

  router.get('/either', async (request, response) => {
    const load = async (slug: string) =>
      (await pool.query('select title from posts where slug = $1', [slug])).rows[0]
    const post = (await load(`${request.query.slug}`)) ?? (await load('post-99')) ?? (await load('post-100'))
    response.json(post)
  })

  router.post('/month-end', async (_request, response) => {
    await db.transaction(async (tx) => {
      await tx.update(customers).set({ visits: 0 }).where(eq(customers.id, 2001))
      await tx.update(customers).set({ visits: 0 }).where(eq(customers.id, 2117))
      await tx.update(customers).set({ visits: 0 }).where(eq(customers.id, 2333))
    })
    response.sendStatus(204)
  })

  // One document has parts in four tables.
  router.delete('/parts', async (_request, response) => {
    const id = '00000000-8cf4-4a5e-9d0b-3b6a1f7c2e5d'
    await pool.query('delete from links where document_id = $1', [id])
    await pool.query('delete from comments where post_id = $1', [id])
    await pool.query('delete from posts where id = $1', [id])
    await pool.query('delete from documents where id = $1', [id])
    response.sendStatus(204)
  })

  // Reads two and compares them with what a third says.
  router.get('/periods', async (_request, response) => {
    const soldIn = async (from: string, to: string) => {
      const { rows } = await pool.query(
        'select sum(total_cents)::int as cents from orders where placed_at >= $1 and placed_at < $2',
        [from, to],
      )
      return rows[0].cents as number
    }
    const thisWeek = await soldIn('2026-01-19', '2026-01-26')
    const lastWeek = await soldIn('2026-01-12', '2026-01-19')
    const lastMonth = await soldIn('2026-01-01', '2026-02-01')
    response.json({ thisWeek, lastWeek, lastMonth })
  })

  router.get('/days', async (_request, response) => {
    const days = []
    for (let day = 1; day <= 14; day++) {
      const from = new Date(Date.UTC(2026, 0, day))
      const to = new Date(Date.UTC(2026, 0, day + 1))
      // guilty: n-plus-one
      const { rows } = await pool.query(
        'select sum(total_cents)::int as cents from orders where placed_at >= $1 and placed_at < $2',
        [from, to],
      )
      days.push(rows[0].cents)
    }
    response.json(days)
  })

  return router
}

export const visits = [
  innocent('GET /dashboards/statistics'),
  innocent('GET /dashboards/find-first'),
  innocent('GET /dashboards/selects-one-by-one'),
  innocent('GET /dashboards/helper-of-drizzle'),
  innocent('GET /dashboards/boxes'),
  innocent('GET /dashboards/configured-boxes'),
  innocent('GET /dashboards/frame'),
  guilty('GET /dashboards/translations', 'GET /dashboards/translations/at-once', {
    path: '/dashboards/translations?keys=setting-2,setting-3,setting-5,setting-8,setting-13',
  }),
  innocent('GET /dashboards/translations/at-once', {
    path: '/dashboards/translations/at-once?keys=setting-2,setting-3,setting-5,setting-8,setting-13',
  }),
  innocent('GET /dashboards/guarded'),
  innocent('GET /dashboards/either', { path: '/dashboards/either?slug=nowhere' }),
  innocent('POST /dashboards/month-end'),
  innocent('DELETE /dashboards/parts'),
  innocent('GET /dashboards/periods'),
  guilty('GET /dashboards/days', 'GET /bounds/per-day'),
]
