// Tests the page as a person uses it: its views, search, filters, links and keyboard.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import { compareReports } from '../../../src/report/compare-reports.ts'
import { findingTitle } from '../../../src/report/finding-title.ts'
import type { Finding } from '../../../src/types/finding.ts'
import type { Report, RouteSummary } from '../../../src/types/report.ts'
import { each, from, q, trace } from '../../trace-builder.ts'
import { openPage } from './open-page.ts'

const orders = trace(
  'GET /orders',
  q('select id, customer_id from orders limit $1', [4], { at: 'src/orders.ts:35:8 list', rows: 4 }),
  each([1, 2, 3, 4], (id) =>
    q('select name from customers where id = $1', [id], {
      at: ['src/orders.ts:39:64 customer', 'src/routes.ts:8:2'],
      rows: 1,
      waitMs: 0.1,
      connection: 1,
      transaction: 2,
      ...from(0, 'customer_id', 4),
    }),
  ),
)
const prices = trace(
  'GET /prices',
  each([1, 1, 1], () =>
    q('select amount from prices where currency = $1', ['EUR'], { at: 'src/money.ts:7:1' }),
  ),
)
const quiet = trace('GET /quiet', q('select name from customers where id = $1', [1]))
const slower = { ...prices, id: 'http GET /slower #1', name: 'GET /slower' }
const report = createProfiler().analyze([orders, prices, quiet])
const traces = [orders, prices, quiet]
const [nPlusOne] = report.findings

/** As lists show it. */
function titleOf(finding: Finding | undefined): string | undefined {
  return finding && findingTitle(finding)
}

function manyFindings(count: number): Report {
  const findings = Array.from(
    { length: count },
    (_, index): Finding => ({
      ...(nPlusOne as Finding),
      key: `n-plus-one | ${index}`,
      title: `Finding number ${index}`,
      route: `GET /route/${index % 50}`,
      callSite: [{ file: 'src/orders.ts', line: index + 1 }],
    }),
  )
  return { ...report, findings }
}

describe('the findings', () => {
  test('are listed worst first, and the worst is shown in full', async (t) => {
    const page = await openPage(t, report, { traces })
    expect(page.texts('#findings .title')).toEqual(report.findings.map(findingTitle))
    expect(page.text('.detail h2')).toContain(titleOf(nPlusOne))
    const detail = page.text('.detail')
    expect(detail).toContain('src/orders.ts:39:64')
    expect(detail).toContain('from src/routes.ts:8:2')
    expect(detail).toContain(nPlusOne?.detail)
    expect(detail).toContain(nPlusOne?.remediation)
    expect(page.text('.fix code')).toBe(nPlusOne?.fix)
    expect(detail).toContain('3 round trips')
    expect(detail).toContain('proven: the evidence leaves no doubt')
    for (const { label, text } of nPlusOne?.evidence ?? []) {
      expect(detail).toContain(label)
      expect(detail).toContain(text)
    }
    expect(page.errors).toEqual([])
  })

  test('are filtered by severity, detector and route, and the filters can be cleared', async (t) => {
    const page = await openPage(t, report)
    const all = page.texts('#findings .title')
    page.click('.toggle', 'warning')
    expect(page.texts('#findings .title')).toEqual(
      report.findings.filter(({ severity }) => severity === 'warning').map(findingTitle),
    )
    expect(page.find('.toggle.warning').getAttribute('aria-pressed')).toBe('true')
    page.click('.clear')
    expect(page.texts('#findings .title')).toEqual(all)
    page.choose('Detector', 'duplicate-query')
    expect(page.texts('#findings .title')).toHaveLength(1)
    expect(page.text('.found')).toBe(`1 of ${all.length} findings`)
    page.choose('Route', 'GET /orders')
    expect(page.text('.nothing:not([hidden])')).toBe('No finding matches.')
  })

  test('are searched by words of any of their texts, in any order and case', async (t) => {
    const page = await openPage(t, report)
    for (const words of ['CUSTOMER orders.ts:39', 'routes.ts', 'any($1) customers', 'proven']) {
      await page.search(words)
      expect([words, page.texts('#findings .title')]).toEqual([words, [titleOf(nPlusOne)]])
    }
    await page.search('customer no such word')
    expect(page.texts('#findings .title')).toEqual([])
    await page.search('')
    expect(page.texts('#findings .title')).toHaveLength(report.findings.length)
  })

  test('have a text when there are none', async (t) => {
    const page = await openPage(t, createProfiler().analyze([quiet]))
    expect(page.text('.nothing:not([hidden])')).toBe('No findings in 1 trace.')
  })

  test('are elements only while visible, even when there are thousands', async (t) => {
    const page = await openPage(t, manyFindings(5000))
    expect(page.all('#findings [role=option]').length).toBeLessThan(40)
    expect(page.find('#findings [role=option]').getAttribute('aria-setsize')).toBe('5000')
    page.press('#findings', 'End')
    expect(page.text('#findings [aria-selected=true] .title')).toBe('customers: finding number 4999')
    expect(page.text('.detail h2')).toContain('customers: finding number 4999')
    expect(page.all('#findings [role=option]').length).toBeLessThan(40)
    expect(page.texts('#findings .title')).not.toContain('customers: finding number 0')
  })
})

describe('findings of one line', () => {
  const layout = (name: string) =>
    trace(
      name,
      each([1, 1, 1], () => q('select * from widgets where area = $1', [1], { at: 'src/layout.ts:12:3' })),
    )
  const shared = createProfiler().analyze([layout('GET /a'), layout('GET /b'), layout('GET /c'), prices])

  test('are one row with the number of routes, and name the others in full', async (t) => {
    const page = await openPage(t, shared)
    expect(page.all('#findings .list-row')).toHaveLength(2)
    expect(page.texts('#findings .route')).toContain('3 routes')
    expect(page.text('.found')).toBe('4 findings in 2 places')
    page.click('#findings .list-row', '3 routes')
    expect(page.texts('.others a')).toEqual(['GET /b', 'GET /c'])
  })

  test('are shown by the row of a finding that matches the filter', async (t) => {
    const page = await openPage(t, shared)
    page.choose('Route', 'GET /c')
    expect(page.texts('#findings .route')).toEqual(['GET /c'])
    expect(page.text('.detail .chips')).toContain('GET /c')
  })

  test('are one row also when the address names another one of them', async (t) => {
    const further = shared.findings.find(({ route }) => route === 'GET /b')
    const page = await openPage(t, shared, { hash: `#finding=${encodeURIComponent(further?.key ?? '')}` })
    expect(page.text('.detail .chips')).toContain('GET /b')
    expect(page.text('#findings [aria-selected=true]')).toContain('3 routes')
  })

  test('name table and statement, with the whole statement as their text', async (t) => {
    const page = await openPage(t, report, { traces })
    expect(page.text('#findings .table')).toBe('customers')
    expect(page.text('#findings .cut')).toBe('select name from customers where id = ?')
  })

  test('are below the finding that explains them, and say so', async (t) => {
    const found = createProfiler({ detectors: { 'query-budget': { maxQueries: 3 } } }).analyze([orders])
    const budget = found.findings.find(({ detector }) => detector === 'query-budget')
    const page = await openPage(t, found)
    expect(page.all('#findings .list-row')).toHaveLength(1)
    expect(page.text('#findings .route')).toContain('explains 1 more')
    expect(page.text('.detail')).toContain('Fixing this also removes')
    await page.goTo(`#finding=${encodeURIComponent(budget?.key ?? '')}`)
    expect(page.text('.detail .explained')).toBe(
      `Fixing ${titleOf(nPlusOne)} at orders.ts:39 also removes this finding.`,
    )
  })
})

describe('a line', () => {
  test('opens in the configured editor, below the folder where the report was made', async (t) => {
    const page = await openPage(t, report, { editor: 'vscode', cwd: '/home/me/shop' })
    expect(page.find('.detail .open').getAttribute('href')).toBe(
      'vscode://file/home/me/shop/src/orders.ts:39:64',
    )
  })

  test('opens in the editor and the folder that the reader has chosen once', async (t) => {
    const page = await openPage(t, report, { cwd: '/ci/build' })
    expect(page.text('body')).not.toContain('/ci/build')
    page.click('.detail .open')
    const select = page.find('#editor') as HTMLSelectElement
    select.value = 'idea'
    const folder = page.find('#folder') as HTMLInputElement
    folder.value = '/home/me/shop'
    for (const field of [select, folder])
      field.dispatchEvent(new page.window.Event('change', { bubbles: true }) as unknown as Event)
    expect(page.find('.detail .open').getAttribute('href')).toBe(
      'idea://open?file=/home/me/shop/src/orders.ts&line=39&column=64',
    )
    expect(page.window.localStorage.getItem('pg-loupe.folder')).toBe('/home/me/shop')
  })
})

describe('compared with a base report', () => {
  const comparison = compareReports(createProfiler().analyze([prices, slower]), report)

  test('the page shows new, fixed and unseen findings', async (t) => {
    const page = await openPage(t, report, { comparison, hash: '#view=changes' })
    expect(page.text('.changes')).toContain('1 new, 0 grown, 0 fixed, 1 not seen')
    expect(page.texts('.changes h3')).toEqual(['New (1)', 'Not seen: their route did not run (1)'])
    expect(page.texts('.changes .route')).toEqual(['GET /orders', 'GET /slower'])
    expect(page.errors).toEqual([])
  })

  test('findings of the list are marked, and without a base report there is no such view', async (t) => {
    const page = await openPage(t, report, { comparison })
    expect(page.texts('#findings .chip')).toEqual(['new'])
    const alone = await openPage(t, report, { hash: '#view=changes' })
    expect(alone.texts('.tab').join()).not.toContain('Changes')
    expect(alone.all('#findings .list-row')).toHaveLength(report.findings.length)
  })
})

test('traces without queries are hidden, and counted', async (t) => {
  const empty = [trace('GET /static'), { ...trace('GET /static'), id: 'http GET /static #2' }]
  const all = [...traces, ...empty]
  const page = await openPage(t, createProfiler().analyze(all), { traces: all, hash: '#view=traces' })
  expect(page.text('.traces .found')).toBe('3 traces · 2 without queries hidden')
  expect(page.texts('#traces .trace-id')).toHaveLength(3)
})

describe('an address', () => {
  test('shows the finding it names, also one that the filters hide', async (t) => {
    const last = report.findings.at(-1) as Finding
    const hash = `#finding=${encodeURIComponent(last.key)}&severity=error`
    const page = await openPage(t, report, { hash })
    expect(page.text('.detail h2')).toContain(titleOf(last))
  })

  test('shows the route it names with its findings and traces', async (t) => {
    const page = await openPage(t, report, { traces, hash: '#route=GET%20%2Forders' })
    expect(page.text('.route-name')).toBe('GET /orders')
    expect(page.texts('.route-detail .title')).toContain(titleOf(nPlusOne))
    expect(page.texts('.route-detail .trace-id')).toEqual(['GET /orders #1'])
  })

  test('shows the trace it names with the queries of the finding it names', async (t) => {
    const key = encodeURIComponent(nPlusOne?.key ?? '')
    const page = await openPage(t, report, {
      traces,
      hash: `#trace=http%20GET%20%2Forders%20%231&finding=${key}`,
    })
    const rows = page.all('#queries .query')
    expect(rows.map((row) => row.classList.contains('marked'))).toEqual([false, true, true, true, true])
    const links = page.all('#queries .link').map(({ className }) => className.trim())
    expect(links).toEqual(['link from first', 'link to', 'link to', 'link to', 'link to last'])
  })

  test('that was followed can be shared, because it contains the selection', async (t) => {
    const page = await openPage(t, report, { traces })
    page.press('#findings', 'ArrowDown')
    const { hash } = page.window.location
    expect(new URLSearchParams(hash.slice(1)).get('finding')).toBe(report.findings[1]?.key)
    const shared = await openPage(t, report, { traces, hash })
    expect(shared.text('.detail h2')).toContain(titleOf(report.findings[1]))
  })

  test.for([
    ['#finding=gone', 'This report has no finding gone'],
    ['#route=gone', 'This report has no such route.'],
    ['#trace=gone', 'This page does not contain the trace gone'],
    ['#%E0%A4%A&&=&severity=,x&finding=__proto__', 'This report has no finding __proto__'],
  ] as const)('%s, for something that does not exist, says so', async ([hash, words], t) => {
    const page = await openPage(t, report, { traces, hash })
    expect(page.text('main')).toContain(words)
    expect(page.errors).toEqual([])
  })

  test('changes the page when it changes', async (t) => {
    const page = await openPage(t, report, { traces })
    await page.goTo('#view=routes')
    expect(page.texts('.routes tbody th')).toEqual(['GET /orders', 'GET /prices', 'GET /quiet'])
    await page.goTo('#trace=http%20GET%20%2Fprices%20%231')
    expect(page.text('.trace-heading h2')).toContain('GET /prices')
  })
})

describe('a trace', () => {
  const hash = '#trace=http%20GET%20%2Forders%20%231'

  test('shows each query with its statement, line, rows, time, connection and transaction', async (t) => {
    const page = await openPage(t, report, { traces, hash })
    const second = page.all('#queries .query')[1]?.textContent
    for (const part of ['select name from customers', 'orders.ts:39', 'c1 t2', '0.5 ms'])
      expect(second).toContain(part)
    page.click('#queries .query', '2')
    const detail = page.text('.query-detail')
    expect(detail).toContain('waits 0.1 ms for a connection')
    expect(detail).toContain('was in customer_id of query 1 (4 rows)')
    expect(detail).toContain('from src/routes.ts:8:2')
    expect(detail).toContain('transaction 2')
  })

  test('shows waiting and execution on the time axis', async (t) => {
    const page = await openPage(t, report, { traces, hash })
    const place = (selector: string) => {
      const { style } = page.find(`#queries .query:nth-child(2) ${selector}`)
      return ['--from', '--size'].map((name) => Number.parseFloat(style.getPropertyValue(name)))
    }
    const total = 4 + 0.1 + 0.5
    expect(place('.wait')[0]).toBeCloseTo(100 / total)
    expect(place('.run')[0]).toBeCloseTo((100 * 1.1) / total)
    expect(place('.run')[1]).toBeCloseTo((100 * 0.5) / total)
  })

  test('with ten thousand queries draws only the visible ones', async (t) => {
    const long = trace(
      'GET /long',
      each(Array.from({ length: 10_000 }), () => q('select 1')),
    )
    const page = await openPage(t, report, { traces: [long], hash: '#view=traces' })
    expect(page.find('#queries .list-row').getAttribute('aria-setsize')).toBe('10000')
    expect(page.all('#queries .list-row').length).toBeLessThan(60)
  })

  test('says so when the queries of a finding were not kept', async (t) => {
    const other = { ...orders, id: 'http GET /orders #57' }
    const page = await openPage(t, report, { traces: [other], hash: '#view=traces' })
    expect(page.text('.trace-heading')).toContain('was not kept for this trace')
    expect(page.all('#queries .marked')).toEqual([])
    const kept = { [nPlusOne?.key ?? '']: [{ trace: other.id, queries: [1, 2, 3, 4], parent: 0 }] }
    const marked = await openPage(t, report, { traces: [other], occurrences: kept, hash: '#view=traces' })
    expect(marked.all('#queries .marked')).toHaveLength(4)
  })

  test('without times shows its queries in their order', async (t) => {
    const bare = { ...quiet, queries: [{ sql: 'select 1' }, { sql: 'select 2' }] }
    const page = await openPage(t, report, { traces: [bare], hash: '#view=traces' })
    expect(page.texts('#queries .statement')).toEqual(['select 0', 'select 0'])
    expect(page.errors).toEqual([])
  })
})

describe('by keyboard', () => {
  test('a slash focuses the search, an arrow leads from there to the list, and Enter opens', async (t) => {
    const page = await openPage(t, report, { traces })
    page.press('body', '/')
    expect(page.window.document.activeElement?.id).toBe('search')
    page.press('#search', 'ArrowDown')
    expect(page.window.document.activeElement?.id).toBe('findings')
    page.press('#findings', 'ArrowDown')
    page.press('#findings', 'Enter')
    expect(page.text('#findings [aria-selected=true] .title')).toBe(titleOf(report.findings[1]))
    const active = page.find('#findings').getAttribute('aria-activedescendant')
    expect(page.find(`#${active}`).getAttribute('aria-selected')).toBe('true')
  })

  test('j and k move through the list, and a question mark shows the keys, while nothing has the focus', async (t) => {
    const page = await openPage(t, report, { traces })
    const chosen = () => page.text('#findings [aria-selected=true] .title')
    page.press('body', 'j')
    expect(chosen()).toBe(titleOf(report.findings[1]))
    page.press('body', 'k')
    expect(chosen()).toBe(titleOf(report.findings[0]))
    page.press('body', 'ArrowDown')
    expect(chosen()).toBe(titleOf(report.findings[1]))
    page.press('body', '?')
    expect(page.find('dialog[open]').getAttribute('aria-label')).toBe('Keys')
    page.press('body', 'k')
    expect(chosen()).toBe(titleOf(report.findings[1]))
  })

  test('typed letters and keys with Ctrl do not move the selection', async (t) => {
    const page = await openPage(t, report, { traces })
    page.press('#search', 'j')
    page.find('body').dispatchEvent(
      new page.window.KeyboardEvent('keydown', {
        key: 'j',
        ctrlKey: true,
        bubbles: true,
      }) as unknown as Event,
    )
    expect(page.text('#findings [aria-selected=true] .title')).toBe(titleOf(report.findings[0]))
  })

  test('Esc goes back from a route to all routes, from a trace to its finding, and clears the filters', async (t) => {
    const page = await openPage(t, report, { traces, hash: '#route=GET%20%2Forders' })
    page.press('body', 'Escape')
    expect(page.window.location.hash).toBe('#view=routes')
    const key = encodeURIComponent(nPlusOne?.key ?? '')
    await page.goTo(`#trace=http%20GET%20%2Forders%20%231&finding=${key}`)
    page.press('body', 'Escape')
    expect(new URLSearchParams(page.window.location.hash.slice(1)).get('trace')).toBeNull()
    expect(page.text('.detail h2')).toContain(titleOf(nPlusOne))
    await page.goTo('#severity=warning&search=prices')
    page.press('body', 'Escape')
    expect(page.texts('#findings .title')).toHaveLength(report.findings.length)
  })

  test('a slash that is typed into the search is a slash', async (t) => {
    const page = await openPage(t, report)
    const event = new page.window.KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true })
    page.find('#search').dispatchEvent(event as unknown as Event)
    expect(event.defaultPrevented).toBe(false)
  })
})

test('routes sort by each column, either way', async (t) => {
  const page = await openPage(t, report, { traces, hash: '#view=routes' })
  page.click('.routes thead button', 'Queries')
  expect(page.texts('.routes tbody th')).toEqual(['GET /orders', 'GET /prices', 'GET /quiet'])
  page.click('.routes thead button', 'Queries')
  expect(page.texts('.routes tbody th')).toEqual(['GET /quiet', 'GET /prices', 'GET /orders'])
  page.click('.routes thead button', 'Route')
  expect(page.find('.routes thead th').getAttribute('aria-sort')).toBe('ascending')
})

test('without traces there is no view of them, and the findings say so', async (t) => {
  const page = await openPage(t, report)
  expect(page.texts('.tab')).toEqual([`Findings ${report.findings.length}`, 'Routes 3'])
  expect(page.text('.detail')).toContain('This page was made without traces.')
})

test('the theme goes from that of the system to light and dark', async (t) => {
  const page = await openPage(t, report)
  const themes = [0, 1, 2].map(() => {
    page.click('.theme')
    return page.window.document.documentElement.dataset.theme
  })
  expect(themes).toEqual(['light', 'dark', undefined])
})

test('the printed page contains the shown findings in full, and is removed afterwards', async (t) => {
  const page = await openPage(t, report)
  await page.search('orders.ts:39')
  page.window.dispatchEvent(new page.window.Event('beforeprint'))
  expect(page.texts('.printed h2')).toHaveLength(1)
  expect(page.text('.printed')).toContain(nPlusOne?.fix)
  page.window.dispatchEvent(new page.window.Event('afterprint'))
  expect(page.all('.printed')).toEqual([])
})

describe('hostile text', () => {
  const hostile = `</script><script>window.owned = 1</script><img src=x onerror="window.owned = 1"><!--<script>\u202Etxt\u0000'"`
  const finding: Finding = {
    ...(nPlusOne as Finding),
    detector: hostile,
    title: hostile,
    detail: hostile,
    remediation: hostile,
    fix: hostile,
    key: hostile,
    route: hostile,
    callSite: [{ file: hostile, line: 1, function: hostile }],
    occurrences: [{ trace: hostile, queries: [0, 99_999], parent: 70_000 }],
    evidence: [{ label: hostile, text: hostile, callSite: { file: hostile, line: 1 } }],
  }
  const [route] = report.routes
  const owned: Report = {
    ...report,
    findings: [finding],
    routes: [{ ...(route as RouteSummary), name: hostile }],
  }
  const bad = { ...quiet, id: hostile, name: hostile, labels: { status: hostile } }
  const query = { sql: `select "${hostile}"`, via: hostile, prepared: hostile, error: hostile }
  const badTraces = [{ ...bad, queries: [{ ...query, callSite: finding.callSite }] }]
  const link = encodeURIComponent(hostile)

  test.for([
    '',
    `#finding=${link}`,
    `#route=${link}`,
    `#trace=${link}&finding=${link}`,
    '#view=routes',
    '#view=traces',
    `#search=${link}`,
    `#finding=gone${link}`,
  ])('stays text: %s', async (hash, t) => {
    const page = await openPage(t, owned, { traces: badTraces, hash })
    expect(page.errors).toEqual([])
    expect((page.window as unknown as { owned?: number }).owned).toBeUndefined()
    expect(page.all('body script, body img')).toEqual([])
    expect(page.text('body')).toContain('<img src=x onerror=')
    expect(page.text('body')).not.toMatch(/\u202E|\0/)
  })
})
