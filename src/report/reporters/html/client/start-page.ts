// Puts the page together and keeps it in step with its address.
import type { PageData, PageFinding } from '../page-data.ts'
import { formatAddress, parseAddress } from './address-text.ts'
import { elementMaker } from './element-maker.ts'
import { findingFilter } from './finding-filter.ts'
import { findingsView } from './findings-view.ts'
import { count, plural } from './number-text.ts'
import type { Address, Mark, Page, View } from './page.ts'
import { printedPage } from './printed-page.ts'
import { routesView } from './routes-view.ts'
import { themeButton } from './theme-button.ts'
import { tracesView } from './traces-view.ts'

export function startPage(window: Window & typeof globalThis): void {
  const { document, location, history } = window
  const make = elementMaker(document)
  const data = JSON.parse(document.getElementById('report')?.textContent ?? '') as PageData
  const filter = findingFilter(data.findings)
  /** Typing faster than this is one search. */
  const typingMs = 60

  const findingsOf = new Map<string, PageFinding[]>()
  const marks = new Map<string, Mark[]>()
  const addTo = <T>(lists: Map<string, T[]>, name: string, one: T) => {
    const list = lists.get(name)
    if (list) list.push(one)
    else lists.set(name, [one])
  }
  for (const finding of data.findings) {
    addTo(findingsOf, finding.route, finding)
    for (const { trace, queries, parent } of finding.occurrences) {
      if (queries) addTo(marks, trace, { finding, queries, parent })
    }
  }

  const announcer = make('p', { class: 'unseen', role: 'status' })
  const page: Page = {
    window,
    make,
    data,
    findings: new Map(data.findings.map((finding) => [finding.key, finding])),
    findingsOf,
    traces: new Map(data.traces.map((trace) => [trace.id, trace])),
    marks,
    address: parseAddress(location.hash),
    shown: data.findings,
    go(change, passing = false) {
      const hash = page.link(change)
      if (passing) history.replaceState(null, '', hash)
      else if (hash !== location.hash) history.pushState(null, '', hash)
      follow()
    },
    isNarrow: () => window.matchMedia('(max-width: 760px)').matches,
    link: (change) => formatAddress({ ...page.address, ...change }),
    say(text) {
      announcer.textContent = text
    },
  }

  const views: Record<Address['view'], View> = {
    findings: findingsView(page),
    routes: routesView(page),
    traces: tracesView(page),
  }
  const tabs = [
    { view: 'findings' as const, text: 'Findings', number: data.findings.length },
    { view: 'routes' as const, text: 'Routes', number: data.routes.length },
    { view: 'traces' as const, text: 'Traces', number: data.traces.length },
  ].filter(({ view, number }) => view !== 'traces' || number > 0)
  const tabLinks = tabs.map(({ text, number }) =>
    make('a', { class: 'tab' }, text, ' ', make('span', { class: 'tab-count' }, count(number))),
  )

  const search = make('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Search',
    'aria-label': 'Search in findings, routes, statements and lines',
    'aria-keyshortcuts': '/',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  let typing: number | undefined
  search.addEventListener('input', () => {
    window.clearTimeout(typing)
    typing = window.setTimeout(() => {
      page.go({ search: search.value }, true)
      if (page.address.view === 'findings') page.say(plural(page.shown.length, 'finding', 'findings'))
    }, typingMs)
  })

  const content = make('main', { class: 'content' })
  const leftOut = data.leftOut.length > 0 && make('p', { class: 'left-out' }, data.leftOut.join(' '))
  document.body.replaceChildren(
    make(
      'div',
      { class: 'app' },
      make(
        'header',
        { class: 'top' },
        make(
          'h1',
          { title: `pg-loupe ${data.version}` },
          make('span', { class: 'logo', 'aria-hidden': 'true' }),
          'pg-loupe',
        ),
        make('nav', { 'aria-label': 'Views' }, tabLinks),
        make(
          'p',
          { class: 'totals' },
          `${plural(data.queryCount, 'query', 'queries')} in ${plural(data.traceCount, 'trace', 'traces')}`,
        ),
        search,
        themeButton(page),
      ),
      content,
      leftOut,
      announcer,
    ),
  )

  const follow = () => {
    page.address = parseAddress(location.hash)
    const { view, finding, route, trace } = page.address
    page.shown = filter(page.address)
    tabs.forEach((tab, index) => {
      tabLinks[index]?.setAttribute(
        'href',
        page.link({
          view: tab.view,
          route: undefined,
          trace: undefined,
          ...(view === 'traces' ? { finding: undefined } : {}),
        }),
      )
      if (tab.view === view) tabLinks[index]?.setAttribute('aria-current', 'page')
      else tabLinks[index]?.removeAttribute('aria-current')
    })
    if (search.value !== page.address.search && document.activeElement !== search)
      search.value = page.address.search
    const { element } = views[view]
    if (element.parentNode !== content) content.replaceChildren(element)
    views[view].update()
    const subject =
      view === 'findings' ? page.findings.get(finding ?? '')?.title : view === 'routes' ? route : trace
    document.title = `${subject ? `${subject} – ` : ''}pg-loupe`
  }

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isTyping = (event.target as Element | null)?.matches?.('input, select, textarea')
    if (event.key === '/' && !isTyping) {
      event.preventDefault()
      search.focus()
      search.select()
    } else if (event.key === 'ArrowDown' && event.target === search) {
      event.preventDefault()
      content.querySelector<HTMLElement>('.list, .table-scroll')?.focus()
    } else if (event.key === 'Escape' && event.target === search) {
      search.value = ''
      page.go({ search: '' }, true)
    } else if (!isTyping && ['1', '2', '3'].includes(event.key)) {
      tabLinks[Number(event.key) - 1]?.click()
    }
  }

  const print = () => document.body.append(printedPage(page))
  const printed = () => document.querySelector('.printed')?.remove()

  window.addEventListener('hashchange', follow)
  window.addEventListener('keydown', onKey)
  window.addEventListener('beforeprint', print)
  window.addEventListener('afterprint', printed)
  search.value = page.address.search
  follow()
}
