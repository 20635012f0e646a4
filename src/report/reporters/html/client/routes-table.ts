// The routes as a table that can be sorted by any column.
import type { Severity } from '../../../../types/finding.ts'
import type { RouteSummary } from '../../../../types/report.ts'
import { SEVERITIES } from '../../../../worst-first.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Page } from './page.ts'
import { textSearch } from './text-search.ts'

export interface TableRoute extends RouteSummary {
  /** Number of its findings by severity. */
  found: Readonly<Record<Severity, number>>
}

const MARKS = { error: '✖', warning: '▲', info: '●' } as const
/** Errors sort before any number of warnings. */
const WEIGHTS = { error: 1e8, warning: 1e4, info: 1 } as const

interface Column {
  label: string
  value?: (route: TableRoute) => number
}

const COLUMNS: readonly Column[] = [
  { label: 'Route' },
  {
    label: 'Findings',
    value: ({ found }) => SEVERITIES.reduce((sum, severity) => sum + found[severity] * WEIGHTS[severity], 0),
  },
  { label: 'Traces', value: ({ traces }) => traces },
  { label: 'Queries', value: ({ queries }) => queries.max },
  { label: 'Time', value: ({ durationMs }) => durationMs.median },
  { label: 'In queries', value: ({ databaseMs }) => databaseMs.median },
]

export interface RoutesTable {
  element: HTMLElement
  /** Shows the routes in the order that the reader chose. */
  show(routes: readonly TableRoute[], search: string): void
  /** Shows new numbers where the routes are, and new routes below them, so that nothing moves. */
  refresh(routes: readonly TableRoute[], search: string): void
}

export function routesTable({ make, link }: Pick<Page, 'make' | 'link'>): RoutesTable {
  let routes: readonly TableRoute[] = []
  let search = ''
  let order: string[] = []
  let sortedBy = COLUMNS[1] as Column
  let upwards = false

  const bar = (value: number, most: number, text: string) =>
    make('span', { class: 'measure', '--part': `${(100 * value) / (most || 1)}%` }, text)

  const tallies = ({ found }: TableRoute) =>
    SEVERITIES.map(
      (severity) =>
        found[severity] > 0 &&
        make(
          'span',
          { class: `tally ${severity}` },
          make(
            'span',
            { class: 'mark', role: 'img', 'aria-label': plural(found[severity], severity, `${severity}s`) },
            MARKS[severity],
          ),
          count(found[severity]),
        ),
    )

  const queriesText = ({ queries: { min, max } }: TableRoute) =>
    min === max ? count(max) : `${count(min)} – ${count(max)}`

  const row = (route: TableRoute, most: { queries: number; time: number }) =>
    make(
      'tr',
      null,
      make(
        'th',
        { scope: 'row' },
        make('a', { href: link({ view: 'routes', route: route.name }) }, route.name),
      ),
      make('td', null, tallies(route)),
      make('td', null, count(route.traces)),
      make('td', null, bar(route.queries.max, most.queries, queriesText(route))),
      make('td', null, bar(route.durationMs.median, most.time, milliseconds(route.durationMs.median))),
      make('td', null, bar(route.databaseMs.median, most.time, milliseconds(route.databaseMs.median))),
    )

  const body = make('tbody')
  const nothing = make('p', { class: 'nothing' }, 'No route matches.')
  const heads = COLUMNS.map((column) =>
    make(
      'th',
      { scope: 'col' },
      make('button', { type: 'button', click: () => sortBy(column) }, column.label),
    ),
  )
  const element = make(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Routes' },
    make('table', { class: 'routes' }, make('thead', null, make('tr', null, heads)), body),
    nothing,
  )

  const sorted = (): TableRoute[] => {
    const { value } = sortedBy
    const byName = (a: RouteSummary, b: RouteSummary) => (a.name < b.name ? -1 : 1)
    const ordered = [...routes].sort((a, b) =>
      value ? (value(a) - value(b)) * (upwards ? 1 : -1) || byName(a, b) : byName(a, b),
    )
    return !value && !upwards ? ordered.reverse() : ordered
  }

  const inOrder = (): TableRoute[] => {
    const byName = new Map(routes.map((route) => [route.name, route]))
    const known = order.flatMap((name) => byName.get(name) ?? [])
    const shown = new Set(order)
    return [...known, ...routes.filter(({ name }) => !shown.has(name))]
  }

  const draw = (ordered: readonly TableRoute[]) => {
    order = ordered.map(({ name }) => name)
    const shown = textSearch(ordered, ({ name }) => [name])(search)
    const most = {
      queries: Math.max(1, ...routes.map(({ queries }) => queries.max)),
      time: Math.max(1, ...routes.map(({ durationMs }) => durationMs.median)),
    }
    body.replaceChildren(...shown.map((route) => row(route, most)))
    nothing.hidden = shown.length > 0
    COLUMNS.forEach((column, index) => {
      const direction = upwards ? 'ascending' : 'descending'
      heads[index]?.setAttribute('aria-sort', column === sortedBy ? direction : 'none')
    })
  }

  const sortBy = (column: Column) => {
    upwards = column === sortedBy ? !upwards : column.value === undefined
    sortedBy = column
    draw(sorted())
  }

  return {
    element,
    show(some, words) {
      routes = some
      search = words
      draw(sorted())
    },
    refresh(some, words) {
      routes = some
      search = words
      draw(inOrder())
    },
  }
}
