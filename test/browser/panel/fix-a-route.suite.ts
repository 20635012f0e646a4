// The whole way, as a developer goes it: the shop runs under `pg-loupe dev`, a click shows its N+1 with the line, the file is
// changed, `node --watch` restarts the shop, and the same click shows that it is fixed.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest'
import { testDatabase } from '../../postgres/test-database.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { launchChromium } from '../launch-chromium.ts'
import { type DevSession, seedShop, startDevSession } from './dev-session.ts'

const PATIENCE_MS = 30_000
const browser = await launchChromium()
afterAll(() => browser.close())
const database = await testDatabase()
beforeAll(() => seedShop(database))

interface Opened {
  session: DevSession
  /** The shop's page. */
  shop: Page
  /** The panel's page. */
  panel: Page
}

async function open(t: TestContext, options: Parameters<typeof startDevSession>[2] = {}): Promise<Opened> {
  const session = await startDevSession(database, temporaryFolder(t), options)
  t.onTestFinished(() => session.stop())
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 } })
  context.setDefaultTimeout(PATIENCE_MS)
  t.onTestFinished(() => context.close())
  const panel = await context.newPage()
  await panel.goto(session.address)
  const shop = await context.newPage()
  await shop.goto(session.shop)
  return { session, shop, panel }
}

const row = (page: Page, words: string) => page.locator('#requests [role=option]', { hasText: words })
const finding = (page: Page, words: string) => page.locator('#findings [role=option]', { hasText: words })
const click = (shop: Page, path: string) => shop.getByRole('button', { name: path, exact: true }).click()

test('a click shows the N+1 with its line, and after the change of the file the same click shows it as fixed', async (t) => {
  const { session, shop, panel } = await open(t)
  await click(shop, '/orders/recent')
  await row(panel, 'GET /orders/recent').click()
  await panel.locator('#queries .marked.error').first().waitFor()
  await panel.getByRole('link', { name: 'Findings' }).click()
  await finding(panel, 'N+1: customers').click()
  await panel.getByText('routes/orders.ts:39').first().waitFor()

  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  await click(shop, '/orders/recent')
  await finding(panel, 'fixed').waitFor()
  await panel.getByRole('link', { name: 'Requests' }).click()
  await panel.keyboard.press('Escape')
  const both = row(panel, 'GET /orders/recent')
  await expect.poll(() => both.count()).toBe(2)
  expect(await both.allInnerTexts()).toEqual([
    expect.stringContaining('2 queries'),
    expect.stringContaining('26 queries'),
  ])
  await both.first().click()
  await panel.getByText('Compare with the one before').click()
  await panel
    .locator('main')
    .getByText(/N\+1: .*25 queries/)
    .waitFor()
  expect(await panel.locator('main').textContent()).toMatch(/Queries\s*26\s*2\s*−24/)
})

test('the badge shows the queries of the page load and of a click, and opens the request in the panel', async (t) => {
  const { shop, session } = await open(t, { badge: true })
  const badge = shop.locator('pg-loupe-badge .total')
  await badge.filter({ hasText: '1 query' }).waitFor()
  await click(shop, '/orders/recent')
  await badge.filter({ hasText: /27 queries, \d+ finding/ }).click()
  const opened = shop.waitForEvent('popup')
  await shop.locator('pg-loupe-badge a', { hasText: '/orders/recent' }).click()
  const panel = await opened
  expect(panel.url()).toContain(`${session.panel}/#request=`)
  await panel.locator('#queries .marked.error').first().waitFor()
})

const openQuery = async (panel: Page, shop: Page) => {
  await click(shop, '/orders/recent')
  await row(panel, 'GET /orders/recent').click()
  await panel.getByRole('button', { name: 'Explain' }).click()
}

test('with --explain the application explains a statement whose values are gone', async (t) => {
  const { shop, panel } = await open(t, { options: ['--explain'] })
  await openQuery(panel, shop)
  await panel
    .getByText(/Index Scan|Seq Scan/)
    .first()
    .waitFor()
})

test('without --explain no plan is asked for, and the page says how to allow it', async (t) => {
  const { shop, panel } = await open(t)
  await openQuery(panel, shop)
  await panel.getByText('--explain').first().waitFor()
  expect(await panel.locator('body').textContent()).not.toMatch(/Index Scan|Seq Scan/)
})

test('the end of pg-loupe dev ends the shop', async (t) => {
  const { session, shop } = await open(t)
  await session.stop()
  await expect(shop.goto(session.shop)).rejects.toThrow('ERR_CONNECTION_REFUSED')
})
