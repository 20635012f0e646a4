// Builds the live page and keeps it in step with its address and with the news of the panel.
import { elementMaker } from '../../report/reporters/html/client/element-maker.ts'
import { keyHelp } from '../../report/reporters/html/client/key-help.ts'
import { plural } from '../../report/reporters/html/client/number-text.ts'
import { pageHeader } from '../../report/reporters/html/client/page-header.ts'
import { pageKeys } from '../../report/reporters/html/client/page-keys.ts'
import type { PageApi } from '../page-api.ts'
import type { PanelStatus } from '../panel-api.ts'
import { batchedNews } from './batched-news.ts'
import { compareView } from './compare-view.ts'
import { connectionBanner } from './connection-banner.ts'
import { droppedTexts } from './dropped-texts.ts'
import { keptRequests } from './kept-requests.ts'
import { formatLiveAddress, parseLiveAddress } from './live-address.ts'
import { liveFindingsView } from './live-findings-view.ts'
import type { LiveAddress, LivePage, LiveView } from './live-page.ts'
import { liveRoutesView } from './live-routes-view.ts'
import type { PanelNews } from './panel-client.ts'
import { requestRows } from './request-rows.ts'
import { requestsView } from './requests-view.ts'

/** `listen` starts to listen and tells the news until the page is closed. */
export function startLivePage(
  window: Window & typeof globalThis,
  api: PageApi,
  listen: (news: PanelNews) => void,
): void {
  const { document, location, history } = window
  const make = elementMaker(document)
  /** Keys typed within this time are one search. */
  const typingMs = 150
  const news = batchedNews(window)
  const announcer = make('p', { class: 'unseen', role: 'status' })
  const notice = make('div', { class: 'notice', role: 'alert', hidden: true })
  const kept = keptRequests(api)
  const banner = connectionBanner(make, api)

  const page: LivePage = {
    window,
    make,
    api,
    status: undefined,
    rows: requestRows(),
    data: NO_DATA,
    findings: new Map(),
    findingsOf: new Map(),
    traces: new Map(),
    marks: new Map(),
    address: parseLiveAddress(location.hash),
    shown: [],
    groups: [],
    changeOf: new Map(),
    editorVersion: 0,
    relatedTo: () => ({ sameLine: [], explains: [] }),
    finding: kept.finding,
    keep: kept.keep,
    request(id) {
      const answer = kept.request(id)
      answer.then(
        ({ request }) => page.address.trace === id && showTitle(request.route),
        () => {},
      )
      return answer
    },
    hear: news.hear,
    openButton(frame) {
      const target = kept.targetOf(frame)
      if (!target) return make('span')
      const open = () => void api.open(target).catch(page.fail)
      return make('button', { type: 'button', class: 'copy open', click: open }, 'Open')
    },
    go(change, passing = false) {
      const hash = page.link(change)
      if (passing) history.replaceState(null, '', hash)
      else if (hash !== location.hash) history.pushState(null, '', hash)
      follow()
    },
    isNarrow: () => window.matchMedia('(max-width: 760px)').matches,
    link: (change) => formatLiveAddress({ ...page.address, ...change }),
    say(text) {
      announcer.textContent = text
    },
    notify(message) {
      const close = () => {
        notice.hidden = true
      }
      notice.replaceChildren(
        make('span', null, message),
        make('button', { type: 'button', class: 'clear', click: close }, 'Close'),
      )
      notice.hidden = false
    },
    fail(error) {
      if (!banner.explains(error)) page.notify(error instanceof Error ? error.message : String(error))
    },
  }

  // These are heard first, so that the views find the state up to date.
  news.hear('status', (status) => {
    page.status = status
    showTotals(status)
  })
  news.hear('requests', (some) => {
    const { status } = page
    if (!status) return
    // The panel tells its counts seldom.
    const added = some.filter(({ number }) => number > status.newest)
    page.status = {
      ...status,
      requests: status.requests + added.length,
      withoutQueries: (status.withoutQueries ?? 0) + added.filter(({ queries }) => queries === 0).length,
      newest: added.at(-1)?.number ?? status.newest,
    }
    showTotals(page.status)
  })

  const views: Record<LiveAddress['view'], LiveView> = {
    traces: requestsView(page),
    findings: liveFindingsView(page),
    routes: liveRoutesView(page),
    changes: compareView(page),
  }
  const tabs = [
    { view: 'traces' as const, text: 'Requests' },
    { view: 'findings' as const, text: 'Findings' },
    { view: 'routes' as const, text: 'Routes' },
    { view: 'changes' as const, text: 'Compare' },
  ]
  const help = keyHelp(page, [
    [['p'], 'pause or continue the list of requests'],
    [['n'], 'show the new requests that wait'],
  ])
  const header = pageHeader(page, {
    tabs: tabs.map(({ text }) => [text]),
    totals: '',
    searches: 'Search in what is shown',
    typingMs,
    typed: (words) => page.go({ search: words }, true),
    help,
  })
  const { search, totals } = header

  const content = make('main', { class: 'content' })
  const leftOut = make('p', { class: 'left-out', hidden: true })
  document.body.replaceChildren(
    make(
      'div',
      { class: 'app' },
      header.element,
      banner.element,
      content,
      leftOut,
      notice,
      announcer,
      help.element,
    ),
  )

  const showTotals = (status: PanelStatus) => {
    const connected = status.processes.filter(({ isConnected }) => isConnected).length
    totals.textContent = `${plural(connected, 'process', 'processes')} · ${plural(status.requests, 'request', 'requests')}`
    const texts = droppedTexts(status)
    leftOut.hidden = texts.length === 0
    leftOut.textContent = texts.join(' ')
  }

  const showTitle = (subject: string | undefined) => {
    document.title = `${subject ? `${subject} – ` : ''}pg-loupe`
  }

  let shown: LiveView | undefined
  const follow = () => {
    page.address = parseLiveAddress(location.hash)
    const { view, finding, route, trace } = page.address
    header.show(
      tabs.map((tab) => page.link({ ...AWAY, view: tab.view })),
      tabs.findIndex((tab) => tab.view === view),
      page.address.search,
    )
    const wanted = views[view]
    if (wanted !== shown) {
      shown?.leave?.()
      shown = wanted
      content.replaceChildren(wanted.element)
    }
    wanted.update()
    const subject = view === 'traces' ? page.rows.find(trace)?.route : view === 'findings' ? finding : route
    showTitle(subject)
  }

  /** Goes one step back. Returns whether there was one. */
  const stepBack = (): boolean => {
    const { view, finding, route, trace, search: words, on, process, found, severities, state } = page.address
    if (view === 'routes' && route) page.go({ route: undefined })
    else if (view === 'traces' && trace) {
      // New requests would wait as long as the list had the focus.
      content.querySelector<HTMLElement>('.list:focus')?.blur()
      page.go({ trace: undefined, finding: undefined })
    } else if (view === 'findings' && finding && page.isNarrow()) page.go({ finding: undefined })
    else if (words || on || process || found || severities.length > 0 || state) {
      search.value = ''
      page.go({ search: '', on: '', process: '', found: false, severities: [], state: '' })
    } else return false
    return true
  }

  const onKey = pageKeys(document, {
    search,
    content,
    tabs: header.tabLinks,
    help,
    list: () => shown?.list,
    stepBack,
    clearSearch: () => page.go({ search: '' }, true),
    further: {
      p: () => content.querySelector<HTMLElement>('.pause')?.click(),
      n: () => content.querySelector<HTMLElement>('.show-new:not([hidden])')?.click(),
    },
  })

  window.addEventListener('hashchange', follow)
  window.addEventListener('keydown', onKey)
  search.value = page.address.search
  follow()
  listen({
    heard: news.heard,
    connection: banner.connection,
  })
}

/** A link to a view leaves these fields, and keeps the filters. */
const AWAY = { route: undefined, trace: undefined, finding: undefined, before: undefined, after: undefined }

/** A live page has data for each request, and none that lasts. */
const NO_DATA: LivePage['data'] = {
  version: '',
  traceCount: 0,
  queryCount: 0,
  findings: [],
  groups: [],
  routes: [],
  traces: [],
  emptyTraces: 0,
  statements: [],
  frames: [],
  leftOut: [],
}
