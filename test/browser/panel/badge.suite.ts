// Tests the badge in a page of an application, with a panel that answers nothing but the badge.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, expect, type TestContext, test } from 'vitest'
import { answerBadge, type BadgeCounts } from '../../../src/panel/badge/answer-badge.ts'
import { badgeOrigins } from '../../../src/panel/badge/badge-origins.ts'
import { lowContrast } from '../contrast.ts'
import { launchChromium } from '../launch-chromium.ts'

const browser = await launchChromium()
afterAll(() => browser.close())

const PAGE = 'id-of-the-page-load'
const LIST = 'id-of-the-list-request'
const ASSET = 'id-of-an-asset-request'
const PATIENCE_MS = 10_000
/** WCAG 2, level AA, for text of any size. */
const LEAST_CONTRAST = 4.5

interface Opened {
  page: Page
  panel: string
  application: string
  /** The counts that the panel knows. A test may add some later. */
  counts: Map<string, BadgeCounts>
  /** The questions that the panel got. */
  asked: string[]
  heard: string[]
}

async function serve({ onTestFinished }: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function open(
  t: TestContext,
  {
    policy = (_panel: string) => '',
    named = (application: string) => [application],
    body = '',
    counts = new Map([
      [PAGE, { queries: 8, findings: 0 }],
      [LIST, { queries: 26, findings: 1 }],
      [ASSET, { queries: 0, findings: 0 }],
    ]),
    ...context
  }: BrowserContextOptions & {
    policy?: (panel: string) => string
    named?: (application: string) => string[]
    body?: string
    counts?: Map<string, BadgeCounts>
  } = {},
): Promise<Opened> {
  let origins: ReadonlySet<string> = new Set()
  const asked: string[] = []
  const panelPort = await serve(t, (request, response) => {
    if (request.url?.startsWith('/badge?')) asked.push(request.url)
    if (!answerBadge(request, response, { origins, count: (id) => counts.get(id) })) response.end('the panel')
  })
  const panel = `http://127.0.0.1:${panelPort}`
  const ids: Record<string, string> = { '/': PAGE, '/orders': LIST, '/logo.svg': ASSET }
  const port = await serve(t, ({ url = '' }, response) => {
    const id = ids[url] ?? `id-of${url.replace('/', '-')}-request`
    response.setHeader('server-timing', `app;dur=1, pg-loupe;desc="${id}"`)
    if (url !== '/') return void response.end('{}')
    response.setHeader('content-security-policy', policy(panel))
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>The shop</title><style>* { color: red; font-size: 40px; display: block }</style>
      <script src="${panel}/badge.js"></script><button>List</button><img src="/logo.svg" alt="">${body}`)
  })
  const application = `http://localhost:${port}`
  origins = badgeOrigins(named(application))
  const page = await browser.newPage(context)
  page.setDefaultTimeout(PATIENCE_MS)
  t.onTestFinished(() => page.close())
  const heard: string[] = []
  page.on('console', (message) => heard.push(message.text()))
  page.on('pageerror', ({ message }) => heard.push(message))
  await page.goto(application)
  return { page, panel, application, counts, asked, heard }
}

/** The button with the sums, once it has these words. */
const total = (page: Page, words: string | RegExp = '') =>
  page.locator('pg-loupe-badge .total', { hasText: words })
const links = (page: Page) => page.locator('pg-loupe-badge a:visible')
const request = (page: Page, path: string) => page.evaluate((url) => void fetch(url), path)

test('the queries and findings of the page load and of each later request are shown, with links to the panel', async (t) => {
  const { page, panel, heard } = await open(t)
  await total(page, '8 queries, no findings').waitFor()
  await request(page, '/orders')
  await total(page, '34 queries, 1 finding').waitFor()
  await total(page).click()
  expect(await links(page).allInnerTexts()).toEqual([
    expect.stringMatching(/^\/ \(this page\)\s+8 queries, no findings$/),
    expect.stringMatching(/^\/orders\s+26 queries, 1 finding$/),
  ])
  const opened = page.waitForEvent('popup')
  await links(page).last().click()
  expect((await opened).url()).toBe(`${panel}/#request=${LIST}`)
  expect(heard).toEqual([])
})

test('findings that come after the response are asked for until they are there', async (t) => {
  const { page, counts, asked } = await open(t, { counts: new Map() })
  await total(page, '0 queries, no findings …').waitFor()
  await expect.poll(() => asked.length).toBeGreaterThan(1)
  counts.set(PAGE, { queries: 3, findings: 2 })
  counts.set(ASSET, { queries: 0, findings: 0 })
  await total(page, /^3 queries, 2 findings$/).waitFor()
})

test('a trace that the panel never gets is given up', async (t) => {
  const { page, asked } = await open(t, { counts: new Map() })
  await page.clock.install()
  await page.reload()
  await total(page, '…').waitFor()
  for (let turn = 0; turn < 6; turn++) {
    const before = asked.length
    await page.clock.runFor(10_000)
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(before)
  }
  await total(page, /^0 queries, no findings$/).waitFor()
  const before = asked.length
  await page.clock.runFor(60_000)
  expect(asked.length).toBe(before)
})

test('the keyboard opens the list, follows a link and closes the badge for this tab', async (t) => {
  const { page } = await open(t)
  await total(page, '8 queries, no findings').waitFor()
  await page.getByRole('button', { name: 'List' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await total(page).getAttribute('aria-expanded')).toBe('true')
  await page.keyboard.press('Escape')
  expect(await total(page).getAttribute('aria-expanded')).toBe('false')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.locator('pg-loupe-badge').count()).toBe(0)
  await request(page, '/orders')
  await page.reload()
  await page.waitForLoadState('networkidle')
  expect(await page.locator('pg-loupe-badge').count()).toBe(0)
})

test.for(['light', 'dark'] as const)(
  'texts stand out, and the style of the page does not reach them: %s',
  async (colorScheme, t) => {
    const { page } = await open(t, { colorScheme, viewport: { width: 390, height: 700 } })
    await request(page, '/orders')
    await total(page, '34 queries, 1 finding').waitFor()
    await total(page).click()
    // The function reads the document's own body, so the badge becomes it.
    await page.evaluate(() => {
      const root = document.querySelector('pg-loupe-badge')?.shadowRoot
      Object.defineProperty(document, 'body', { value: root?.querySelector('section') })
    })
    expect(await page.evaluate(lowContrast, LEAST_CONTRAST)).toEqual([])
    const box = await page.locator('pg-loupe-badge').boundingBox()
    expect(box?.width).toBeLessThanOrEqual(390 - 24)
    expect(box?.height).toBeLessThan(150)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  },
)

test('two directives of a Content-Security-Policy are enough for it', async (t) => {
  const { page, heard } = await open(t, {
    policy: (panel) =>
      `default-src 'self'; style-src 'unsafe-inline'; script-src 'self' ${panel}; connect-src 'self' ${panel}; require-trusted-types-for 'script'`,
  })
  await total(page, '8 queries, no findings').waitFor()
  expect(heard).toEqual([])
})

test('a page that the developer did not name is told how to name it', async (t) => {
  const { page, application } = await open(t, { named: () => [] })
  await total(page, 'no answer').click()
  await page.getByText(`start it with --badge-origin ${application}`).waitFor()
  expect(await links(page).count()).toBe(0)
})

test('a page with the script twice has one badge, and a page inside of a frame has none', async (t) => {
  const { page, panel } = await open(t, { body: '<iframe src="/inner" id="inner"></iframe>' })
  await total(page, '8 queries, no findings').waitFor()
  await page.evaluate((src) => {
    for (const { body } of [document, document.querySelector('iframe')?.contentDocument ?? document]) {
      const script = document.createElement('script')
      script.src = src
      body.append(script)
    }
  }, `${panel}/badge.js`)
  await page.waitForLoadState('networkidle')
  expect(await page.locator('pg-loupe-badge').count()).toBe(1)
  expect(await page.frameLocator('#inner').locator('pg-loupe-badge').count()).toBe(0)
})

test('fetch and XMLHttpRequest of the page stay as they were', async (t) => {
  const { page } = await open(t)
  await total(page, '8 queries, no findings').waitFor()
  const natives = await page.evaluate(() =>
    [fetch, XMLHttpRequest, XMLHttpRequest.prototype.open, PerformanceObserver].map((one) =>
      String(one).includes('[native code]'),
    ),
  )
  expect(natives).toEqual([true, true, true, true])
})
