// Random queries for a bounded time, on a real server: none returns more rows, or a longer array, than it was said to. Longer
// by hand: PG_LOUPE_FUZZ_MS=600000 PG_LOUPE_FUZZ_SEED=7 npx vitest run test/catalog/bound-random.test.ts

import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { readCatalog } from '../../src/catalog/index.ts'
import { bound, loadParser } from '../../src/sql/index.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { seeded } from '../sql/statement-mutations.ts'
import { RANDOM_SCHEMA, randomQuery } from './random-queries.ts'

const DURATION_MS = Number(process.env.PG_LOUPE_FUZZ_MS ?? 3_000)
const SEED = Number(process.env.PG_LOUPE_FUZZ_SEED ?? 21)
/** Combinations of everything with everything are cut here; no bound of these queries is as high. */
const MOST_ROWS = 3_000

const database = await testDatabase()
const client = new pg.Client(database.config)
afterAll(() => client.end())

test(
  'every result that is called bounded is bounded',
  async () => {
    await client.connect()
    await client.query(RANDOM_SCHEMA)
    const catalog = await readCatalog(client)
    await loadParser()
    const below = seeded(SEED)
    const end = Date.now() + DURATION_MS
    const wrong: unknown[] = []
    let bounded = 0
    let tried = 0
    while (Date.now() < end) {
      const sql = randomQuery(below)
      const { rows, nested, reason } = bound(sql, { catalog, params: [] })
      tried++
      if (rows === Infinity && nested === Infinity) continue
      const text = `select * from (${sql}) q limit ${MOST_ROWS}`
      const result = await client.query({ text, rowMode: 'array' }).catch(() => undefined)
      if (result === undefined) continue
      if (rows < Infinity) bounded++
      const longest = Math.max(0, ...result.rows.map(longestArray))
      if (result.rows.length > rows || longest > nested)
        wrong.push({ sql, rows, returned: result.rows.length, nested, longest, reason })
    }
    expect(wrong.slice(0, 3)).toEqual([])
    // Queries that nobody can bound, or that fail, would prove nothing.
    expect(bounded).toBeGreaterThan(tried / 20)
  },
  DURATION_MS + 30_000,
)

/** The columns of a row, and of the JSON in it. */
function longestArray(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  const inside = Math.max(0, ...items.map((item) => (Array.isArray(item) ? item.length : 0)))
  return Math.max(inside, 0, ...items.map(longestArray))
}
