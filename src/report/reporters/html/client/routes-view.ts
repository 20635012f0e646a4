// The routes as a table that can be sorted by any column, and the selected one with its findings and traces.

import type { RouteSummary } from '../../../../types/report.ts'
import { SEVERITIES } from '../../../../worst-first.ts'
import { findingLine } from './finding-line.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Page, View } from './page.ts'
import { textSearch } from './text-search.ts'
import { traceLabel } from './trace-label.ts'
import { traceStrip } from './trace-strip.ts'

export function routesView(page: Page): View {
  const { make, data } = page
  const marks = { error: '✖', warning: '▲', info: '●' } as const

  const findingsOf = ({ name }: RouteSummary) => page.findingsOf.get(name) ?? []
  /** Errors sort before any number of warnings. */
  const weight = (route: RouteSummary) =>
    findingsOf(route).reduce((sum, { severity }) => sum + { error: 1e8, warning: 1e4, info: 1 }[severity], 0)
  const columns: { label: string; value?: (route: RouteSummary) => number }[] = [
    { label: 'Route' },
    { label: 'Findings', value: weight },
    { label: 'Traces', value: ({ traces }) => traces },
    { label: 'Queries', value: ({ queries }) => queries.max },
    { label: 'Time', value: ({ durationMs }) => durationMs.median },
    { label: 'In queries', value: ({ databaseMs }) => databaseMs.median },
  ]
  let sortedBy = columns[1] ?? { label: '' }
  let upwards = false

  const bar = (value: number, most: number, text: string) =>
    make('span', { class: 'measure', '--part': `${(100 * value) / (most || 1)}%` }, text)

  const found = (route: RouteSummary) =>
    SEVERITIES.map((severity) => {
      const number = findingsOf(route).filter((finding) => finding.severity === severity).length
      return (
        number > 0 &&
        make(
          'span',
          { class: `tally ${severity}` },
          make(
            'span',
            { class: 'mark', role: 'img', 'aria-label': plural(number, severity, `${severity}s`) },
            marks[severity],
          ),
          count(number),
        )
      )
    })

  const queriesText = ({ queries: { min, max } }: RouteSummary) =>
    min === max ? count(max) : `${count(min)} – ${count(max)}`

  const row = (route: RouteSummary, most: { queries: number; time: number }) =>
    make(
      'tr',
      null,
      make(
        'th',
        { scope: 'row' },
        make('a', { href: page.link({ view: 'routes', route: route.name }) }, route.name),
      ),
      make('td', null, found(route)),
      make('td', null, count(route.traces)),
      make('td', null, bar(route.queries.max, most.queries, queriesText(route))),
      make('td', null, bar(route.durationMs.median, most.time, milliseconds(route.durationMs.median))),
      make('td', null, bar(route.databaseMs.median, most.time, milliseconds(route.databaseMs.median))),
    )

  const body = make('tbody')
  const heads = columns.map((column) =>
    make(
      'th',
      { scope: 'col' },
      make('button', { type: 'button', click: () => sortBy(column) }, column.label),
    ),
  )
  const search = textSearch(data.routes, ({ name }) => [name])
  const nothing = make('p', { class: 'nothing' }, 'No route matches.')

  const drawRows = () => {
    const routes = [...search(page.address.search)]
    const { value } = sortedBy
    const byName = (a: RouteSummary, b: RouteSummary) => (a.name < b.name ? -1 : 1)
    routes.sort((a, b) => (value ? (value(a) - value(b)) * (upwards ? 1 : -1) || byName(a, b) : byName(a, b)))
    if (!value && !upwards) routes.reverse()
    const most = {
      queries: Math.max(1, ...data.routes.map(({ queries }) => queries.max)),
      time: Math.max(1, ...data.routes.map(({ durationMs }) => durationMs.median)),
    }
    body.replaceChildren(...routes.map((route) => row(route, most)))
    nothing.hidden = routes.length > 0
    columns.forEach((column, index) => {
      const order = upwards ? 'ascending' : 'descending'
      heads[index]?.setAttribute('aria-sort', column === sortedBy ? order : 'none')
    })
  }

  const sortBy = (column: (typeof columns)[number]) => {
    upwards = column === sortedBy ? !upwards : column.value === undefined
    sortedBy = column
    drawRows()
  }

  const table = make('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Routes' }, [
    make('table', { class: 'routes' }, make('thead', null, make('tr', null, heads)), body),
    nothing,
  ])
  const detail = make('div', { class: 'route-detail' })
  const element = make('div', { class: 'single' }, table, detail)

  const fact = (label: string, text: string) =>
    make('div', { class: 'fact' }, make('dt', null, label), make('dd', null, text))

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
    const from = (spread: RouteSummary['queries'], text: (value: number) => string) =>
      spread.min === spread.max
        ? text(spread.max)
        : `${text(spread.median)} (${text(spread.min)} to ${text(spread.max)})`
    detail.replaceChildren(
      make('a', { class: 'back always', href: page.link({ route: undefined }) }, '‹ All routes'),
      make('h2', { class: 'route-name' }, name),
      route
        ? make(
            'dl',
            { class: 'facts' },
            fact('Traces', count(route.traces)),
            fact('Queries', from(route.queries, count)),
            fact('Time', from(route.durationMs, milliseconds)),
            fact('In queries', from(route.databaseMs, milliseconds)),
          )
        : make('p', { class: 'quiet' }, 'This report has no such route.'),
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
      table.hidden = route !== undefined
      detail.hidden = route === undefined
      if (route !== undefined) drawDetail(route)
      else if (!drawn || words !== drawnSearch) {
        drawn = true
        drawnSearch = words
        drawRows()
      }
    },
  }
}
