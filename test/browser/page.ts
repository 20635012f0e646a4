// Tests the page of the html reporter in Chromium, as far as a browser is needed. test/report/html tests its contents and its
// search without one.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import { reporters } from '../../dist/src/index.js'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { findingTitle } from '../../src/report/finding-title.ts'
import { htmlReporter } from '../../src/report/reporters/html.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Comparison, Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { each, from, q, trace } from '../trace-builder.ts'
import { lowContrast } from './contrast.ts'
import { launchChromium } from './launch-chromium.ts'

const browser = await launchChromium()
afterAll(() => browser.close())

const orders = trace(
  'GET /orders',
  q('select id, customer_id from orders limit $1', [30], { at: 'src/orders.ts:35:8 list', rows: 30 }),
  each(
    Array.from({ length: 30 }, (_, index) => index),
    (id) =>
      q('select name from customers where id = $1', [id], {
        at: ['src/orders.ts:39:64 customer', 'src/routes.ts:8:2'],
        rows: 1,
        waitMs: 0.3,
        connection: 1,
        transaction: 1,
        ...from(0, 'customer_id', 30),
      }),
  ),
)
const prices = trace(
  'GET /prices',
  each([1, 1, 1], () =>
    q('select amount from prices where currency = $1', ['EUR'], { at: 'src/money.ts:7:1' }),
  ),
)
const report = createProfiler().analyze([orders, prices])
const traces = [orders, prices]
const [nPlusOne, duplicate] = report.findings as [Finding, Finding]
const key = encodeURIComponent(nPlusOne.key)

const HOSTILE = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1"><svg onload="window.owned=1">'"\u202E`
const ADDRESSES = [
  '',
  `#finding=${key}`,
  '#view=routes',
  '#route=GET%20%2Forders',
  `#trace=http%20GET%20%2Forders%20%231&finding=${key}`,
  '#view=changes',
]
const SIZES = { narrow: { width: 400, height: 800 }, wide: { width: 1600, height: 900 } }

/** As if the base report had known all but the first. */
const comparison: Comparison = {
  v: 1,
  new: [nPlusOne],
  grown: report.findings.slice(1, 2).map((finding) => ({ finding, before: 2, after: 3 })),
  fixed: [{ ...nPlusOne, key: 'former' }],
  unseen: [],
  known: 0,
  suppressed: { before: 0, after: 0 },
  routes: [],
}

/** WCAG 2, level AA, for text of any size. */
const LEAST_CONTRAST = 4.5

interface Opened {
  page: Page
  /** The requests, the console messages and the errors of the browser. */
  heard: string[]
}

async function open(
  { onTestFinished }: TestContext,
  html: string,
  {
    hash = '',
    size = 'wide',
    dark = false,
  }: { hash?: string; size?: keyof typeof SIZES; dark?: boolean } = {},
): Promise<Opened> {
  const file = join(temporaryFolder({ onTestFinished }), 'report.html')
  writeFileSync(file, html)
  const page = await browser.newPage({ viewport: SIZES[size], colorScheme: dark ? 'dark' : 'light' })
  onTestFinished(() => page.close())
  const heard: string[] = []
  page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`))
  const url = pathToFileURL(file).href
  page.on('request', (request) => {
    const asked = request.url().split('#')[0] ?? ''
    if (asked !== url && !asked.startsWith('data:')) heard.push(`request: ${asked}`)
  })
  await page.goto(url + hash)
  return { page, heard }
}

async function serve({ onTestFinished }: TestContext, html: string) {
  const asked: (string | undefined)[] = []
  const server = createServer(({ url }, response) => {
    asked.push(url)
    response.setHeader('content-type', 'text/html').end(html)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('as it was built for', () => {
  test.for([
    ['the package', reporters.html],
    ['no build, from its source', htmlReporter],
  ] as const)(
    '%s, every view opens without an error and asks nobody for anything',
    async ([, reporter], t) => {
      for (const hash of ADDRESSES) {
        const { page, heard } = await open(t, reporter.render(report, { traces, comparison }), { hash })
        expect(await page.locator('main').textContent()).toContain('GET /orders')
        expect(heard).toEqual([])
      }
    },
  )
})

test('served over HTTP it asks for itself alone', async (t) => {
  const { asked, url } = await serve(t, reporters.html.render(report, { traces }))
  const page = await browser.newPage()
  t.onTestFinished(() => page.close())
  await page.goto(`${url}/report.html`)
  await page.waitForLoadState('networkidle')
  expect(asked).toEqual(['/report.html'])
})

describe.each(['narrow', 'wide'] as const)('on a %s screen', (size) => {
  test('no view is wider than the screen', async (t) => {
    const long = 'x'.repeat(400)
    const findings = [
      { ...nPlusOne, title: long, route: long, fix: `select ${long}`, detail: long },
      ...report.findings,
    ]
    const wide = reporters.html.render(
      { ...report, findings },
      { traces: [...traces, { ...orders, id: long, name: long }], comparison },
    )
    for (const hash of [...ADDRESSES, `#route=${long}`, `#trace=${long}`]) {
      const { page } = await open(t, wide, { size, hash })
      expect([hash, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
        hash,
        SIZES[size].width,
      ])
    }
  })

  test.for([false, true])('every text stands out from what is behind it, dark: %s', async (dark, t) => {
    for (const hash of ADDRESSES) {
      const { page } = await open(t, reporters.html.render(report, { traces, comparison }), {
        size,
        dark,
        hash,
      })
      expect([hash, await page.evaluate(lowContrast, LEAST_CONTRAST)]).toEqual([hash, []])
    }
  })
})

test('the theme is that of the system until one is chosen, and the choice is remembered', async (t) => {
  const { page } = await open(t, reporters.html.render(report), { dark: true })
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await ground()
  await page.getByRole('button', { name: /^Theme/ }).click()
  const light = await ground()
  expect(light).not.toBe(dark)
  await page.reload()
  expect(await ground()).toBe(light)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByRole('button', { name: /^Theme/ }).click()
  expect(await ground()).toBe(dark)
})

describe('with 5,000 findings and a trace of 10,000 queries', () => {
  const findings = Array.from(
    { length: 5000 },
    (_, index): Finding => ({
      ...nPlusOne,
      key: `key ${index}`,
      title: `Finding number ${index}`,
      route: `GET /${index % 300}`,
      callSite: [{ file: 'src/orders.ts', line: 10_000 + index }],
    }),
  )
  const queries = each(Array.from({ length: 10_000 }), () => orders.queries[1] ?? q('select 1'))
  const long: Trace = { ...trace('GET /long', queries), durationMs: 10_000 }
  const html = reporters.html.render({ ...report, findings }, { traces: [long] })

  test('searching and scrolling find any of them, and only those in sight are drawn', async (t) => {
    const { page, heard } = await open(t, html)
    const options = page.locator('#findings [role=option]')
    await page.evaluate(() => {
      const tasks: number[] = []
      Object.assign(window, { tasks })
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        type: 'longtask',
      })
    })
    await page.keyboard.press('/')
    await page.keyboard.type('number 4321', { delay: 30 })
    await page.getByText('1 of 5,000 findings', { exact: true }).first().waitFor()
    expect(await options.allInnerTexts()).toEqual([expect.stringContaining('customers: finding number 4321')])
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    expect(await page.locator('#findings [aria-selected=true]').textContent()).toContain(
      'customers: finding number 4999',
    )
    expect(await page.locator('#findings [aria-selected=true]').isVisible()).toBe(true)
    await page.locator('#findings').evaluate((list) => list.scrollTo(0, list.scrollHeight / 2))
    await page.getByText('customers: finding number 2500').waitFor()
    expect(await options.count()).toBeLessThan(60)
    expect(heard).toEqual([])
    const told = await page.evaluate(() => ({
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      loadMs: performance.timing.loadEventEnd - performance.timing.navigationStart,
      tasks: (window as unknown as { tasks: number[] }).tasks,
    }))
    process.stdout.write(
      `5,000 findings: loaded in ${told.loadMs} ms, painted after ${told.paintMs.toFixed(0)} ms, tasks of more than 50 ms while typing and scrolling: ${told.tasks.length}\n`,
    )
  })

  test('the trace scrolls to its end', async (t) => {
    const { page } = await open(t, html, { hash: '#view=traces' })
    await page.locator('#queries').focus()
    await page.keyboard.press('End')
    await page.getByText('Query 10000', { exact: true }).waitFor()
    expect(await page.locator('#queries [role=option]').count()).toBeLessThan(120)
  })
})

test('a finding leads to its trace, with its loop and the query the values came from in sight', async (t) => {
  const { page } = await open(t, reporters.html.render(report, { traces }))
  await page.locator('.seen a').first().click()
  await page.locator('#queries .marked.error').first().waitFor()
  expect(await page.locator('#queries .link.from').isVisible()).toBe(true)
  const box = await page.locator('#queries .query').nth(2).locator('.run').boundingBox()
  expect(box?.width).toBeGreaterThanOrEqual(2)
  await page.goBack()
  expect(await page.locator('.detail h2').textContent()).toContain(findingTitle(nPlusOne))
})

test('on a narrow screen the keyboard goes through the list, into a finding and back to where it was', async (t) => {
  const { page } = await open(t, reporters.html.render(report), { size: 'narrow' })
  await page.locator('#findings').focus()
  await page.keyboard.press('ArrowDown')
  expect(await page.locator('#findings').isVisible()).toBe(true)
  await page.keyboard.press('Enter')
  expect(await page.locator('#findings').isVisible()).toBe(false)
  expect(await page.locator('.detail h2').textContent()).toContain(findingTitle(duplicate))
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('‹ All findings')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('findings')
  expect(await page.locator('#findings [aria-selected=true]').textContent()).toContain(
    findingTitle(duplicate),
  )
})

test('keys work before anything has the focus, and the help gives the focus back', async (t) => {
  const { page } = await open(t, reporters.html.render(report, { traces, comparison }))
  const chosen = page.locator('#findings [aria-selected=true] .title')
  await page.keyboard.press('j')
  expect(await chosen.textContent()).toBe(findingTitle(duplicate))
  await page.keyboard.press('ArrowUp')
  expect(await chosen.textContent()).toBe(findingTitle(nPlusOne))
  await page.getByRole('button', { name: 'Keys' }).focus()
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog').isVisible()).toBe(true)
  expect(await page.evaluate(lowContrast, LEAST_CONTRAST)).toEqual([])
  await page.keyboard.press('Escape')
  expect(await page.getByRole('dialog').isVisible()).toBe(false)
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('?')
})

test('hostile text does nothing, wherever it stands', async (t) => {
  const finding: Finding = {
    ...nPlusOne,
    detector: HOSTILE,
    title: HOSTILE,
    detail: HOSTILE,
    remediation: HOSTILE,
    fix: HOSTILE,
    key: HOSTILE,
    route: HOSTILE,
    callSite: [{ file: HOSTILE, line: 1, function: HOSTILE }],
    occurrences: [{ trace: HOSTILE, queries: [0] }],
    evidence: [{ label: HOSTILE, text: HOSTILE }],
  }
  const owned: Report = {
    ...report,
    findings: [finding],
    routes: report.routes.map((one) => ({ ...one, name: HOSTILE })),
  }
  const query = {
    sql: `select "${HOSTILE}"`,
    via: HOSTILE,
    prepared: HOSTILE,
    error: HOSTILE,
    callSite: finding.callSite,
  }
  const bad: Trace = { ...prices, id: HOSTILE, name: HOSTILE, labels: { status: HOSTILE }, queries: [query] }
  const link = encodeURIComponent(HOSTILE)
  for (const hash of [
    '',
    `#finding=${link}`,
    `#route=${link}`,
    `#trace=${link}`,
    `#view=routes&search=${link}`,
  ]) {
    const { page, heard } = await open(t, reporters.html.render(owned, { traces: [bad] }), { hash })
    expect(await page.locator('main').textContent()).toContain('<img src=x')
    expect(await page.evaluate(() => 'owned' in window)).toBe(false)
    expect(heard).toEqual([])
  }
})

test('the policy lets nothing run or load but the page itself, should markup ever get in', async (t) => {
  const { asked, url } = await serve(t, '')
  const markup = `<script>window.owned = 1</script><img src="${url}/x" onerror="window.owned = 1"><noscript>`
  const { page, heard } = await open(t, reporters.html.render(report).replace('<noscript>', markup))
  expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  expect(heard.join()).toMatch(/Content Security Policy/)
  expect(asked).toEqual([])
})

test('prints the findings that are shown, in full', async (t) => {
  const { page } = await open(t, reporters.html.render(report), { dark: true })
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  const printed = page.locator('.printed')
  expect(await printed.locator('h2').count()).toBe(report.findings.length)
  expect(await printed.textContent()).toContain(nPlusOne.fix)
  expect(await page.locator('.app').isVisible()).toBe(false)
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  )
})
