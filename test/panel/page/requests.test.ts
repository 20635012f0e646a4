// Tests the list of requests as a person uses it: what comes, what waits, filters, and the selected request.
import { describe, expect, test } from 'vitest'
import type { RequestRow } from '../../../src/panel/panel-api.ts'
import { each, from, q, trace } from '../../trace-builder.ts'
import { memoryPanel, openLivePage } from './open-live-page.ts'

const orders = trace(
  'GET /orders',
  q('select id, customer_id from orders limit $1', [4], { at: '/app/src/orders.ts:35:8 list', rows: 4 }),
  each([1, 2, 3, 4], (id) =>
    q("select name from customers where id = $1 and code <> 'secret'", [id], {
      at: ['/app/src/orders.ts:39:64 customer', '/app/src/routes.ts:8:2'],
      rows: 1,
      ...from(0, 'customer_id', 4),
    }),
  ),
)
const LIST = '#requests .route'

describe('an empty panel', () => {
  test('says what to do, with and without a connected application', async (t) => {
    const panel = memoryPanel()
    const page = await openLivePage(t, panel)
    expect(page.text('.overview')).toContain('No application is connected.')
    expect(page.text('.overview')).toContain('PG_LOUPE_PANEL')
    panel.startProcess('p1')
    await page.settle()
    expect(page.text('.overview')).toContain('Click in your application')
    expect(page.text('.processes')).toContain('server.js 4000')
    expect(page.text('.nothing:not([hidden])')).toBe('No request yet.')
  })
})

describe('requests', () => {
  test('appear newest first, with their route, status, queries, time, findings and process', async (t) => {
    const panel = memoryPanel()
    panel.startProcess('p1')
    panel.count('GET /health')
    const page = await openLivePage(t, panel)
    panel.capture(orders, { status: 200, process: 'p1', databaseMs: 2.5 })
    await page.settle()
    expect(page.texts(LIST)).toEqual(['GET /orders', 'GET /health'])
    const [newest, oldest] = page.all('#requests [role=option]')
    expect(newest?.getAttribute('aria-label')).toMatch(
      /^GET \/orders, 200, 5 queries, 2\.5 ms in queries, 1 warning, in server\.js 4000, /,
    )
    expect(newest?.textContent).toContain('2.5 ms')
    expect(oldest?.getAttribute('aria-label')).toContain('only counted')
    expect(page.text('.totals')).toBe('1 process · 2 requests')
  })

  test('that come while the list is asked for are neither lost nor shown twice', async (t) => {
    const panel = memoryPanel()
    panel.count('GET /1')
    const { requests } = panel.api
    const slow = (async (...given: Parameters<typeof requests>) => {
      const answer = await requests(...given)
      if (panel.rows.length === 1) panel.count('GET /2')
      return answer
    }) as typeof requests
    const api = new Proxy(panel.api, {
      get: (target, name) => (name === 'requests' ? slow : Reflect.get(target, name)),
    })
    const page = await openLivePage(t, { ...panel, api })
    expect(page.texts(LIST)).toEqual(['GET /2', 'GET /1'])
  })

  test('that change are changed where they are', async (t) => {
    const panel = memoryPanel()
    const row = panel.capture(orders)
    panel.count('GET /health')
    const page = await openLivePage(t, panel, { hash: `#request=${row.id}` })
    await page.click('.pin')
    expect(page.text('.pin')).toBe('Pinned')
    expect(page.text('#requests [aria-selected=true]')).toContain('pinned')
    await page.click('.pin')
    expect(page.text('.pin')).toBe('Pin')
  })

  test('after a restart of their process are set apart from those before', async (t) => {
    const panel = memoryPanel()
    panel.startProcess('p1')
    panel.count('GET /before', { process: 'p1' })
    const page = await openLivePage(t, panel)
    panel.endProcess('p1')
    panel.startProcess('p2')
    panel.count('GET /first', { process: 'p2' })
    panel.count('GET /second', { process: 'p2' })
    await page.settle()
    expect(page.texts('#requests .restarted .route')).toEqual(['GET /first'])
    expect(page.text('#requests .restart')).toBe('server.js 4001 restarted')
  })
})

describe('new requests wait', () => {
  const openFull = async (t: Parameters<typeof openLivePage>[0], hash = '') => {
    const panel = memoryPanel()
    const rows = Array.from({ length: 60 }, (_, index) => panel.count(`GET /${index}`))
    const page = await openLivePage(t, panel, { hash: hash && `#request=${rows[30]?.id}` })
    return { panel, page, rows }
  }
  const waiting = '.show-new:not([hidden])'

  test('while the page is paused, until it continues', async (t) => {
    const { panel, page } = await openFull(t)
    await page.click('.pause')
    panel.count('GET /new')
    panel.count('GET /newer')
    await page.settle()
    expect(page.texts(LIST)[0]).toBe('GET /59')
    expect(page.text(waiting)).toBe('2 new requests')
    await page.click('.pause')
    expect(page.texts(LIST).slice(0, 3)).toEqual(['GET /newer', 'GET /new', 'GET /59'])
    expect(page.all(waiting)).toEqual([])
  })

  test('while the list is scrolled, and the button shows them and goes to the top', async (t) => {
    const { panel, page } = await openFull(t)
    await page.scroll('#requests', 300)
    const before = page.texts(LIST)
    panel.count('GET /new')
    await page.settle()
    expect(page.texts(LIST)).toEqual(before)
    expect(page.text(waiting)).toBe('1 new request')
    await page.click(waiting)
    expect(page.find('#requests').scrollTop).toBe(0)
    expect(page.texts(LIST)[0]).toBe('GET /new')
  })

  test('while the list has the focus', async (t) => {
    const { panel, page } = await openFull(t)
    page.find('#requests').focus()
    panel.count('GET /new')
    await page.settle()
    expect(page.text(waiting)).toBe('1 new request')
    page.find('#requests').blur()
    panel.count('GET /newer')
    await page.settle()
    expect(page.texts(LIST).slice(0, 2)).toEqual(['GET /newer', 'GET /new'])
  })

  test('while a request is selected, which keeps its place and its element', async (t) => {
    const { panel, page, rows } = await openFull(t, 'selected')
    const selected = page.find('#requests [aria-selected=true]')
    for (let index = 0; index < 12; index++) panel.count('GET /new')
    await page.settle()
    expect(page.text(waiting)).toBe('12 new requests')
    expect(page.find('#requests [aria-selected=true]')).toBe(selected)
    expect(selected.getAttribute('aria-posinset')).toBe('30')
    await page.press('body', 'n')
    expect(page.find('#requests [aria-selected=true]').getAttribute('aria-posinset')).toBe('42')
    expect(page.hash()).toBe(`#request=${rows[30]?.id}`)
    await page.press('body', 'Escape')
    panel.count('GET /last')
    await page.settle()
    expect(page.texts(LIST)[0]).toBe('GET /last')
  })

  test('in a bounded list, however many come', async (t) => {
    const { panel, page } = await openFull(t)
    await page.click('.pause')
    for (let index = 0; index < 12_000; index++) panel.count(`GET /new/${index}`)
    await page.settle()
    expect(page.text(waiting)).toBe('12,000 new requests')
    await page.press('body', 'p')
    expect(page.texts(LIST)[0]).toBe('GET /new/11999')
    expect(page.find('#requests [role=option]').getAttribute('aria-setsize')).toBe('5000')
    expect(page.all('#requests [role=option]').length).toBeLessThan(40)
  })
})

test('requests without queries are hidden and counted, and a switch shows them', async (t) => {
  const panel = memoryPanel()
  panel.count('GET /favicon.ico', { queries: 0 })
  const page = await openLivePage(t, panel)
  expect(page.text('.nothing:not([hidden])')).toBe('No request has sent a query yet.')
  panel.count('GET /orders')
  panel.count('GET /style.css', { queries: 0 })
  await page.settle()
  expect(page.texts(LIST)).toEqual(['GET /orders'])
  expect(page.text('.found')).toBe('1 request')
  expect(page.text('.show-empty')).toBe('2 without queries')
  expect(page.find('.show-empty').getAttribute('aria-pressed')).toBe('false')
  await page.click('.show-empty')
  expect(page.texts(LIST)).toEqual(['GET /style.css', 'GET /orders', 'GET /favicon.ico'])
  expect(page.hash()).toBe('#empty=1')
  await page.click('.show-empty')
  expect(page.texts(LIST)).toEqual(['GET /orders'])
})

describe('filters', () => {
  const open = async (t: Parameters<typeof openLivePage>[0], hash = '') => {
    const panel = memoryPanel()
    panel.startProcess('p1')
    panel.startProcess('p2')
    panel.count('GET /health', { process: 'p1' })
    panel.capture(orders, { process: 'p2' })
    panel.count('GET /prices', { process: 'p2', status: 404 })
    return { panel, page: await openLivePage(t, panel, { hash }) }
  }

  test('by findings, route and process are in the address and can be cleared', async (t) => {
    const { page } = await open(t)
    await page.click('.toggle', 'With findings')
    expect(page.texts(LIST)).toEqual(['GET /orders'])
    expect(page.hash()).toBe('#found=1')
    expect(page.text('.found')).toBe('1 of 3 requests')
    await page.click('.clear')
    await page.choose('Process', 'p2')
    expect(page.texts(LIST)).toEqual(['GET /prices', 'GET /orders'])
    await page.choose('Route', 'GET /health')
    expect(page.text('.nothing:not([hidden])')).toBe('No request matches.')
    expect(page.hash()).toBe('#on=GET /health&process=p2')
    await page.click('.clear')
    expect(page.texts(LIST)).toHaveLength(3)
  })

  test('by words find the route, the status and the title of a finding', async (t) => {
    const { page } = await open(t)
    await page.search('404 prices')
    expect(page.texts(LIST)).toEqual(['GET /prices'])
    await page.search('n+1')
    expect(page.texts(LIST)).toEqual(['GET /orders'])
  })

  test('hold for new requests too, and a link with them shows the same', async (t) => {
    const { panel, page } = await open(t, '#on=GET%20/health')
    panel.count('GET /other')
    panel.count('GET /health', { status: 500 })
    await page.settle()
    expect(page.texts(LIST)).toEqual(['GET /health', 'GET /health'])
    expect((page.find("select[aria-label='Route']") as HTMLSelectElement).value).toBe('GET /health')
  })

  test('apply to older requests, which are asked for when the end of the list is near', async (t) => {
    const panel = memoryPanel()
    for (let index = 0; index < 500; index++) panel.count(index % 2 ? 'GET /odd' : 'GET /even')
    const page = await openLivePage(t, panel, { hash: '#on=GET%20/odd' })
    expect(page.text('.found')).toBe('200+ of 500 requests')
    await page.scroll('#requests', 198 * 58)
    expect(page.text('.found')).toBe('250 of 500 requests')
    expect(panel.calls.asked.at(-1)).toEqual([
      'requests',
      { hasQueries: true, route: 'GET /odd', before: 102, limit: 200 },
    ])
  })
})

describe('the selected request', () => {
  const select = async (t: Parameters<typeof openLivePage>[0], more: Partial<RequestRow> = {}) => {
    const panel = memoryPanel()
    panel.startProcess('p1')
    const row = panel.capture(orders, { process: 'p1', ...more })
    const page = await openLivePage(t, panel)
    await page.click('#requests [role=option]')
    return { panel, page, row }
  }

  test('is shown as a timeline with its findings, and its address can be shared', async (t) => {
    const { panel, page, row } = await select(t)
    expect(page.hash()).toBe(`#request=${row.id}`)
    expect(page.text('.detail h2')).toContain('GET /orders')
    expect(page.all('#queries [role=option]')).toHaveLength(5)
    expect(page.text('.legend')).toContain('N+1')
    const other = await openLivePage(t, panel, { hash: page.hash() })
    expect(other.texts('#queries [role=option]')).toEqual(page.texts('#queries [role=option]'))
    expect(other.window.document.title).toBe('GET /orders – pg-loupe')
  })

  test('shows no literal, even if the process had sent one', async (t) => {
    const { page } = await select(t)
    expect(page.text('#queries')).toContain('customers')
    expect(page.window.document.body.textContent).not.toContain('secret')
  })

  test('opens lines by their position, relative to the folder of the process', async (t) => {
    const { panel, page, row } = await select(t)
    await page.click('#queries [role=option]')
    expect(page.text('.query-detail .callers')).toContain('src/orders.ts:35:8')
    await page.click('.query-detail .open')
    expect(panel.calls.opened).toEqual([{ request: row.id, frame: 0 }])
  })

  test('was asked for once, however often it is shown', async (t) => {
    const { panel, page } = await select(t)
    await page.press('body', 'Escape')
    await page.click('#requests [role=option]')
    expect(panel.calls.asked.filter(([method]) => method === 'pageRequest')).toHaveLength(1)
  })

  test('changes by the keyboard in the order of the list', async (t) => {
    const { panel, page } = await select(t)
    panel.count('GET /health')
    await page.settle()
    await page.click('.show-new:not([hidden])')
    await page.press('body', 'k')
    expect(page.text('.detail h2')).toContain('GET /health')
    await page.press('body', 'j')
    expect(page.text('.detail h2')).toContain('GET /orders')
  })

  test('that was only counted says so, and its route can be captured in full', async (t) => {
    const panel = memoryPanel()
    const row = panel.count('GET /health')
    const page = await openLivePage(t, panel, { hash: `#request=${row.id}` })
    expect(page.text('.detail')).toContain('only counted')
    expect(page.text('.detail')).toContain('3 queries, 1.5 ms in queries, 4.0 ms in all')
    await page.click('.action')
    expect(panel.calls.captured).toEqual([['GET /health', 5]])
    expect(page.text('.notice')).toContain('GET /health')
  })

  test('that the panel does not know says so', async (t) => {
    const page = await openLivePage(t, memoryPanel(), { hash: '#request=gone' })
    expect(page.text('.detail')).toContain('not known any more')
  })
})
