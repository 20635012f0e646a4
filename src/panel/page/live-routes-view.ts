// The routes with their statistics since the panel started, and the selected one with its latest requests.
import { routeFacts } from '../../report/reporters/html/client/route-facts.ts'
import { routesTable, type TableRoute } from '../../report/reporters/html/client/routes-table.ts'
import type { RequestRow } from '../panel-api.ts'
import { captureButton } from './capture-button.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { requestLine } from './request-line.ts'

/** Statistics that change faster cannot be read. */
const REFRESH_MS = 2000
const LISTED_REQUESTS = 10

export function liveRoutesView(page: LivePage): LiveView {
  const { make, window } = page
  const table = routesTable(page)
  const detail = make('div', { class: 'route-detail', tabindex: 0, role: 'region', 'aria-label': 'Route' })
  const element = make('div', { class: 'single' }, table.element, detail)
  let routes: readonly TableRoute[] = []
  let isShown = false
  let timer: number | undefined

  const drawTable = (isNew: boolean) => {
    const { search } = page.address
    if (isNew) table.show(routes, search)
    else table.refresh(routes, search)
  }

  const drawDetail = (name: string, requests: readonly RequestRow[]) => {
    const route = routes.find((one) => one.name === name)
    detail.replaceChildren(
      make('a', { class: 'back always', href: page.link({ route: undefined }) }, '‹ All routes'),
      make('h2', { class: 'route-name' }, name),
      route
        ? routeFacts(page, route)
        : make('p', { class: 'quiet' }, 'No request of this route since the panel started.'),
      captureButton(page, name),
      make('h3', null, 'Latest requests'),
      make(
        'ul',
        { class: 'cards' },
        requests.map((row) =>
          make(
            'li',
            null,
            make('a', { href: page.link({ view: 'traces', trace: row.id }) }, requestLine(page, row)),
          ),
        ),
      ),
      make(
        'p',
        null,
        make('a', { href: page.link({ view: 'traces', route: undefined, on: name }) }, 'All its requests'),
        ' · ',
        make('a', { href: page.link({ view: 'findings', route: undefined, on: name }) }, 'Its findings'),
      ),
    )
  }

  let asked = 0
  const load = async (isNew: boolean) => {
    const number = ++asked
    const { route } = page.address
    const [answer, requests] = await Promise.all([
      page.api.pageRoutes(),
      route === undefined ? [] : page.api.requests({ route, limit: LISTED_REQUESTS }),
    ])
    if (number !== asked || !isShown) return
    routes = answer
    if (route === undefined) drawTable(isNew)
    // A button or link that has the focus would lose it.
    else if (isNew || !detail.contains(window.document.activeElement)) drawDetail(route, requests)
  }

  page.hear('requests', () => {
    if (!isShown || timer !== undefined) return
    timer = window.setTimeout(() => {
      timer = undefined
      if (isShown && !table.element.contains(window.document.activeElement)) load(false).catch(page.fail)
    }, REFRESH_MS)
  })

  let drawn: string | undefined
  return {
    element,
    update() {
      const { route, search } = page.address
      table.element.hidden = route !== undefined
      detail.hidden = route === undefined
      const wanted = JSON.stringify([route])
      if (!isShown || wanted !== drawn) {
        isShown = true
        load(true).catch(page.fail)
      } else if (route === undefined) table.refresh(routes, search)
      drawn = wanted
    },
    leave() {
      isShown = false
    },
  }
}
