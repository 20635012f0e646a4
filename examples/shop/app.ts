// The shop: customers, products and orders as JSON over HTTP. Some of its routes make mistakes that real applications make,
// marked in the source. Each of these has a twin under `/fixed` with the same answer and without the mistake.
import { drizzle } from 'drizzle-orm/node-postgres'
import express, { type Express } from 'express'
import type { Pool } from 'pg'
import type { Profiler } from 'pg-loupe'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'
import { categories } from './routes/categories.ts'
import { customers } from './routes/customers.ts'
import { orders } from './routes/orders.ts'
import { products } from './routes/products.ts'
import { reports } from './routes/reports.ts'
import { reviews } from './routes/reviews.ts'
import * as schema from './schema.ts'

/** Without its own profiler the shop uses the default one. */
export function createApp(connections: Pool, profiler?: Profiler): Express {
  const pool = profilePool(connections, profiler)
  const db = profileDrizzle(drizzle(pool, { schema }), profiler)

  const app = express()
  app.use(profileRequests(profiler))
  app.use(express.json())
  app.use('/categories', categories(db, pool))
  app.use('/customers', customers(db, pool))
  app.use('/orders', orders(db))
  app.use('/products', products(db, pool))
  app.use('/reports', reports(db))
  app.use('/reviews', reviews(db, pool))
  return app
}
