// Builds the page and keeps it in step with its address.
import type { PageData, PageFinding } from '../page-data.ts'
import { formatAddress, parseAddress } from './address-text.ts'
import { changesView } from './changes-view.ts'
import { type EditorChoice, editorChoice } from './editor-choice.ts'
import { elementMaker } from './element-maker.ts'
import { findingFilter } from './finding-filter.ts'
import { findingsView } from './findings-view.ts'
import { keyHelp } from './key-help.ts'
import { count, plural } from './number-text.ts'
import { openButton } from './open-button.ts'
import type { Address, Mark, Page, View } from './page.ts'
import { pageHeader } from './page-header.ts'
import { pageKeys } from './page-keys.ts'
import { printedPage } from './printed-page.ts'
import { relatedFindings } from './related-findings.ts'
import { routesView } from './routes-view.ts'
import { shownGroups } from './shown-groups.ts'
import { tracesView } from './traces-view.ts'

export function startPage(window: Window & typeof globalThis): void {
  const { document, location, history } = window
  const make = elementMaker(document)
  const data = JSON.parse(document.getElementById('report')?.textContent ?? '') as PageData
  const filter = findingFilter(data.findings)
  /** Keys typed within this time are one search. */
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
    groups: shownGroups(data, data.findings),
    changeOf: new Map([
      ...(data.compared?.grown ?? []).map(({ key }) => [key, 'grown'] as const),
      ...(data.compared?.new ?? []).map((key) => [key, 'new'] as const),
    ]),
    editorVersion: 0,
    relatedTo: relatedFindings(data),
    openButton: (frame) => openButton(make, editor, frame),
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

  const editor: EditorChoice = editorChoice(page, () => {
    page.editorVersion++
    follow()
  })
  const help = keyHelp(page)
  const views: Partial<Record<Address['view'], View>> = {
    findings: findingsView(page),
    routes: routesView(page),
    traces: tracesView(page),
    ...(data.compared ? { changes: changesView(page) } : {}),
  }
  const { new: added = [], grown = [], fixed = [], unseen = [] } = data.compared ?? {}
  const changes = added.length + grown.length + fixed.length + unseen.length
  const tabs = [
    { view: 'findings' as const, text: 'Findings', number: data.findings.length },
    { view: 'routes' as const, text: 'Routes', number: data.routes.length },
    { view: 'traces' as const, text: 'Traces', number: data.traces.length },
    { view: 'changes' as const, text: 'Changes', number: changes },
  ].filter(({ view, number }) => (view === 'changes' ? data.compared : view !== 'traces' || number > 0))
  const header = pageHeader(page, {
    title: `pg-loupe ${data.version}`,
    tabs: tabs.map(({ text, number }) => [text, ' ', make('span', { class: 'tab-count' }, count(number))]),
    totals: `${plural(data.queryCount, 'query', 'queries')} in ${plural(data.traceCount, 'trace', 'traces')}`,
    searches: 'Search in findings, routes, statements and lines',
    typingMs,
    typed(words) {
      page.go({ search: words }, true)
      if (page.address.view === 'findings') page.say(plural(page.shown.length, 'finding', 'findings'))
    },
    help,
  })
  const { search } = header

  const content = make('main', { class: 'content' })
  const leftOut = data.leftOut.length > 0 && make('p', { class: 'left-out' }, data.leftOut.join(' '))
  document.body.replaceChildren(
    make('div', { class: 'app' }, header.element, content, leftOut, announcer, help.element, editor.element),
  )

  const follow = () => {
    page.address = parseAddress(location.hash)
    const { view, finding, route, trace } = page.address
    page.shown = filter(page.address)
    page.groups = shownGroups(data, page.shown)
    const away = { route: undefined, trace: undefined, ...(view === 'traces' ? { finding: undefined } : {}) }
    header.show(
      tabs.map((tab) => page.link({ ...away, view: tab.view })),
      tabs.findIndex((tab) => tab.view === view),
      page.address.search,
    )
    const shown = views[view] ?? (views.findings as View)
    if (shown.element.parentNode !== content) content.replaceChildren(shown.element)
    shown.update()
    const subject =
      view === 'findings' ? page.findings.get(finding ?? '')?.title : view === 'routes' ? route : trace
    document.title = `${subject ? `${subject} – ` : ''}pg-loupe`
  }

  /** Goes one step back. Returns whether there was one. */
  const stepBack = (): boolean => {
    const { view, finding, route, trace, severities, detector, on, search: words } = page.address
    if (view === 'routes' && route) page.go({ route: undefined })
    else if (view === 'traces' && trace && finding) page.go({ view: 'findings', trace: undefined })
    else if (view === 'traces' && trace && page.isNarrow()) page.go({ trace: undefined })
    else if (view === 'findings' && finding && page.isNarrow()) page.go({ finding: undefined })
    else if (words || severities.length > 0 || detector || on) {
      search.value = ''
      page.go({ search: '', severities: [], detector: '', on: '' })
    } else return false
    return true
  }

  const onKey = pageKeys(document, {
    search,
    content,
    tabs: header.tabLinks,
    help,
    list: () => views[page.address.view]?.list,
    stepBack,
    clearSearch: () => page.go({ search: '' }, true),
  })

  const print = () => document.body.append(printedPage(page))
  const printed = () => document.querySelector('.printed')?.remove()

  window.addEventListener('hashchange', follow)
  window.addEventListener('keydown', onKey)
  window.addEventListener('beforeprint', print)
  window.addEventListener('afterprint', printed)
  search.value = page.address.search
  follow()
}
