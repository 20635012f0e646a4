// Two equal questions, and what happened in between.
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function inBetween({ pool }: Connections): Router {
  const router = Router()

  router.put('/upsert', async (_request, response) => {
    const read = () =>
      pool.query('select on_hand from inventory where product_id = $1 and warehouse_id = 1', [61])
    const { rows: before } = await read()
    await pool.query(
      'insert into inventory values ($1, 1, $2) on conflict (product_id, warehouse_id) do update set on_hand = excluded.on_hand',
      [61, before[0].on_hand],
    )
    const { rows: after } = await read()
    response.json({ before, after })
  })

  router.put('/update-in-a-cte', async (_request, response) => {
    const { rows: before } = await pool.query('select stock from products where id = $1', [62])
    await pool.query(
      `with changed as (update products set stock = stock where id = $1 returning id)
       insert into audit_log (actor, action, entity) select 'ann', 'counted', 'product ' || id from changed`,
      [62],
    )
    const { rows: after } = await pool.query('select stock from products where id = $1', [62])
    response.json({ before, after })
  })

  router.put('/function', async (_request, response) => {
    const { rows: before } = await pool.query(
      'select name, stock > 0 as any from products where id = $1',
      [63],
    )
    await pool.query('select stock_up($1)', [63])
    const { rows: after } = await pool.query(
      'select name, stock > 0 as any from products where id = $1',
      [63],
    )
    response.json({ before, after })
  })

  router.put('/procedure', async (_request, response) => {
    const { rows: before } = await pool.query(
      'select owner, balance_cents > 0 as any from accounts where id = $1',
      [64],
    )
    await pool.query('call book($1, $2)', [64, 0])
    const { rows: after } = await pool.query(
      'select owner, balance_cents > 0 as any from accounts where id = $1',
      [64],
    )
    response.json({ before, after })
  })

  router.put('/block', async (_request, response) => {
    const { rows: before } = await pool.query('select owner, version from accounts where id = $1', [65])
    await pool.query('do $$ begin update accounts set version = version where id = 65; end $$')
    const { rows: after } = await pool.query('select owner, version from accounts where id = $1', [65])
    response.json({ before, after })
  })

  router.post('/materialized-view', async (_request, response) => {
    const { rows: before } = await pool.query('select cents from sales where seller_id = $1', [66])
    await pool.query('refresh materialized view sales')
    const { rows: after } = await pool.query('select cents from sales where seller_id = $1', [66])
    response.json({ before, after })
  })

  // Written into the partition, read through the whole.
  router.post('/partition', async (_request, response) => {
    const { rows: before } = await pool.query(
      'select count(*)::int as n from measurements where sensor = $1 and at > $2',
      [7, '2026-02-01'],
    )
    await pool.query("delete from measurements_2026 where sensor = 7 and at > '2026-12-31'")
    const { rows: after } = await pool.query(
      'select count(*)::int as n from measurements where sensor = $1 and at > $2',
      [7, '2026-02-01'],
    )
    response.json({ before, after })
  })

  router.get('/random', async (_request, response) => {
    const { rows: left } = await pool.query(
      'select random() < 2 as coin from tenants order by random() limit 1',
    )
    const { rows: right } = await pool.query(
      'select random() < 2 as coin from tenants order by random() limit 1',
    )
    response.json({ left, right })
  })

  router.post('/lock', async (_request, response) => {
    const client = await pool.connect()
    const { rows: first } = await client.query('select pg_try_advisory_lock(4711) as mine')
    await client.query('select pg_advisory_unlock(4711)')
    const { rows: second } = await client.query('select pg_try_advisory_lock(4711) as mine')
    await client.query('select pg_advisory_unlock(4711)')
    client.release()
    response.json({ first, second })
  })

  // The transaction failed as a whole, because of another one, and is done again as a whole.
  router.post('/transaction-again', async (_request, response) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const client = await pool.connect()
      try {
        await client.query('begin isolation level serializable')
        const { rows } = await client.query('select balance_cents from accounts where id = $1', [67])
        if (attempt === 0)
          await client.query("do $$ begin raise exception 'again' using errcode = '40001'; end $$")
        await client.query('update accounts set balance_cents = $2 where id = $1', [
          67,
          rows[0].balance_cents,
        ])
        await client.query('commit')
        break
      } catch {
        await client.query('rollback')
      } finally {
        client.release()
      }
    }
    response.sendStatus(204)
  })

  router.get('/waits-longer', async (_request, response) => {
    let state = ''
    for (const pause of [50, 100, 200]) {
      await sleep(pause)
      const { rows } = await pool.query('select state from imports where id = $1', [5])
      state = rows[0].state
      if (state !== 'running') break
    }
    response.json({ state })
  })

  router.post('/temporary', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('create temporary table staged (id int, name text) on commit drop')
    const { rows: before } = await client.query('select count(*)::int as n from staged')
    await client.query("insert into staged select 1, 'x' where false")
    const { rows: after } = await client.query('select count(*)::int as n from staged')
    await client.query('commit')
    client.release()
    response.json({ before, after })
  })

  router.post('/truncated', async (_request, response) => {
    const { rows: before } = await pool.query('select count(*)::int as n from fresh_webhooks')
    await pool.query('truncate fresh_webhooks')
    const { rows: after } = await pool.query('select count(*)::int as n from fresh_webhooks')
    response.json({ before, after })
  })

  router.get('/zones', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query("set local time zone 'Europe/Berlin'")
    const { rows: berlin } = await client.query(
      "select placed_at::date as day from orders where id = 71 and placed_at::date > '2026-01-01'",
    )
    await client.query("set local time zone 'Asia/Tokyo'")
    const { rows: tokyo } = await client.query(
      "select placed_at::date as day from orders where id = 71 and placed_at::date > '2026-01-01'",
    )
    await client.query('rollback')
    client.release()
    response.json({ berlin, tokyo })
  })

  // Asked for twice in one transaction, and nothing was written at all.
  router.get('/nothing', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    // guilty: duplicate-query
    const { rows: owner } = await client.query(
      'select owner, balance_cents from accounts where id = $1',
      [71],
    )
    const { rows: log } = await client.query(
      "select action from audit_log where actor = 'actor 9' order by id limit 3",
    )
    // guilty: duplicate-query
    const { rows: again } = await client.query(
      'select owner, balance_cents from accounts where id = $1',
      [71],
    )
    await client.query('commit')
    client.release()
    response.json({ owner: owner[0].owner, cents: again[0].balance_cents, log })
  })

  router.get('/nothing/once', async (_request, response) => {
    const client = await pool.connect()
    await client.query('begin')
    const { rows } = await client.query('select owner, balance_cents from accounts where id = $1', [71])
    const { rows: log } = await client.query(
      "select action from audit_log where actor = 'actor 9' order by id limit 3",
    )
    await client.query('commit')
    client.release()
    response.json({ owner: rows[0].owner, cents: rows[0].balance_cents, log })
  })

  const currentTeam = async () => {
    // guilty: duplicate-query in GET /in-between/helper
    const { rows } = await pool.query('select team from staff where id = $1', [72])
    return rows[0].team as string
  }
  const maySell = async () => (await currentTeam()) === 'sales'
  const mayPack = async () => (await currentTeam()) === 'depot'
  const mayBill = async () => (await currentTeam()) === 'office'

  router.get('/helper', async (_request, response) => {
    response.json({ sell: await maySell(), pack: await mayPack(), bill: await mayBill() })
  })

  // The list is the same each time round, whatever the row.
  router.get('/in-a-loop', async (_request, response) => {
    const { rows: products } = await pool.query(
      'select id, name, price_cents from products order by id limit 6',
    )
    const list = []
    for (const product of products) {
      // guilty: duplicate-query
      const { rows: countries } = await pool.query("select vat_percent from countries where code = 'C20'")
      list.push({ ...product, gross: product.price_cents * (1 + countries[0].vat_percent / 100) })
    }
    response.json(list)
  })

  router.get('/in-a-loop/once', async (_request, response) => {
    const { rows: products } = await pool.query(
      'select id, name, price_cents from products order by id limit 6',
    )
    const { rows: countries } = await pool.query("select vat_percent from countries where code = 'C20'")
    const rate = 1 + countries[0].vat_percent / 100
    response.json(products.map((product) => ({ ...product, gross: product.price_cents * rate })))
  })

  return router
}

export const visits = [
  innocent('PUT /in-between/upsert'),
  innocent('PUT /in-between/update-in-a-cte'),
  innocent('PUT /in-between/function'),
  innocent('PUT /in-between/procedure'),
  innocent('PUT /in-between/block'),
  innocent('POST /in-between/materialized-view'),
  innocent('POST /in-between/partition'),
  innocent('GET /in-between/random'),
  innocent('POST /in-between/lock'),
  innocent('POST /in-between/transaction-again'),
  innocent('GET /in-between/waits-longer'),
  innocent('POST /in-between/temporary'),
  innocent('POST /in-between/truncated'),
  innocent('GET /in-between/zones'),
  guilty('GET /in-between/nothing', 'GET /in-between/nothing/once'),
  innocent('GET /in-between/nothing/once'),
  guilty('GET /in-between/helper', 'GET /duplicates/user/once'),
  guilty('GET /in-between/in-a-loop', 'GET /in-between/in-a-loop/once'),
  innocent('GET /in-between/in-a-loop/once'),
]
