// The requests as they come, newest first, and the selected one with its trace. New rows never move what is being read: they
// wait while the list is scrolled, focused or paused, or while a request is selected.
import { count, plural } from '../../report/reporters/html/client/number-text.ts'
import { virtualList } from '../../report/reporters/html/client/virtual-list.ts'
import type { RequestFilter, RequestRow } from '../panel-api.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { overview } from './overview.ts'
import { processName } from './process-name.ts'
import { requestDetail } from './request-detail.ts'
import { requestLine } from './request-line.ts'

/** Rows that are asked for at once. */
const PORTION = 200
/** Rows from the end of the list at which older ones are asked for. */
const NEAR_END = 30
/** Routes to filter by. Others are found by the search. */
const MOST_ROUTES = 500

export function requestsView(page: LivePage): LiveView {
  const { make, window, rows } = page
  const { document } = window
  const rowHeight = 58
  let isPaused = false
  const routes = new Set<string>()

  const pause = make('button', { type: 'button', class: 'toggle pause', click: () => setPaused(!isPaused) })
  const withFindings = make(
    'button',
    { type: 'button', class: 'toggle', click: () => page.go({ found: !page.address.found }) },
    'With findings',
  )
  const byRoute = make('select', { 'aria-label': 'Route', change: () => page.go({ on: byRoute.value }) })
  const byProcess = make('select', {
    'aria-label': 'Process',
    change: () => page.go({ process: byProcess.value }),
  })
  const clear = make(
    'button',
    {
      type: 'button',
      class: 'clear',
      click: () => page.go({ search: '', on: '', process: '', found: false }),
    },
    'Clear',
  )
  const found = make('p', { class: 'found' })
  const showEmpty = make('button', {
    type: 'button',
    class: 'toggle show-empty',
    click: () => page.go({ empty: !page.address.empty }),
  })
  const showNew = make('button', { type: 'button', class: 'show-new', click: () => showHeld() })
  const nothing = make('p', { class: 'nothing' })

  const list = virtualList(page, {
    id: 'requests',
    label: 'Requests, newest first',
    rowHeight,
    keyOf: (index) => rowKey(page, rows.shown[index], isRestart(index)),
    row: (index) => {
      const row = rows.shown[index]
      return row ? requestLine(page, row, { restarted: isRestart(index) }) : make('div')
    },
    move: (index) => page.isNarrow() || page.go({ trace: rows.shown[index]?.id, finding: undefined }, true),
    open: (index) => {
      page.go({ trace: rows.shown[index]?.id, finding: undefined })
      if (page.isNarrow()) back.focus()
    },
  })
  const detail = make('div', { class: 'detail trace-detail' })
  const goBack = (event: Event) => {
    event.preventDefault()
    page.go({ trace: undefined, finding: undefined })
    list.element.focus()
  }
  const back = make('a', { class: 'back', href: '#', click: goBack }, '‹ All requests')
  const element = make(
    'div',
    { class: 'split requests' },
    make(
      'div',
      { class: 'side' },
      make(
        'div',
        { class: 'filters', role: 'group', 'aria-label': 'Filters' },
        make('div', { class: 'toggles' }, pause, withFindings, showEmpty),
        make('div', { class: 'choices' }, byRoute, byProcess),
        make('div', { class: 'found-line' }, found, showNew, clear),
      ),
      list.element,
      nothing,
    ),
    detail,
  )
  const shownDetail = requestDetail(page, back)
  const shownOverview = overview(page)

  /** Whether a new row would move something that the reader looks at. */
  const isReading = () =>
    isPaused ||
    page.address.trace !== undefined ||
    // A row that moves under the pointer just before a click would open another request.
    list.element.matches(':hover') ||
    list.element.scrollTop > 0 ||
    list.element.contains(document.activeElement)

  /** Whether another process of the same program had ended before this request, and its own had started. */
  const isRestart = (index: number): boolean => {
    const later = rows.shown[index]?.process
    const earlier = rows.shown[index + 1]?.process
    if (later === undefined || earlier === undefined || later === earlier) return false
    const processes = page.status?.processes ?? []
    const [one, other] = [later, earlier].map((id) => processes.find((process) => process.id === id))
    return (
      one !== undefined &&
      other !== undefined &&
      one.program === other.program &&
      !other.isConnected &&
      one.startedAt > other.startedAt
    )
  }

  const setPaused = (paused: boolean) => {
    isPaused = paused
    page.say(paused ? 'Paused' : 'Continued')
    drawList()
  }

  const showHeld = () => {
    const hadFocus = document.activeElement === showNew
    rows.release()
    list.element.scrollTop = 0
    drawList()
    // The button disappears, so its focus would be lost.
    if (hadFocus && page.address.trace !== undefined) list.element.focus()
  }

  const filterOf = (): RequestFilter => {
    const { search, on, process, found: hasFindings, empty } = page.address
    return {
      ...(empty ? {} : { hasQueries: true }),
      ...(search ? { text: search } : {}),
      ...(on ? { route: on } : {}),
      ...(process ? { process } : {}),
      ...(hasFindings ? { hasFindings } : {}),
    }
  }

  let lastTrace: string | undefined
  const drawList = () => {
    if (!isReading()) rows.release()
    const { shown, held } = rows
    const { trace } = page.address
    const selected = trace === undefined ? -1 : shown.findIndex(({ id }) => id === trace)
    // Only a request that was just selected moves the list.
    if (trace !== lastTrace && selected >= 0) list.show(shown.length, selected)
    else list.showInPlace(shown.length, selected)
    if (selected >= 0 || trace === undefined) lastTrace = trace
    const { search, on, process, found: onlyFound, empty } = page.address
    const filtered = Boolean(search || on || process || onlyFound)
    const withoutQueries = page.status?.withoutQueries ?? 0
    const total = page.status && page.status.requests - (empty ? 0 : withoutQueries)
    showEmpty.hidden = withoutQueries === 0
    showEmpty.textContent = `${count(withoutQueries)} without queries`
    showEmpty.title = `${empty ? 'Hide' : 'Show'} requests that sent no query`
    showEmpty.setAttribute('aria-pressed', String(empty))
    found.textContent = filtered
      ? `${count(shown.length)}${rows.hasOlder ? '+' : ''} of ${plural(total ?? shown.length, 'request', 'requests')}`
      : plural(total ?? shown.length, 'request', 'requests')
    clear.hidden = !filtered
    showNew.hidden = held === 0
    showNew.textContent = held === 1 ? '1 new request' : `${count(held)} new requests`
    pause.textContent = isPaused ? 'Continue' : 'Pause'
    pause.setAttribute('aria-pressed', String(isPaused))
    list.element.hidden = shown.length === 0
    nothing.hidden = shown.length > 0
    nothing.textContent = filtered
      ? 'No request matches.'
      : withoutQueries > 0
        ? 'No request has sent a query yet.'
        : 'No request yet.'
  }

  /** At an event, the focus and the pointer are still where they were. */
  const drawSoon = () => window.requestAnimationFrame(() => rows.held > 0 && drawList())

  const drawChoices = () => {
    const { on, process } = page.address
    const processes = page.status?.processes ?? []
    fill(
      byRoute,
      'All routes',
      on,
      [...routes].sort().map((name) => [name, name]),
    )
    fill(
      byProcess,
      'All processes',
      process,
      processes.map((one) => [one.id, `${processName(one)}${one.isConnected ? '' : ' (ended)'}`]),
    )
  }

  /** An open choice would close if it were filled again. */
  const fill = (
    select: HTMLSelectElement,
    all: string,
    chosen: string,
    entries: readonly (readonly [value: string, text: string])[],
  ) => {
    if (document.activeElement === select) return
    const known = chosen === '' || entries.some(([value]) => value === chosen)
    select.replaceChildren(
      make('option', { value: '' }, all),
      ...entries.map(([value, text]) => make('option', { value }, text)),
      ...(known ? [] : [make('option', { value: chosen }, chosen)]),
    )
    select.value = chosen
  }

  const learnRoutes = (some: readonly RequestRow[]) => {
    const before = routes.size
    for (const { route } of some) if (routes.size < MOST_ROUTES) routes.add(route)
    if (routes.size > before) drawChoices()
  }

  /** The filter of the last question. Undefined before the first one. */
  let asked: string | undefined
  const load = async () => {
    const filter = filterOf()
    const wanted = JSON.stringify(filter)
    asked = wanted
    rows.expect()
    const answer = await page.api.requests({ ...filter, limit: PORTION })
    if (asked !== wanted) return
    rows.start(filter, answer, answer.length === PORTION)
    learnRoutes(answer)
    list.element.scrollTop = 0
    drawList()
    drawDetail()
  }

  const loadList = () => void load().catch(page.fail)

  let isLoadingOlder = false
  const loadOlder = async () => {
    const last = rows.shown.at(-1)
    const bottom = (list.element.scrollTop + list.element.clientHeight) / rowHeight
    if (isLoadingOlder || !last || !rows.hasOlder || bottom < rows.shown.length - NEAR_END) return
    isLoadingOlder = true
    const wanted = asked
    try {
      const older = await page.api.requests({ ...filterOf(), before: last.number, limit: PORTION })
      if (asked === wanted) rows.append(older, older.length === PORTION)
      drawList()
    } finally {
      isLoadingOlder = false
    }
  }

  const drawDetail = () => {
    const { trace } = page.address
    element.classList.toggle('has-detail', trace !== undefined)
    const shown = trace === undefined ? shownOverview : shownDetail
    if (shown.element.parentNode !== detail) detail.replaceChildren(shown.element)
    shown.update()
  }

  list.element.addEventListener('scroll', () => void loadOlder().catch(page.fail), { passive: true })
  // Requests that waited come as soon as nobody reads any more.
  for (const event of ['mouseleave', 'focusout']) list.element.addEventListener(event, () => drawSoon())
  page.hear('requests', (news) => {
    rows.add(news)
    learnRoutes(news)
    drawList()
    drawDetail()
  })
  page.hear('status', () => {
    // The list is asked for only now, because news are complete from the first one on.
    if (asked === undefined) loadList()
    drawChoices()
    drawList()
    drawDetail()
  })
  page.hear('reset', loadList)

  return {
    element,
    list,
    update() {
      withFindings.setAttribute('aria-pressed', String(page.address.found))
      drawChoices()
      if (asked !== undefined && asked !== JSON.stringify(filterOf())) loadList()
      drawList()
      drawDetail()
    },
  }
}

/** All that a row of the list shows. */
function rowKey({ status }: LivePage, row: RequestRow | undefined, restarted: boolean): string | undefined {
  if (!row) return undefined
  const { number, findings, pinned, hasTrace, process } = row
  // A process may become known after its first request.
  const isKnown = status?.processes.some(({ id }) => id === process)
  return [number, findings.length, pinned, hasTrace, isKnown, restarted].join(' ')
}
