// Tests what the page shows of findings over time: their states after a fix, two requests side by side, plans, and traces that
// are saved and opened again. The application runs in this process, so that its route can be fixed while it runs.
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import express from 'express'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { profileRequests } from '../../../adapters/express/index.ts'
import { profilePool } from '../../../adapters/pg/index.ts'
import { startPanel } from '../../../src/panel/server/start-panel.ts'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import { testDatabase } from '../../postgres/test-database.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { lowContrast } from '../contrast.ts'
import { launchChromium } from '../launch-chromium.ts'

const browser = await launchChromium()
const database = await testDatabase()
const panel = await startPanel({ port: 0 })
const profiler = createProfiler({
  enabled: true,
  console: 'off',
  capture: 'full',
  panel: panel.address,
})
const pool = profilePool(new pg.Pool(database.config), profiler)
await pool.query(`
  create table customers (id int primary key, name text not null);
  create table orders (id int primary key, customer_id int not null);
  insert into customers select i, 'customer ' || i from generate_series(100, 130) i;
  insert into orders select i, 100 + i % 31 from generate_series(1, 25) i;
`)
/** As WCAG 2 asks for text. */
const LEAST_CONTRAST = 4.5

let version: 'loop' | 'join' = 'loop'
const app = express()
app.use(profileRequests(profiler))
app.get('/orders', async (_request, response) => {
  const { rows: orders } = await pool.query('select id, customer_id from orders order by id')
  const names: string[] = []
  if (version === 'loop') {
    for (const { customer_id } of orders) {
      const { rows } = await pool.query('select name from customers where id = $1', [customer_id])
      names.push(rows[0].name)
    }
  } else {
    const ids = orders.map(({ customer_id }) => customer_id)
    const { rows } = await pool.query('select id, name from customers where id = any($1)', [ids])
    names.push(...rows.map(({ name }) => name))
  }
  response.json(names)
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as { port: number }
afterAll(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
  await pool.end()
  await panel.close()
})

/** Resolves when the panel has the request. */
async function request(): Promise<void> {
  const { newest } = await panel.api.status()
  await (await fetch(`http://127.0.0.1:${port}/orders`)).text()
  await panel.api.awaitRequest({ after: newest, timeoutMs: 20_000 })
}

async function openPanel(hash = '', width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => expect.unreachable(`the page failed: ${error.stack}`))
  await page.goto(panel.address)
  if (hash) await page.goto(`${panel.url}${hash}`)
  return page
}

await request()
version = 'join'
await request()

test('a finding is fixed once its route did the same without it, and both requests are shown side by side', async () => {
  const page = await openPanel('#view=findings')
  const line = page.locator('.finding-line', {
    hasText: 'N+1: customers, 25 queries, one for each row of orders',
  })
  await line.waitFor()
  expect(await line.textContent()).toContain('1 of 2 requests')
  expect(await line.locator('.state').textContent()).toContain('fixed')
  await line.click()
  const status = page.locator('.finding-status')
  await status.waitFor()
  expect(await status.textContent()).toContain(
    '1 query used customers for 25 rows or values, where the loop sent 25 queries.',
  )
  expect(await page.locator('article.finding').textContent()).toContain('findings.suite.ts:')

  expect(await page.locator('.seen a').first().textContent()).toBe('GET /orders #1')
  await page.locator('.seen a').first().click()
  await page.locator('.trace-heading', { hasText: '26 queries' }).waitFor()
  await page.goBack()

  await page.getByRole('link', { name: 'Compare before and after' }).click()
  const totals = page.locator('.change-table')
  await totals.waitFor()
  expect(await totals.textContent()).toContain('Queries262−24')
  const changes = await page.locator('.statement-changes li').allTextContents()
  expect(changes[0]).toContain('gone')
  expect(changes[0]).toContain('queries 25 → 0')
  expect(changes[1]).toContain('new')
  expect(changes[2]).toContain('same')
  expect(await page.locator('.comparison').textContent()).toContain('Findings that are gone')
  await page.context().close()
})

test('a plan that cannot be asked for says why, and how to switch plans on', async () => {
  const [first] = (await panel.api.requests()).slice(-1)
  const page = await openPanel(`#request=${first?.id}`)
  await page.locator('.query-detail .sql').waitFor()
  await page.getByRole('button', { name: 'Explain' }).click()
  const off = page.locator('.plan', { hasText: 'Plans are off' })
  await off.waitFor()
  expect(await off.textContent()).toContain('pg-loupe dev --explain')
  await page.context().close()
})

test('a plan is shown as a tree, and its JSON for other viewers', async () => {
  const explaining = createProfiler({
    enabled: true,
    console: 'off',
    capture: 'full',
    panel: { address: panel.address, explain: true },
  })
  const profiled = profilePool(new pg.Pool(database.config), explaining)
  onTestFinished(() => profiled.end())
  const { newest } = await panel.api.status()
  await explaining.trace('explained', () => profiled.query('select name from customers where id = $1', [101]))
  const row = await panel.api.awaitRequest({ after: newest, timeoutMs: 20_000 })
  const page = await openPanel(`#request=${row?.id}`)
  await page.locator('#queries-0').click()
  await page.getByRole('button', { name: 'Explain' }).click()
  const plan = page.locator('.plan-tree')
  await plan.waitFor()
  expect(await plan.textContent()).toMatch(/(?:Index|Seq) Scan on customers/)
  await page.getByText('JSON for other viewers').click()
  expect(await page.locator('.plan details pre').first().textContent()).toContain('"Node Type"')
  await page.context().close()
})

test('a trace is saved and opened again, and the static page is saved', async () => {
  const folder = temporaryFolder({ onTestFinished: afterAll })
  const [first] = (await panel.api.requests()).slice(-1)
  const page = await openPanel(`#request=${first?.id}`)
  const saved = join(folder, 'trace.ndjson')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save' }).click(),
  ])
  await download.saveAs(saved)
  expect(JSON.parse(readFileSync(saved, 'utf8')).queries).toHaveLength(26)

  const newest = (await panel.api.status()).requests
  await page.goto(`${panel.url}#`)
  await page.getByLabel('Saved trace').setInputFiles(saved)
  await page.locator('.trace-heading', { hasText: '26 queries' }).waitFor()
  expect(await page.locator('.legend').textContent()).toContain('N+1: customers, 25 queries')
  expect((await panel.api.status()).requests).toBe(newest)

  const wrong = join(folder, 'wrong.ndjson')
  writeFileSync(wrong, '{"queries":7}')
  await page.goto(`${panel.url}#search=`)
  await page.getByLabel('Saved trace').setInputFiles(wrong)
  await page.locator('.notice', { hasText: 'Line 1 of the file is not a trace' }).waitFor()

  await page.goto(`${panel.url}#view=findings`)
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as HTML' }).click(),
  ])
  const html = join(folder, 'page.html')
  await report.saveAs(html)
  await page.goto(`file://${html}`)
  await page.locator('.finding-line', { hasText: 'N+1: customers' }).waitFor()
  expect(await page.locator('.seen').textContent()).toContain('GET /orders #1')
  await page.context().close()
})

test.each([[390], [1600]])(
  'findings and a comparison are readable %i px wide, in both themes',
  async (width) => {
    const [later, earlier] = await panel.api.requests()
    const [found] = await panel.api.findings()
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPanel('#view=findings', width)
      await page.emulateMedia({ colorScheme })
      await page.locator('.finding-line').first().waitFor()
      for (const hash of [
        `#finding=${encodeURIComponent(found?.finding.key ?? '')}`,
        `#before=${earlier?.id}&after=${later?.id}`,
      ]) {
        await page.goto(`${panel.url}${hash}`)
        await page.locator('.finding-status, .change-table').first().waitFor()
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        expect(await page.evaluate(lowContrast, LEAST_CONTRAST)).toEqual([])
      }
      await page.context().close()
    }
  },
)
