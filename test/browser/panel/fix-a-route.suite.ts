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
const click = (shop: Page, path: string) => shop.getByRole('button', { name: path, exact: true }).click()

test('a click shows the N+1 with its line, and after the change of the file the same click shows it as fixed', async (t) => {
  const { session, shop, panel } = await open(t)
  await click(shop, '/orders/recent')
  await row(panel, 'GET /orders/recent').click()
  await panel.locator('#queries .marked.error').first().waitFor()
  await panel.getByRole('link', { name: 'Findings' }).click()
  await panel.getByText('N+1: customers').first().click()
  await panel.getByText('routes/orders.ts:39').first().waitFor()

  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  await click(shop, '/orders/recent')
  await panel
    .getByText(/\bfixed\b/i)
    .first()
    .waitFor()
  await panel.goto(session.panel)
  await row(panel, 'GET /orders/recent').first().waitFor()
  expect(await row(panel, 'GET /orders/recent').count()).toBe(2)
  expect(await row(panel, 'GET /orders/recent').first().textContent()).toContain('2 queries')
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

test('the end of pg-loupe dev ends the shop', async (t) => {
  const { session, shop } = await open(t)
  await session.stop()
  await expect(shop.goto(session.shop)).rejects.toThrow('ERR_CONNECTION_REFUSED')
})
