// The routes as a table, and the selected one with its findings and traces.

import { findingLine } from './finding-line.ts'
import { milliseconds, plural } from './number-text.ts'
import type { Page, View } from './page.ts'
import { routeFacts } from './route-facts.ts'
import { routesTable, type TableRoute } from './routes-table.ts'
import { traceLabel } from './trace-label.ts'
import { traceStrip } from './trace-strip.ts'

export function routesView(page: Page): View {
  const { make, data } = page
  const tableRoutes = data.routes.map((route) => ({ ...route, found: tallyOf(page, route.name) }))
  const table = routesTable(page)
  const detail = make('div', { class: 'route-detail' })
  const element = make('div', { class: 'single' }, table.element, detail)

  const findingList = (name: string) => {
    /** Maximum number of findings here. The list of findings shows all of them. */
    const most = 50
    const findings = page.findingsOf.get(name) ?? []
    if (findings.length === 0) return make('p', { class: 'quiet' }, 'No detector found anything in it.')
    return make(
      'div',
      null,
      make(
        'ul',
        { class: 'cards' },
        findings
          .slice(0, most)
          .map((finding) =>
            make(
              'li',
              null,
              make('a', { href: page.link({ view: 'findings', finding: finding.key }) }, [
                findingLine(page, finding, { note: finding.detector }),
              ]),
            ),
          ),
      ),
      make(
        'a',
        { href: page.link({ view: 'findings', finding: undefined, on: name }) },
        'Show them as a list',
      ),
    )
  }

  const traceList = (name: string) => {
    const traces = data.traces.filter((trace) => trace.name === name)
    if (traces.length === 0) return make('p', { class: 'quiet' }, 'None of its traces is in this page.')
    return make(
      'ul',
      { class: 'cards' },
      traces.map((trace) =>
        make(
          'li',
          null,
          make(
            'a',
            { class: 'trace-line', href: page.link({ view: 'traces', trace: trace.id, finding: undefined }) },
            [
              make('span', { class: 'trace-id' }, traceLabel(trace)),
              make(
                'span',
                { class: 'quiet' },
                `${plural(trace.queries.length, 'query', 'queries')}, ${milliseconds(trace.durationMs)}`,
              ),
              traceStrip(page, trace, page.marks.get(trace.id) ?? []),
            ],
          ),
        ),
      ),
    )
  }

  const drawDetail = (name: string) => {
    const route = data.routes.find((one) => one.name === name)
    detail.replaceChildren(
      make('a', { class: 'back always', href: page.link({ route: undefined }) }, '‹ All routes'),
      make('h2', { class: 'route-name' }, name),
      route ? routeFacts(page, route) : make('p', { class: 'quiet' }, 'This report has no such route.'),
      make('h3', null, 'Findings'),
      findingList(name),
      make('h3', null, 'Traces'),
      traceList(name),
    )
    detail.scrollTop = 0
  }

  let drawn = false
  let drawnSearch = ''
  return {
    element,
    update() {
      const { route, search: words } = page.address
      table.element.hidden = route !== undefined
      detail.hidden = route === undefined
      if (route !== undefined) drawDetail(route)
      else if (!drawn || words !== drawnSearch) {
        drawn = true
        drawnSearch = words
        table.show(tableRoutes, words)
      }
    },
  }
}

function tallyOf(page: Page, route: string): TableRoute['found'] {
  const found = { error: 0, warning: 0, info: 0 }
  for (const { severity } of page.findingsOf.get(route) ?? []) found[severity]++
  return found
}
