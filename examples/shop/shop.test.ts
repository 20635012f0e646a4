// Tests the whole way from HTTP requests to findings: each mistake that is marked in the shop's sources is reported at its
// line, and every other route is silent.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { createProfiler, detectors } from 'pg-loupe'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import { readMarks } from './demo/marks.ts'
import { runShop } from './demo/running-shop.ts'
import { judge } from './demo/verdict.ts'
import { EVERY_RUN_ALIKE, visits } from './demo/visits.ts'
import * as schema from './schema.ts'

const database = await testDatabase()
const profiler = createProfiler({ enabled: true, catalog: true, detectors: EVERY_RUN_ALIKE, console: 'off' })
const shop = await runShop(database.url, profiler)
afterAll(() => shop.close())

const answers = new Map<string, string[]>()
for (const { route, requests } of visits) {
  const texts: string[] = []
  for (const request of requests) texts.push(await shop.send(request))
  answers.set(route, texts)
}
await profiler.settled()

const report = profiler.report()
const known = detectors.map(({ meta }) => meta.id)
const marks = readMarks()
const verdict = judge({ report, marks, visits, detectors: known })
const mistaken = visits.filter(({ mistakes }) => mistakes.length > 0)

test.each(
  verdict.marks.filter(({ state }) => state !== 'waiting').map((mark) => [placeOf(mark), mark] as const),
)('the mistake at %s is reported there', (_place, { state, detector, routes }) => {
  expect(state).toBe('reported')
  const makers = mistaken.filter(({ mistakes }) => mistakes.includes(detector)).map(({ route }) => route)
  expect(makers).toEqual(expect.arrayContaining([...routes]))
})

test.each(verdict.quietRoutes.map((quiet) => [quiet.route, quiet] as const))(
  '%s is silent',
  (_route, { state, findings }) => {
    expect(findings).toEqual([])
    expect(state).toBe('silent')
  },
)

test('only marked mistakes are reported, and none twice', () => {
  expect(verdict.surprises).toEqual([])
})

test.each(
  mistaken.filter(({ route }) => route.startsWith('GET')).map(({ route, fixedBy }) => [route, fixedBy]),
)('%s and %s answer the same', (route, fixedBy) => {
  expect(answers.get(fixedBy ?? '')).toEqual(answers.get(route ?? ''))
})

test('the database accepts every statement that is printed as a remedy', async () => {
  const fixes = report.findings.flatMap(({ fix }) =>
    fix && /^(select|insert|update|delete|with) /.test(fix) ? [fix] : [],
  )
  const client = new pg.Client(database.config)
  await client.connect()
  const refused: string[] = []
  for (const [i, fix] of fixes.entries()) {
    await client
      .query(`prepare remedy_${i} as ${fix}`)
      .catch((error) => refused.push(`${error.message}: ${fix}`))
  }
  await client.end()

  expect(refused).toEqual([])
  expect(fixes.length).toBeGreaterThan(2)
})

test('a new order is stored the same way with and without the mistake', async () => {
  const pool = new pg.Pool(database.config)
  const ids = ['POST /orders', 'POST /orders/fixed'].map(
    (route) => JSON.parse(answers.get(route)?.[0] ?? '').id,
  )
  const lines =
    'select line, warehouse_id, product_id, quantity, price_cents from order_items where order_id = $1'
  const [mistakenly, properly] = await Promise.all(
    ids.map((id) => pool.query(`${lines} order by line`, [id])),
  )
  await pool.end()

  expect(mistakenly?.rows).toHaveLength(5)
  expect(properly?.rows).toEqual(mistakenly?.rows)
})

test('the sources have the expected number of marks', () => {
  const shown = visits.flatMap(({ mistakes }) => mistakes)

  expect(marks.map(({ detector }) => detector).sort()).toEqual(shown.sort())
})

test('the page of the example lists every route', () => {
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8')

  for (const { route } of visits.filter(({ route }) => !route.endsWith('/fixed'))) {
    expect(page).toContain(`\`${route}\``)
  }
})

test('Drizzle knows the tables as they are', async () => {
  const pool = new pg.Pool(database.config)
  const { rows } = await pool.query(
    `select table_name as name, array_agg(column_name::text order by column_name) as columns
     from information_schema.columns where table_schema = 'public' group by table_name order by table_name`,
  )
  await pool.end()

  const tables = Object.values(schema).filter((part) => is(part, PgTable))
  const described = tables.map(getTableConfig).map(({ name, columns }) => ({
    name,
    columns: columns.map((column) => column.name).sort(),
  }))
  expect(described.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(rows)
})

function placeOf({ file, line }: { file: string; line: number }): string {
  return `${relative(process.cwd(), file)}:${line}`
}
