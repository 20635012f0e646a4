// Makes the pictures of docs/panel.md: the shop runs under `pg-loupe dev`, a click shows an N+1, its route is fixed in the file, and the
// same click shows the comparison. It takes a PostgreSQL as the tests do, and Chromium with the package of the browser tests
// (`npm run test:panel` installs both where it can). No test runs it: run `npm run pictures` when the panel looks different.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedShop, startDevSession } from '../test/browser/panel/dev-session.ts'
import { createDatabase } from '../test/postgres/create-database.ts'
import { startPostgres } from '../test/postgres/start-postgres.ts'

const root = join(import.meta.dirname, '..')
const browserTests = join(root, 'test/browser')
const pictures = join(root, 'docs/pictures')
const PAGE = { width: 1120, height: 640 }
const MOST_BYTES = 200_000
const EARLIER_CLICKS = ['/orders/recent/fixed', '/categories/tree', '/products', '/customers/7/orders']

if (!existsSync(join(browserTests, 'node_modules')))
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: browserTests })
const { chromium } = createRequire(join(browserTests, 'package.json'))('playwright-core')

const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-shop-'))
const postgres = await startPostgres()
const database = await createDatabase(postgres, 'pictures')
await seedShop(database)
const session = await startDevSession(database, folder, { badge: true })
const browser = await chromium.launch({
  executablePath: process.env.PG_LOUPE_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
})
try {
  const shop = await (await browser.newContext({ viewport: PAGE })).newPage()
  await shop.goto(session.shop)
  for (const path of EARLIER_CLICKS) await click(shop, path)
  await click(shop, '/orders/recent')
  await photograph('panel', async (page) => {
    await rowOf(page, 'GET /orders/recent').first().click()
    await page.locator('#queries .marked').first().waitFor()
  })
  const [before] = await requests('GET /orders/recent')
  await badgePicture(shop)
  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  await click(shop, '/orders/recent')
  const [after] = await requestsAfter(before)
  await photograph('panel-compare', async (page) => {
    await page.goto(`${session.panel}/#before=${before.id}&after=${after.id}`)
    await page.getByText('gone').first().waitFor()
  })
} finally {
  await browser.close()
  await session.stop()
  await database.drop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function click(shop, path) {
  const button = shop.getByRole('button', { name: path, exact: true })
  await button.evaluate((element) => delete element.dataset.doneAt)
  await button.click()
  await button.and(shop.locator('[data-done-at]')).waitFor()
}

function rowOf(page, route) {
  return page.locator('#requests [role=option]', { hasText: route })
}

/** In both themes. */
async function photograph(name, prepare) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: PAGE, colorScheme })
    const page = await context.newPage()
    await page.goto(session.address)
    await prepare(page)
    await keep(page, `${name}-${colorScheme}.png`)
    await context.close()
  }
}

async function badgePicture(shop) {
  await shop.locator('pg-loupe-badge .total').click()
  await keep(shop.locator('pg-loupe-badge'), 'badge-light.png')
}

async function keep(shown, name) {
  const path = join(pictures, name)
  await shown.screenshot({ path, animations: 'disabled' })
  const { size } = statSync(path)
  if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes, and may have ${MOST_BYTES}`)
}

/** Newest first. */
async function requests(route) {
  const token = new URL(session.address).searchParams.get('token')
  const response = await fetch(`${session.panel}/api/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ route }]),
  })
  return response.json()
}

/** A request arrives a moment after its response. */
async function requestsAfter({ number, route }) {
  for (;;) {
    const found = (await requests(route)).filter((row) => row.number > number)
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
