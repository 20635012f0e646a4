// Tests the page of the panel with a process that sends whatever a test wants: the list under load, filters, the keyboard, the address,
// both themes, a hidden tab, the end of the panel, and hostile text.
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import type { RequestRow } from '../../../src/panel/panel-api.ts'
import { type RunningPanel, startPanel } from '../../../src/panel/server/start-panel.ts'
import { each, from, q, trace } from '../../trace-builder.ts'
import { lowContrast } from '../contrast.ts'
import { launchChromium } from '../launch-chromium.ts'
import { connectProcess, type FakeProcess } from './fake-process.ts'

const browser = await launchChromium()
afterAll(() => browser.close())

const PATIENCE_MS = 15_000
/** WCAG 2, level AA, for text of any size. */
const LEAST_CONTRAST = 4.5
const HOSTILE = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1"><svg onload="window.owned=1">'"\u202E\u0007\u001b[31m`

interface Opened {
  panel: RunningPanel
  process: FakeProcess
  page: Page
  heard: string[]
}

async function open(
  { onTestFinished }: TestContext,
  {
    program = 'server.js',
    hash = '',
    requests = 10_000,
    ...context
  }: BrowserContextOptions & { program?: string; hash?: string; requests?: number } = {},
): Promise<Opened> {
  const panel = await startPanel({ port: 0, limits: { requests } })
  onTestFinished(() => panel.close())
  const process = await connectProcess(panel.address, { program })
  onTestFinished(() => process.close())
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, ...context })
  page.setDefaultTimeout(PATIENCE_MS)
  onTestFinished(() => page.close())
  const heard: string[] = []
  page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`))
  await page.goto(panel.address + hash)
  return { panel, process, page, heard }
}

const loop = (route: string) =>
  trace(
    route,
    q('select id, customer_id from orders limit $1', [30], { at: 'src/orders.ts:35:8 list', rows: 30 }),
    each(
      Array.from({ length: 30 }, (_, index) => index),
      (id) =>
        q('select name from customers where id = $1', [id], {
          at: 'src/orders.ts:39:64 customer',
          rows: 1,
          ...from(0, 'customer_id', 30),
        }),
    ),
  )
const plain = (route: string) => trace(route, q('select 1', [], { at: 'src/health.ts:3:1', rows: 1 }))

const rows = (page: Page) => page.locator('#requests [role=option]')
const row = (page: Page, words: string) => page.locator('#requests [role=option]', { hasText: words })

async function heardRequests(panel: RunningPanel, count: number): Promise<readonly RequestRow[]> {
  await expect.poll(async () => (await panel.api.status()).requests, { timeout: PATIENCE_MS }).toBe(count)
  return panel.api.requests()
}

test('a request appears by itself, with its finding, and its trace opens with the loop marked', async (t) => {
  const { process, page, heard } = await open(t)
  await page.getByText('No request yet').first().waitFor()
  process.sendTrace('id-of-the-first-request', loop('GET /orders'))
  await row(page, 'GET /orders').click()
  await page.locator('#queries .marked').first().waitFor()
  expect(new URL(page.url()).hash).toContain('request=id-of-the-first-request')
  expect(heard).toEqual([])
})

test('nothing that is read moves while 500 requests a second come, and they are one press of a key away', async (t) => {
  const { panel, process, page } = await open(t)
  for (let at = 0; at < 50; at++) process.sendTrace(`id-before-the-load-${at}`, plain(`GET /before/${at}`))
  process.sendTrace('id-of-the-read-request', loop('GET /orders'))
  await row(page, 'GET /orders').click()
  await page.locator('#queries .marked').first().waitFor()
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('#requests [role=option], #queries [role=option], h2')].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect()
        return [x, y, width, height, element.textContent]
      }),
    )
  const before = await places()
  const seen: unknown[] = []
  for (let turn = 0; turn < 6; turn++) {
    for (let at = 0; at < 150; at++) process.sendTrace(`id-under-load-${turn}-${at}`, plain('GET /load'))
    await heardRequests(panel, 51 + (turn + 1) * 150)
    seen.push(await places())
  }
  for (const one of seen) expect(one).toEqual(before)
  await page.getByText('900 new requests').waitFor()
  await page.keyboard.press('n')
  await row(page, 'GET /load').first().waitFor()
  expect(new URL(page.url()).hash).toContain('id-of-the-read-request')
})

test('a row under the pointer does not move away before the click', async (t) => {
  const { panel, process, page } = await open(t)
  process.sendTrace('id-of-the-aimed-request', loop('GET /orders'))
  await row(page, 'GET /orders').hover()
  for (let at = 0; at < 20; at++) process.sendTrace(`id-of-another-request-${at}`, plain('GET /other'))
  await heardRequests(panel, 21)
  await page.getByText('20 new requests').waitFor()
  await page.mouse.down()
  await page.mouse.up()
  expect(new URL(page.url()).hash).toContain('request=id-of-the-aimed-request')
})

test('the list can be paused and filtered by route, findings and words, and the address restores it', async (t) => {
  const { process, page } = await open(t)
  process.sendTrace('id-of-the-loop-request', loop('GET /orders'))
  process.sendTrace('id-of-a-plain-request', plain('GET /health'))
  await row(page, 'GET /health').waitFor()
  await page.getByRole('button', { name: 'With findings' }).click()
  await expect.poll(() => rows(page).count()).toBe(1)
  await page.reload()
  await row(page, 'GET /orders').waitFor()
  expect(await rows(page).count()).toBe(1)
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect.poll(() => rows(page).count()).toBe(2)
  await page.getByLabel('Route', { exact: true }).selectOption('GET /health')
  await expect.poll(() => rows(page).allInnerTexts()).toEqual([expect.stringContaining('GET /health')])
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.keyboard.press('/')
  await page.keyboard.type('orders')
  await expect.poll(() => rows(page).allInnerTexts()).toEqual([expect.stringContaining('GET /orders')])
  await page.keyboard.press('Escape')
  await page.locator('body').click({ position: { x: 1200, y: 700 } })
  await page.keyboard.press('p')
  await page.getByRole('button', { name: 'Continue' }).waitFor()
  process.sendTrace('id-while-it-is-paused', plain('GET /paused'))
  await page.getByText('1 new request').waitFor()
  expect(await row(page, 'GET /paused').count()).toBe(0)
  await page.getByRole('button', { name: 'Continue' }).click()
  await row(page, 'GET /paused').waitFor()
})

test('a pinned request stays when newer ones displace the others', async (t) => {
  const { panel, process, page } = await open(t, { requests: 5 })
  process.sendTrace('id-of-the-pinned-request', loop('GET /orders'))
  await row(page, 'GET /orders').click()
  await page.getByRole('button', { name: 'Pin', exact: true }).click()
  await page.getByRole('button', { name: 'Pinned' }).waitFor()
  for (let at = 0; at < 20; at++) process.sendTrace(`id-of-a-newer-request-${at}`, loop('GET /newer'))
  await expect.poll(async () => (await panel.api.status()).dropped.requests).toBeGreaterThan(10)
  await page.reload()
  await page.locator('#queries .marked').first().waitFor()
  await page.getByRole('button', { name: 'Pinned' }).waitFor()
})

test('the keyboard moves through the list, opens a request and goes back', async (t) => {
  const { process, page } = await open(t)
  process.sendTrace('id-of-the-older-request', plain('GET /older'))
  process.sendTrace('id-of-the-newer-request', loop('GET /newer'))
  await row(page, 'GET /newer').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect.poll(() => new URL(page.url()).hash).toContain('id-of-the-older-request')
  await page.keyboard.press('k')
  await expect.poll(() => new URL(page.url()).hash).toContain('id-of-the-newer-request')
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).hash).not.toContain('request=')
  await page.keyboard.press('2')
  await expect.poll(() => new URL(page.url()).hash).toContain('findings')
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog').isVisible()).toBe(true)
})

test('a hidden tab asks for nothing, and has everything when it is shown again', async (t) => {
  const { panel, process, page } = await open(t)
  process.sendTrace('id-of-the-first-request', plain('GET /first'))
  await row(page, 'GET /first').waitFor()
  const show = (state: string) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true })
      Object.defineProperty(document, 'hidden', { value: value === 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await show('hidden')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  for (let at = 0; at < 300; at++)
    process.sendTrace(`id-while-it-is-hidden-${at}`, plain(`GET /hidden/${at}`))
  await heardRequests(panel, 301)
  expect(await row(page, 'GET /hidden/299').count()).toBe(0)
  expect(asked).toEqual([])
  await show('visible')
  await row(page, 'GET /hidden/299').waitFor()
  await page.getByText('301 requests').first().waitFor()
})

test('the end of the panel is said, and what was loaded stays', async (t) => {
  const { panel, process, page } = await open(t)
  process.sendTrace('id-of-the-first-request', plain('GET /first'))
  await row(page, 'GET /first').waitFor()
  await panel.close()
  await page.getByText('The panel is gone.').waitFor()
  expect(await row(page, 'GET /first').isVisible()).toBe(true)
})

test('an application that ends is shown as ended, and its requests stay', async (t) => {
  const { process, page } = await open(t)
  process.sendTrace('id-of-the-first-request', plain('GET /first'))
  await row(page, 'GET /first').waitFor()
  await page.getByText('1 process ·').waitFor()
  process.close()
  await page.getByText('0 processes ·').waitFor()
  expect(await row(page, 'GET /first').isVisible()).toBe(true)
})

describe.each([390, 1600])('at a width of %i pixels', (width) => {
  test.for(['light', 'dark'] as const)(
    'no view is wider, and texts stand out: %s',
    async (colorScheme, t) => {
      const { panel, process, page } = await open(t, { colorScheme, viewport: { width, height: 844 } })
      const long = 'x'.repeat(400)
      process.sendTrace('id-of-a-loop-request', loop('GET /orders'))
      process.sendTrace('id-of-another-request', loop('GET /orders'))
      process.sendTrace('id-of-a-long-request', loop(`GET /${long}`))
      await heardRequests(panel, 3)
      const [finding] = await panel.api.findings()
      for (const hash of [
        '',
        '#request=id-of-a-loop-request',
        '#request=id-of-a-long-request',
        '#view=findings',
        `#finding=${encodeURIComponent(finding?.finding.key ?? '')}`,
        '#view=routes',
        '#route=GET%20%2Forders',
        '#view=changes',
        '#before=id-of-a-loop-request&after=id-of-another-request',
      ]) {
        await page.goto('about:blank')
        await page.goto(panel.url + hash)
        await page.waitForLoadState('domcontentloaded')
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
        await page.getByText('3 requests').first().waitFor({ state: 'attached' })
        expect([hash, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([hash, width])
        expect([hash, await page.evaluate(lowContrast, LEAST_CONTRAST)]).toEqual([hash, []])
      }
    },
  )
})

test('markup and control characters in routes, statements and names of processes are shown as text', async (t) => {
  const { panel, process, page, heard } = await open(t, { program: HOSTILE })
  const hostile = {
    ...loop(HOSTILE),
    labels: { status: HOSTILE },
    queries: loop(HOSTILE).queries.map((query) => ({
      ...query,
      sql: `select "${HOSTILE}" from t where id = $1`,
      callSite: [{ file: HOSTILE, line: 1, function: HOSTILE }],
    })),
  }
  process.sendTrace('id-of-the-hostile-request', hostile)
  await heardRequests(panel, 1)
  const [finding] = await panel.api.findings()
  for (const hash of [
    '',
    '#request=id-of-the-hostile-request',
    '#view=findings',
    `#finding=${encodeURIComponent(finding?.finding.key ?? '')}`,
    '#view=routes',
    `#route=${encodeURIComponent(HOSTILE)}`,
    '#before=id-of-the-hostile-request&after=id-of-the-hostile-request',
    `#request=${encodeURIComponent(HOSTILE)}`,
    `#search=${encodeURIComponent(HOSTILE)}`,
  ]) {
    await page.goto('about:blank')
    await page.goto(panel.url + hash)
    await page.getByText('1 request', { exact: false }).first().waitFor({ state: 'attached' })
    expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  }
  await page.goto(panel.url)
  expect(await page.textContent('body')).toContain('<img src=x')
  expect(heard.filter((text) => !text.includes('404'))).toEqual([])
})
