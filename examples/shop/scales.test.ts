// A test of a route as an application would write it: the number of queries for three orders equals that for two. The routes
// with the mistake fail it, and the fixed ones pass.
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { expectConstantQueries } from 'pg-loupe/testing'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import { createApp } from './app.ts'

const database = await testDatabase()
const pool = new pg.Pool(database.config)
const profiler = createProfiler({ enabled: true, console: 'off' })
const app = createApp(pool, profiler)

beforeAll(async () => {
  await pool.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  await pool.query(`
    insert into settings values ('currency', 'EUR');
    insert into warehouses (city) values ('Berlin');
    insert into categories (name) values ('Kitchen');
    insert into products (category_id, sku, name, description, price_cents)
      select 1, 'SKU-' || n, 'Lamp No. ' || n, '', 100 * n from generate_series(1, 9) n;
    insert into inventory select 1, n, 100 from generate_series(1, 9) n`)
  await placeOrders(1)
})
afterAll(() => pool.end())

/** Creates this many more orders, each of another customer. */
async function placeOrders(count: number) {
  await pool.query(
    `with placed as (
       insert into customers (name, email, country)
       select 'Ada', gen_random_uuid() || '@mail.example', 'DE' from generate_series(1, $1::int) returning id
     ), addressed as (
       insert into addresses (customer_id, street, city, postcode)
       select id, 'Mill Street 1', 'Berlin', '10115' from placed returning id, customer_id
     )
     insert into orders (customer_id, address_id) select customer_id, id from addressed`,
    [count],
  )
}

const list = (path: string) =>
  expectConstantQueries({ populate: placeOrders, run: () => request(app).get(path).expect(200) }, profiler)

test('the latest orders need as many queries for five as for two', async () => {
  await list('/orders/recent/fixed')
  const error = await list('/orders/recent').catch((failure) => failure)
  expect(error.message).toMatch(
    /\n {2}customers +\d+ +\d+ {3}select name from customers where customers\.id = \?\n/,
  )
  expect(error.message).toContain('examples/shop/routes/orders.ts:')
  expect(error.message).toContain('.where(inArray(customers.id, recent.map(({ customerId }) => customerId)))')
})

const order = (path: string) =>
  expectConstantQueries(
    {
      scales: [2, 3, 6],
      run: (count) => {
        const items = Array.from({ length: count }, (_, i) => ({ productId: i + 1, quantity: 1 }))
        return request(app)
          .post(path)
          .send({ customerId: 1, addressId: 1, warehouseId: 1, items })
          .expect(201)
      },
    },
    profiler,
  )

test('a new order of six items takes as many statements as one of two', async () => {
  await order('/orders/fixed')
  const error = await order('/orders').catch((failure) => failure)
  expect(error.message).toMatch(/\n {2}order_items +2 +3 +6 {3}insert into order_items/)
  expect(error.message).toMatch(/\n {2}inventory +2 +3 +6 {3}update inventory/)
})
