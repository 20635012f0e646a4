// Files, lists and queues that are written to the database.
import { eq } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { auditLog, customers, orderItems, products } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

interface Parcel {
  id: string
  targets: string[]
}

export function imports({ pool, db }: Connections): Router {
  const router = Router()

  // Dragged and dropped: every link gets its new place.
  router.put('/order-of-links', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query(
      'select id from links where document_id = $1 or position = 4 order by target desc limit 12',
      ['a0000000-0000-4000-8000-000000000000'],
    )
    for (const [position, link] of rows.entries()) {
      // guilty: n-plus-one-write
      await pool.query('update links set position = $2 where id = $1', [link.id, position])
    }
    response.sendStatus(204)
  })

  router.put('/order-of-links/at-once', async (_request, response) => {
    const { rows } = await pool.query('select id from links where position = 4 order by target desc limit 12')
    await pool.query(
      'update links set position = v.position - 1 from unnest($1::int[]) with ordinality as v (id, position) where links.id = v.id',
      [rows.map((link) => link.id)],
    )
    response.sendStatus(204)
  })

  // A multi-row insert for each parent, of as many rows as it has.
  router.post('/parcels', async (request, response) => {
    for (const parcel of request.body.parcels as Parcel[]) {
      const places = parcel.targets.map((_, i) => `($1, $${i + 2}, ${i})`)
      // guilty: n-plus-one-write
      await pool.query(`insert into links (document_id, target, position) values ${places.join(', ')}`, [
        parcel.id,
        ...parcel.targets,
      ])
    }
    response.sendStatus(204)
  })

  router.post('/parcels/at-once', async (request, response) => {
    const parcels: Parcel[] = request.body.parcels
    const all = parcels.flatMap(({ id, targets }) =>
      targets.map((target, position) => ({ id, target, position })),
    )
    const places = all.map((_, i) => `($${i * 3 + 1}, $${i * 3 + 2}, $${i * 3 + 3})`)
    await pool.query(
      `insert into links (document_id, target, position) values ${places.join(', ')}`,
      all.flatMap(({ id, target, position }) => [id, target, position]),
    )
    response.sendStatus(204)
  })

  router.post('/drizzle-children', async (request, response) => {
    await db.transaction(async (tx) => {
      for (const parcel of request.body.parcels as Parcel[]) {
        const rows = parcel.targets.map((entity) => ({ actor: parcel.id, action: 'packed', entity }))
        // guilty: n-plus-one-write
        await tx.insert(auditLog).values(rows)
      }
    })
    response.sendStatus(204)
  })

  router.post('/drizzle-children/at-once', async (request, response) => {
    const parcels: Parcel[] = request.body.parcels
    await db
      .insert(auditLog)
      .values(
        parcels.flatMap(({ id, targets }) =>
          targets.map((entity) => ({ actor: id, action: 'packed', entity })),
        ),
      )
    response.sendStatus(204)
  })

  router.put('/copy-for-each', async (request, response) => {
    for (const team of request.body.teams) {
      // guilty: n-plus-one-write
      await pool.query(
        'insert into audit_log (actor, action, entity) select name, $2, $1 from staff where team = $1 limit 2',
        [team, 'greeted'],
      )
    }
    response.sendStatus(204)
  })

  router.put('/copy-for-each/at-once', async (request, response) => {
    await pool.query(
      'insert into audit_log (actor, action, entity) select name, $2, team from staff where team = any($1) limit 8',
      [request.body.teams, 'greeted'],
    )
    response.sendStatus(204)
  })

  router.put('/drizzle-updates', async (_request, response) => {
    const items = await db
      .select({ productId: orderItems.productId, quantity: orderItems.quantity })
      .from(orderItems)
      .where(eq(orderItems.orderId, 1777))
      // origin: product_id
      .limit(20)
    // guilty: n-plus-one-write
    await Promise.all(
      items.map(({ productId, quantity }) =>
        // guilty: n-plus-one-write
        db.update(products).set({ stock: quantity }).where(eq(products.id, productId)),
      ),
    )
    response.sendStatus(204)
  })

  // For each line of a file: is it known? then change it, else add it.
  router.post('/find-or-add', async (request, response) => {
    let added = 0
    for (const email of request.body.emails) {
      // origin: id
      // guilty: n-plus-one
      const { rows } = await pool.query('select id from customers where email = $1', [email])
      if (rows.length > 0) {
        // guilty: n-plus-one-write
        await pool.query('update customers set visits = visits + 1 where id = $1', [rows[0].id])
      } else {
        // guilty: n-plus-one-write
        await pool.query(
          "insert into customers (name, email, country_code, bio, active) values ('new', $1, 'C1', '', true)",
          [email],
        )
        added += 1
      }
    }
    response.json({ added })
  })

  router.post('/find-or-add/at-once', async (request, response) => {
    const { rows } = await pool.query(
      `insert into customers (name, email, country_code, bio, active) select 'new', email, 'C1', '', true from unnest($1::text[]) as email
       on conflict (email) do update set visits = customers.visits + 1 returning (xmax = 0) as added`,
      [request.body.emails],
    )
    response.json({ added: rows.filter(({ added }) => added).length })
  })

  // An order, its lines in one statement, its log line: three writes of three kinds.
  router.post('/order', async (_request, response) => {
    const [created] = await db.transaction(async (tx) => {
      const added = await tx
        .insert(auditLog)
        .values({ actor: 'ann', action: 'ordered', entity: 'basket' })
        .returning({ id: auditLog.id })
      await tx.update(customers).set({ visits: 1 }).where(eq(customers.id, 90))
      await tx.insert(auditLog).values([
        { actor: 'ann', action: 'line', entity: 'a' },
        { actor: 'ann', action: 'line', entity: 'b' },
      ])
      return added
    })
    response.json(created)
  })

  // Seen at the beginning, and seen at the end.
  router.put('/touched-twice', async (_request, response) => {
    await pool.query('update sessions set seen_at = $2 where id = $1', ['900000007919', new Date(0)])
    const { rows } = await pool.query('select id, title from posts order by slug limit 3')
    await pool.query('update sessions set seen_at = $2 where id = $1', ['900000007919', new Date(1)])
    response.json(rows)
  })

  router.post('/chunks-of-ids', async (_request, response) => {
    const { rows } = await pool.query('select id from products order by id limit 700')
    const ids = rows.map(({ id }) => id)
    for (let start = 0; start < ids.length; start += 250) {
      await pool.query('update products set stock = stock where id = any($1)', [
        ids.slice(start, start + 250),
      ])
    }
    response.sendStatus(204)
  })

  router.post('/chunks-of-reads', async (_request, response) => {
    const { rows } = await pool.query('select id from products order by id limit 700')
    const ids = rows.map(({ id }) => id)
    const names: string[] = []
    for (let start = 0; start < ids.length; start += 250) {
      const places = ids.slice(start, start + 250).map((_, i) => `$${i + 1}`)
      const found = await pool.query(
        `select name from products where id in (${places.join(', ')})`,
        ids.slice(start, start + 250),
      )
      names.push(...found.rows.map(({ name }) => name))
    }
    response.json(names.length)
  })

  router.post('/rest-of-a-chunk', async (_request, response) => {
    const entities = Array.from({ length: 301 }, (_, i) => `entity ${i}`)
    for (let start = 0; start < entities.length; start += 100) {
      await pool.query(
        "insert into audit_log (actor, action, entity) select 'import', 'line', * from unnest($1::text[])",
        [entities.slice(start, start + 100)],
      )
    }
    response.sendStatus(204)
  })

  return router
}

const parcels = [3, 1, 4, 1, 5, 2].map((count, n) => ({
  id: `1000000${n}-8cf4-4a5e-9d0b-3b6a1f7c2e5d`,
  targets: Array.from({ length: count }, (_, i) => `parcel-${n}-${i}`),
}))
const teams = ['sales', 'depot', 'office', 'garden']
const emails = [5, 16, 1207, 2500].map((n) => `c${n}@example.com`)

export const visits = [
  guilty('PUT /imports/order-of-links', 'PUT /imports/order-of-links/at-once'),
  innocent('PUT /imports/order-of-links/at-once'),
  guilty('POST /imports/parcels', 'POST /imports/parcels/at-once', { body: { parcels } }),
  innocent('POST /imports/parcels/at-once', { body: { parcels } }),
  guilty('POST /imports/drizzle-children', 'POST /imports/drizzle-children/at-once', { body: { parcels } }),
  innocent('POST /imports/drizzle-children/at-once', { body: { parcels } }),
  guilty('PUT /imports/copy-for-each', 'PUT /imports/copy-for-each/at-once', { body: { teams } }),
  innocent('PUT /imports/copy-for-each/at-once', { body: { teams } }),
  guilty('PUT /imports/drizzle-updates', 'POST /imports/chunks-of-ids'),
  guilty('POST /imports/find-or-add', 'POST /imports/find-or-add/at-once', { body: { emails } }),
  innocent('POST /imports/find-or-add/at-once', { body: { emails } }),
  innocent('POST /imports/order'),
  innocent('PUT /imports/touched-twice'),
  innocent('POST /imports/chunks-of-ids'),
  innocent('POST /imports/chunks-of-reads'),
  innocent('POST /imports/rest-of-a-chunk'),
]
