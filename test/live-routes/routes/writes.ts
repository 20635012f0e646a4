// Writing rows: one by one, in portions, all at once; with and without a transaction.
import { eq } from 'drizzle-orm'
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { auditLog, customers } from '../tables.ts'
import { guilty, innocent } from '../visit.ts'

const DOCUMENTS = Array.from({ length: 10 }, (_, i) => ({
  id: `0000000${i}-8cf4-4a5e-9d0b-3b6a1f7c2e5d`,
  links: Array.from({ length: 1 + ((i * 7) % 4) }, (_, position) => `target-${i}-${position}`),
}))

export function writes({ pool, db }: Connections): Router {
  const router = Router()

  /** A job queue as libraries have it: one job a call. */
  const queue = {
    async send(name: string, payload: object) {
      // guilty: n-plus-one-write in POST /writes/queue
      await pool.query('insert into jobs (queue, payload) values ($1, $2)', [name, payload])
    },
    async sendAll(name: string, payloads: readonly object[]) {
      await pool.query(
        'insert into jobs (queue, payload) select $1, value from jsonb_array_elements($2) as value',
        [name, JSON.stringify(payloads)],
      )
    },
  }

  router.post('/lines', async (request, response) => {
    const { rows } = await pool.query(
      `insert into orders (customer_id, seller_id, packer_id, driver_id, status, note) values (7, 8, 9, 10, 'draft', '')
       returning id`,
    )
    for (const line of request.body.lines) {
      // guilty: n-plus-one-write
      await pool.query('insert into order_items (order_id, product_id, quantity) values ($1, $2, $3)', [
        rows[0].id,
        line.product,
        line.quantity,
      ])
    }
    response.json(rows[0])
  })

  router.post('/lines/at-once', async (request, response) => {
    const { rows } = await pool.query(
      `insert into orders (customer_id, seller_id, packer_id, driver_id, status, note) values (7, 8, 9, 10, 'draft', '')
       returning id`,
    )
    await pool.query(
      'insert into order_items (order_id, product_id, quantity) select $1, * from unnest($2::int[], $3::int[])',
      [
        rows[0].id,
        request.body.lines.map((line: Line) => line.product),
        request.body.lines.map((line: Line) => line.quantity),
      ],
    )
    response.json(rows[0])
  })

  router.put('/stock', async (_request, response) => {
    // origin: product_id
    const { rows } = await pool.query(
      'select product_id, quantity from order_items where order_id between 300 and 303 order by id',
    )
    for (const item of rows) {
      // guilty: n-plus-one-write, proven
      await pool.query('update products set stock = stock - $2 where id = $1', [
        item.product_id,
        item.quantity,
      ])
    }
    response.sendStatus(204)
  })

  router.put('/stock/at-once', async (_request, response) => {
    await pool.query(
      `update products set stock = stock - i.quantity from order_items i
       where i.product_id = products.id and i.order_id between 300 and 303`,
    )
    response.sendStatus(204)
  })

  router.delete('/orphans', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query(
      "select id from comments where body like 'Comment 10_' order by written_at",
    )
    await Promise.all(
      // guilty: n-plus-one-write, proven
      rows.map((comment) => pool.query('delete from comments where id = $1 and false', [comment.id])),
    )
    response.sendStatus(204)
  })

  router.delete('/orphans/at-once', async (_request, response) => {
    const { rows } = await pool.query(
      "select id from comments where body like 'Comment 10_' order by written_at",
    )
    await pool.query('delete from comments where id = any($1) and false', [rows.map((comment) => comment.id)])
    response.sendStatus(204)
  })

  // A content system: each document's links are replaced, and each has another number of them.
  router.put('/links', async (_request, response) => {
    for (const document of DOCUMENTS) {
      // guilty: n-plus-one-write
      await pool.query('delete from links where document_id = $1', [document.id])
      const places = document.links.map((_, i) => `($1, $${i * 2 + 2}, $${i * 2 + 3})`)
      const values = document.links.flatMap((target, position) => [target, position])
      // guilty: n-plus-one-write
      await pool.query(`insert into links (document_id, target, position) values ${places.join(', ')}`, [
        document.id,
        ...values,
      ])
    }
    response.sendStatus(204)
  })

  router.put('/links/at-once', async (_request, response) => {
    const all = DOCUMENTS.flatMap(({ id, links }) =>
      links.map((target, position) => ({ id, target, position })),
    )
    await pool.query('delete from links where document_id = any($1)', [DOCUMENTS.map(({ id }) => id)])
    await pool.query(
      'insert into links (document_id, target, position) select * from unnest($1::uuid[], $2::text[], $3::int[])',
      [all.map(({ id }) => id), all.map(({ target }) => target), all.map(({ position }) => position)],
    )
    response.sendStatus(204)
  })

  router.post('/queue', async (request, response) => {
    for (const recipient of request.body.recipients)
      await queue.send('mail', { recipient, template: 'welcome' })
    response.sendStatus(202)
  })

  router.post('/queue/at-once', async (request, response) => {
    await queue.sendAll(
      'mail',
      request.body.recipients.map((recipient: string) => ({ recipient, template: 'welcome' })),
    )
    response.sendStatus(202)
  })

  router.put('/upserts', async (request, response) => {
    for (const line of request.body.lines) {
      // guilty: n-plus-one-write
      await pool.query(
        'insert into inventory (product_id, warehouse_id, on_hand) select * from unnest($1::int[], $2::int[], $3::int[]) on conflict (product_id, warehouse_id) do update set on_hand = excluded.on_hand',
        [[line.product], [1], [line.quantity]],
      )
    }
    response.sendStatus(204)
  })

  router.put('/upserts/at-once', async (request, response) => {
    const lines: Line[] = request.body.lines
    await pool.query(
      `insert into inventory (product_id, warehouse_id, on_hand) select * from unnest($1::int[], $2::int[], $3::int[])
       on conflict (product_id, warehouse_id) do update set on_hand = excluded.on_hand`,
      [lines.map((line) => line.product), lines.map(() => 1), lines.map((line) => line.quantity)],
    )
    response.sendStatus(204)
  })

  router.put('/plain-upserts', async (request, response) => {
    await Promise.all(
      request.body.lines.map((line: Line) =>
        // guilty: n-plus-one-write
        pool.query(
          'insert into inventory values ($1, 2, $2) on conflict (product_id, warehouse_id) do update set on_hand = $2',
          [line.product, line.quantity],
        ),
      ),
    )
    response.sendStatus(204)
  })

  router.post('/in-a-transaction', async (request, response) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      for (const line of request.body.lines) {
        // guilty: n-plus-one-write
        await client.query(
          'update inventory set on_hand = on_hand - $2 where product_id = $1 and warehouse_id = 3',
          [line.product, line.quantity],
        )
      }
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
    response.sendStatus(204)
  })

  router.post('/in-a-transaction/at-once', async (request, response) => {
    const lines: Line[] = request.body.lines
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(
        `update inventory set on_hand = on_hand - v.quantity from unnest($1::int[], $2::int[]) as v (product, quantity)
         where product_id = v.product and warehouse_id = 3`,
        [lines.map((line) => line.product), lines.map((line) => line.quantity)],
      )
      await client.query('commit')
    } finally {
      client.release()
    }
    response.sendStatus(204)
  })

  router.post('/drizzle', async (request, response) => {
    for (const name of request.body.recipients) {
      // guilty: n-plus-one-write
      await db.insert(auditLog).values({ actor: 'ann', action: 'invited', entity: name })
    }
    response.sendStatus(204)
  })

  router.post('/drizzle/at-once', async (request, response) => {
    await db
      .insert(auditLog)
      .values(request.body.recipients.map((entity: string) => ({ actor: 'ann', action: 'invited', entity })))
    response.sendStatus(204)
  })

  router.put('/drizzle-transaction', async (_request, response) => {
    await db.transaction(async (tx) => {
      const found = await tx
        .select({ id: customers.id, visits: customers.visits })
        .from(customers)
        .where(eq(customers.countryCode, 'C33'))
        .orderBy(customers.name)
        // origin: id
        .limit(12)
      for (const { id, visits } of found) {
        await tx
          .update(customers)
          .set({ visits: visits + 1 })
          // guilty: n-plus-one-write, proven
          .where(eq(customers.id, id))
      }
    })
    response.sendStatus(204)
  })

  router.put('/drizzle-transaction/at-once', async (_request, response) => {
    await pool.query('update customers set visits = visits + 1 where country_code = $1', ['C33'])
    response.sendStatus(204)
  })

  router.post('/parents-and-children', async (request, response) => {
    for (const code of request.body.recipients) {
      // guilty: n-plus-one-write
      const { rows } = await pool.query('insert into staff (name, team) values ($1, $2) returning id', [
        code,
        'office',
      ])
      // guilty: n-plus-one-write
      await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
        'ann',
        'hired',
        `staff ${rows[0].id}`,
      ])
    }
    response.sendStatus(204)
  })

  router.post('/chunks', async (_request, response) => {
    const entities = Array.from({ length: 1600 }, (_, i) => `imported ${i}`)
    for (let start = 0; start < entities.length; start += 500) {
      const chunk = entities.slice(start, start + 500)
      const places = chunk.map((_, i) => `('import', 'line', $${i + 1})`)
      await pool.query(`insert into audit_log (actor, action, entity) values ${places.join(', ')}`, chunk)
    }
    response.sendStatus(204)
  })

  router.post('/chunks-of-arrays', async (_request, response) => {
    const entities = Array.from({ length: 2200 }, (_, i) => `imported again ${i}`)
    for (let start = 0; start < entities.length; start += 500) {
      await pool.query(
        "insert into audit_log (actor, action, entity) select 'import', 'line', * from unnest($1::text[])",
        [entities.slice(start, start + 500)],
      )
    }
    response.sendStatus(204)
  })

  router.post('/drizzle-chunks', async (_request, response) => {
    const all = Array.from({ length: 900 }, (_, i) => ({
      actor: 'import',
      action: 'line',
      entity: `drizzle ${i}`,
    }))
    for (let start = 0; start < all.length; start += 250)
      await db.insert(auditLog).values(all.slice(start, start + 250))
    response.sendStatus(204)
  })

  router.post('/insert-select', async (_request, response) => {
    await pool.query(
      "insert into audit_log (actor, action, entity) select 'nightly', 'checked', name from products where stock < 2",
    )
    response.sendStatus(204)
  })

  router.post('/two-inserts', async (_request, response) => {
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'ann',
      'opened',
      'till',
    ])
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'bob',
      'closed',
      'till',
    ])
    response.sendStatus(204)
  })

  router.post('/order-and-log', async (_request, response) => {
    const { rows } = await pool.query("insert into jobs (queue, payload) values ('print', '{}') returning id")
    await pool.query('update jobs set state = $2 where id = $1', [rows[0].id, 'queued'])
    await pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'ann',
      'printed',
      rows[0].id,
    ])
    response.sendStatus(204)
  })

  // Portions of a table, until nothing is left.
  router.delete('/old-log', async (_request, response) => {
    let removed = 0
    for (;;) {
      const { rowCount } = await pool.query(
        "delete from audit_log where id in (select id from audit_log where actor = 'actor 7' limit 15)",
      )
      removed += rowCount ?? 0
      if (!rowCount) break
    }
    await pool.query(
      "insert into audit_log (actor, action, entity) select 'actor 7', 'x', 'y' from generate_series(1, 40)",
    )
    response.json({ removed })
  })

  // A worker's turn: one job after the other, as long as nobody else has it.
  router.post('/worker', async (_request, response) => {
    let done = 0
    for (; done < 5; done++) {
      const client = await pool.connect()
      await client.query('begin')
      const { rows } = await client.query(
        "select id, payload from jobs where state = 'new' and queue = 'mail' order by created_at limit 1 for update skip locked",
      )
      if (rows[0]) await client.query("update jobs set state = 'done' where id = $1", [rows[0].id])
      await client.query('commit')
      client.release()
      if (!rows[0]) break
    }
    response.json({ done })
  })

  router.post('/worker-returning', async (_request, response) => {
    let done = 0
    for (; done < 4; done++) {
      const { rows } = await pool.query(
        `update jobs set state = 'done' where id = (select id from jobs where state = 'new' order by created_at
         limit 1 for update skip locked) returning id, payload`,
      )
      if (!rows[0]) break
    }
    response.json({ done })
  })

  return router
}

interface Line {
  product: number
  quantity: number
}

const lines = [812, 17, 1604, 333, 950, 78].map((product, i) => ({ product, quantity: 1 + (i % 3) }))
const recipients = [
  'ann@example.com',
  'bob@example.com',
  'cy@example.com',
  'dee@example.com',
  'eve@example.com',
]

export const visits = [
  guilty('POST /writes/lines', 'POST /writes/lines/at-once', { body: { lines } }),
  innocent('POST /writes/lines/at-once', { body: { lines } }),
  guilty('PUT /writes/stock', 'PUT /writes/stock/at-once'),
  innocent('PUT /writes/stock/at-once'),
  guilty('DELETE /writes/orphans', 'DELETE /writes/orphans/at-once'),
  innocent('DELETE /writes/orphans/at-once'),
  guilty('PUT /writes/links', 'PUT /writes/links/at-once'),
  innocent('PUT /writes/links/at-once'),
  guilty('POST /writes/queue', 'POST /writes/queue/at-once', { body: { recipients } }),
  innocent('POST /writes/queue/at-once', { body: { recipients } }),
  guilty('PUT /writes/upserts', 'PUT /writes/upserts/at-once', { body: { lines } }),
  innocent('PUT /writes/upserts/at-once', { body: { lines } }),
  guilty('PUT /writes/plain-upserts', 'PUT /writes/upserts/at-once', { body: { lines } }),
  guilty('POST /writes/in-a-transaction', 'POST /writes/in-a-transaction/at-once', { body: { lines } }),
  innocent('POST /writes/in-a-transaction/at-once', { body: { lines } }),
  guilty('POST /writes/drizzle', 'POST /writes/drizzle/at-once', { body: { recipients } }),
  innocent('POST /writes/drizzle/at-once', { body: { recipients } }),
  guilty('PUT /writes/drizzle-transaction', 'PUT /writes/drizzle-transaction/at-once'),
  innocent('PUT /writes/drizzle-transaction/at-once'),
  guilty('POST /writes/parents-and-children', 'POST /writes/drizzle/at-once', { body: { recipients } }),
  innocent('POST /writes/chunks'),
  innocent('POST /writes/chunks-of-arrays'),
  innocent('POST /writes/drizzle-chunks'),
  innocent('POST /writes/insert-select'),
  innocent('POST /writes/two-inserts'),
  innocent('POST /writes/order-and-log'),
  innocent('DELETE /writes/old-log'),
  innocent('POST /writes/worker'),
  innocent('POST /writes/worker-returning'),
]
