// Creates the shop's tables in an empty database and fills them. PostgreSQL itself generates the same rows every time, so
// that tens of thousands of them take less than a second. Step sizes that share no factor with the modulus spread the rows
// evenly without repetitions nearby.
import { readFile } from 'node:fs/promises'
import type { Pool } from 'pg'

const CUSTOMERS = 500
const PRODUCTS = 620
const WAREHOUSES = 5
const ORDERS = 4000
const REVIEWS = 6000

const OPENING_DAY = `timestamptz '2026-01-05 08:00:00+00'`

const steps = [
  `insert into settings values
    ('currency', 'EUR'), ('country', 'DE'), ('vat_percent', '19'), ('support_email', 'help@shop.example')`,

  `insert into customers (name, email, country, notes, joined_at)
  select given || ' ' || family, lower(given || '.' || family) || n || '@mail.example',
    (array['DE', 'FR', 'GB', 'NL', 'PL', 'SE'])[1 + n % 6],
    repeat('Prefers delivery in the evening. ', 1 + n % 8), ${OPENING_DAY} - n * interval '3 hours'
  from generate_series(1, ${CUSTOMERS}) n,
    lateral (select
      (array['Ada', 'Barbara', 'Edsger', 'Frances', 'Grace', 'Hedy', 'Ken', 'Niklaus'])[1 + n % 8] given,
      (array['Allen', 'Dijkstra', 'Hopper', 'Lamarr', 'Liskov', 'Lovelace', 'Ritchie'])[1 + n % 7] family) names`,

  `insert into addresses (customer_id, street, city, postcode)
  select 1 + (n - 1) % ${CUSTOMERS},
    (array['Canal', 'Church', 'Garden', 'Mill', 'Station'])[1 + n % 5] || ' Street ' || 1 + n % 90,
    (array['Berlin', 'Lyon', 'Leeds', 'Utrecht', 'Gdansk', 'Malmo'])[1 + n % 6], lpad((n * 37 % 99999)::text, 5, '0')
  from generate_series(1, ${CUSTOMERS * 2}) n`,

  // Three levels: 4 categories with 3 subcategories each, which have 2 each.
  `insert into categories (parent_id, name) values
    (null, 'Kitchen'), (null, 'Garden'), (null, 'Office'), (null, 'Outdoor')`,
  `insert into categories (parent_id, name)
  select parent.id, kind || ' for the ' || lower(parent.name)
  from categories parent, unnest(array['Tools', 'Furniture', 'Lighting']) kind order by parent.id, kind`,
  `insert into categories (parent_id, name)
  select parent.id, size || ' ' || lower(parent.name)
  from categories parent, unnest(array['Small', 'Large']) size
  where parent.parent_id is not null order by parent.id, size`,

  `insert into products (category_id, sku, name, description, price_cents)
  select 17 + n % 24, 'SKU-' || lpad(n::text, 5, '0'),
    (array['Oak', 'Steel', 'Copper', 'Linen', 'Walnut'])[1 + n % 5] || ' ' ||
      (array['lamp', 'table', 'knife', 'chair', 'basket', 'shelf', 'kettle'])[1 + n % 7] || ' No. ' || n,
    repeat('Made to last, easy to repair, delivered in a box without plastic. ', 6 + n % 10), 490 + n * 131 % 19500
  from generate_series(1, ${PRODUCTS}) n`,

  `insert into warehouses (city) values ('Berlin'), ('Lyon'), ('Leeds'), ('Utrecht'), ('Gdansk')`,
  `insert into inventory (warehouse_id, product_id, quantity)
  select warehouse, product, (warehouse * 41 + product * 29) % 300
  from generate_series(1, ${WAREHOUSES}) warehouse, generate_series(1, ${PRODUCTS}) product`,

  `insert into orders (customer_id, address_id, status, placed_at)
  select customer, customer + ${CUSTOMERS} * (n % 2),
    case when n % 97 = 0 then 'pending' else (array['paid', 'shipped', 'delivered'])[1 + n % 3] end,
    ${OPENING_DAY} + n * interval '50 minutes'
  from generate_series(1, ${ORDERS}) n, lateral (select 1 + n * 7 % ${CUSTOMERS} customer) buyer`,

  `insert into order_items (order_id, line, warehouse_id, product_id, quantity, price_cents)
  select orders.id, line, 1 + (orders.id + line) % ${WAREHOUSES}, product.id, 1 + (orders.id + line) % 3, price_cents
  from orders cross join lateral generate_series(1, 2 + (orders.id + orders.id / ${CUSTOMERS}) % 4) line
  join products product on product.id = 1 + (orders.id * 17 + line * 131) % ${PRODUCTS}`,

  `insert into reviews (product_id, customer_id, rating, title, body, written_at)
  select 1 + n * 13 % ${PRODUCTS}, 1 + n * 11 % ${CUSTOMERS}, 1 + (n + n / 7) % 5,
    (array['Does what it should', 'Better than expected', 'Not for me', 'Would buy again'])[1 + n % 4],
    repeat('I have used it every day since it came. ', 1 + n % 12), ${OPENING_DAY} + n * interval '20 minutes'
  from generate_series(1, ${REVIEWS}) n`,

  `analyze`,
]

export interface Seeded {
  tables: number
  rows: number
}

export async function seed(pool: Pool): Promise<Seeded> {
  await pool.query(await readFile(new URL('./schema.sql', import.meta.url), 'utf8'))
  let rows = 0
  for (const step of steps) rows += (await pool.query(step)).rowCount ?? 0
  const tables = await pool.query(`select 1 from pg_tables where schemaname = 'public'`)
  return { tables: tables.rows.length, rows }
}
