// The measured application, in its own process: it serves requests, sends queries directly when told to, and reports its CPU
// time. It does not know which variant is measured.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { variants } from './variants.mjs'

const require = createRequire(import.meta.url)
const [name, path, connectionString] = process.argv.slice(2)
const { setUp } = path ? await setUpFrom(path) : variants[name]
const variant = (await setUp?.()) ?? {}

const pg = require('pg')
const express = require('express')
const { drizzle } = require('drizzle-orm/node-postgres')
const { pgTable, integer, text, timestamp } = require('drizzle-orm/pg-core')
const { eq } = require('drizzle-orm')

const bare = new pg.Pool({ connectionString, max: 10 })
const pool = variant.pool?.(bare) ?? bare
const plainDb = drizzle(pool)
const db = variant.drizzle?.(plainDb) ?? plainDb
const items = pgTable('items', {
  id: integer().primaryKey(),
  category: integer(),
  name: text(),
  price: integer(),
  createdAt: timestamp('created_at'),
})

const FEW = 'select id, name, price, created_at from items where category = $1 order by id limit 4'
/** Ten statements with a few rows each. */
const DIFFERENT = [
  FEW,
  'select id, name from items where category = $1 order by id desc limit 4',
  'select id, price from items where category = $1 and price > 10 order by price limit 4',
  'select id, category, name, price from items where id in ($1, 20, 30)',
  'select name, created_at from items where category = $1 order by name limit 5',
  'select count(*) as total from items where category = $1',
  'select category, max(price) as highest from items where category = $1 group by category',
  'select id, name, price from items where id = $1',
  'select i.id, i.name, j.name as next from items i join items j on j.id = i.id + 1 where i.id = $1',
  'select id, created_at from items where category = $1 order by created_at desc limit 3',
]
const LIST =
  'select id, category, name, price, created_at from items where category = $1 order by id limit 20'

const routes = {
  one: () => pool.query('select 1 as one'),
  'ten-different': async (turn) => {
    let rows = []
    for (const sql of DIFFERENT) rows = readAll(await pool.query(sql, [1 + (turn % 50)]))
    return rows
  },
  // The query is sent through ten calls, as in an application with layers of helpers, and without a loop over rows.
  'ten-equal': async (turn) => {
    let rows = []
    for (let at = 0; at < 10; at++) rows = readAll(await pool.query(FEW, [1 + (turn % 50)]))
    return rows
  },
  hundred: async (turn) => {
    let rows = []
    for (let at = 0; at < 10; at++)
      for (const sql of DIFFERENT) rows = readAll(await pool.query(sql, [1 + ((turn + at) % 50)]))
    return rows
  },
  'loop-50': () => loop(50),
  'loop-500': () => loop(500),
  drizzle: async (turn) => {
    let rows = []
    for (let at = 0; at < 5; at++) {
      rows = await db
        .select()
        .from(items)
        .where(eq(items.category, 1 + ((turn + at) % 50)))
        .limit(4)
    }
    return rows
  },
}

/** A typical N+1: the rows of a list, and one query for each of them. */
async function loop(count) {
  const { rows } = await pool.query('select id, category from items order by id limit $1', [count])
  const found = []
  for (const { id } of rows)
    found.push((await pool.query('select id, name from items where id = $1', [id])).rows)
  return found.length
}

/** Reads every column, as an application reads what it selects. */
function readAll({ rows }) {
  return rows.map((row) => ({ ...row }))
}

const app = express()
if (variant.middleware) app.use(variant.middleware)
let turn = 0
for (const [route, act] of Object.entries(routes)) {
  app.get(`/${route}`, async (_request, response) => {
    response.json(await act(turn++))
  })
}

const inPlace = {
  'select 1': () => pool.query('select 1 as one'),
  '20 rows': () => pool.query(LIST, [7]),
}

/** Queries of one unit of work. */
const PIECE = 10
async function run(act) {
  const work = async () => {
    for (let at = 0; at < PIECE; at++) await act()
  }
  await (variant.run ? variant.run(work) : work())
}

process.on('message', async ({ ask, scenario, count }) => {
  if (ask === 'usage') process.send({ usage: usage() })
  if (ask === 'in place') {
    const before = usage()
    for (let at = 0; at < count; at += PIECE) await run(inPlace[scenario])
    const after = usage()
    process.send({ usage: { cpuUs: after.cpuUs - before.cpuUs } })
  }
})
process.on('disconnect', () => {
  if (process.env.BENCH_STDERR && variant.profiler) {
    const r = variant.profiler.report()
    console.error(JSON.stringify(r.cut), r.traces, JSON.stringify(r.routes))
  }
  process.exit()
})

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
server.keepAliveTimeout = 60_000

/** The module of another tool exports `setUp`; that of another commit exports all of its variants. */
async function setUpFrom(path) {
  const module = await import(pathToFileURL(path).href)
  return module.variants ? module.variants[name] : module
}

function usage() {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system, heap: process.memoryUsage().heapUsed }
}
