// Tests the routes of the live page.
import { expect, test } from 'vitest'
import { each, q, trace } from '../../trace-builder.ts'
import { memoryPanel, openLivePage } from './open-live-page.ts'

const prices = trace(
  'GET /prices',
  each([1, 1, 1], () =>
    q('select amount from prices where currency = $1', ['EUR'], { at: 'src/money.ts:7:1' }),
  ),
)
const ROUTES = 'table.routes tbody th'

test('the routes are a table that is sorted by a click, and the order is kept when numbers change', async (t) => {
  const panel = memoryPanel()
  panel.count('GET /health', { queries: 9 })
  panel.capture(prices)
  const page = await openLivePage(t, panel, { hash: '#view=routes' })
  expect(page.texts(ROUTES)).toEqual(['GET /health', 'GET /prices'])
  await page.click('table.routes button', 'Traces')
  panel.capture(prices)
  await page.click('table.routes button', 'Queries')
  expect(page.texts(ROUTES)).toEqual(['GET /health', 'GET /prices'])
  await page.search('prices')
  expect(page.texts(ROUTES)).toEqual(['GET /prices'])
})

test('a route shows its statistics and its latest requests, which lead to their traces', async (t) => {
  const panel = memoryPanel()
  panel.count('GET /prices')
  const row = panel.capture(prices)
  const page = await openLivePage(t, panel, { hash: '#view=routes' })
  page.window.location.hash = '#route=GET%20%2Fprices'
  await page.settle()
  expect(page.text('.facts')).toContain('2')
  expect(page.all('.route-detail .request-line')).toHaveLength(2)
  await page.click('.action')
  expect(panel.calls.captured).toEqual([['GET /prices', 5]])
  const [latest] = page.all('.route-detail .cards a')
  expect(latest?.getAttribute('href')).toBe(`#request=${row.id}`)
  expect(page.find('.route-detail a', 'All its requests').getAttribute('href')).toBe('#on=GET%20%2Fprices')
})

test('a route that did not run says so', async (t) => {
  const page = await openLivePage(t, memoryPanel(), { hash: '#route=GET%20%2Fnever' })
  expect(page.text('.route-detail')).toContain('No request of this route since the panel started.')
})
