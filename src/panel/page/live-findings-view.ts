// The findings so far, worst first, with their states, and the selected one in full. News never move what is being read:
// states change in place, and new findings wait until the reader asks for them or looks elsewhere.
import { findingDetail } from '../../report/reporters/html/client/finding-detail.ts'
import { count, plural } from '../../report/reporters/html/client/number-text.ts'
import type { Page } from '../../report/reporters/html/client/page.ts'
import { textSearch } from '../../report/reporters/html/client/text-search.ts'
import { virtualList } from '../../report/reporters/html/client/virtual-list.ts'
import { SEVERITIES } from '../../worst-first.ts'
import type { PageFindingDetail, PageFindingRow, PageFindings } from '../page-api.ts'
import { STATES } from './finding-states.ts'
import { findingStatus } from './finding-status.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { pageOf } from './request-detail.ts'
import { saveButton } from './save-button.ts'
import { stateLine } from './state-line.ts'

const WORDS = { error: '✖ errors', warning: '▲ warnings', info: '● infos' } as const

/** One row of the list: a mistake, with the findings that one change of the source would remove. */
interface Shown {
  lead: PageFindingRow
  others: number
}

export function liveFindingsView(page: LivePage): LiveView {
  const { make, window } = page
  const { document } = window
  let known: PageFindings = { rows: [], groups: [] }
  /** A newer answer, which waits while the reader is busy. */
  let held: PageFindings | undefined
  let shown: readonly Shown[] = []
  let search = textSearch(known.rows, wordsOf)

  const toggles = SEVERITIES.map((name) => {
    const toggle = () => {
      const { severities } = page.address
      page.go({
        severities: severities.includes(name)
          ? severities.filter((one) => one !== name)
          : [...severities, name],
      })
    }
    return make('button', { type: 'button', class: `toggle ${name}`, click: toggle }, WORDS[name])
  })
  const byRoute = make('select', { 'aria-label': 'Route', change: () => page.go({ on: byRoute.value }) })
  const byState = make('select', { 'aria-label': 'State', change: () => page.go({ state: byState.value }) })
  byState.append(
    make('option', { value: '' }, 'All states'),
    ...Object.entries(STATES).map(([value, { word }]) => make('option', { value }, word)),
  )
  const clear = make(
    'button',
    {
      type: 'button',
      class: 'clear',
      click: () => page.go({ search: '', severities: [], on: '', state: '' }),
    },
    'Clear',
  )
  const found = make('p', { class: 'found' })
  const showNew = make('button', { type: 'button', class: 'show-new', click: () => take(held) })
  const nothing = make('p', { class: 'nothing' })
  const list = virtualList(page, {
    id: 'findings',
    label: 'Findings, worst first',
    rowHeight: 76,
    keyOf: (index) => JSON.stringify(shown[index]),
    row: (index) => {
      const row = shown[index]
      return row ? stateLine(page, row.lead, row.others) : make('div')
    },
    move: (index) => page.isNarrow() || page.go({ finding: shown[index]?.lead.finding.key }, true),
    open: (index) => {
      page.go({ finding: shown[index]?.lead.finding.key })
      if (page.isNarrow()) back.focus()
    },
  })
  const detail = make('div', { class: 'detail', tabindex: -1 })
  const goBack = (event: Event) => {
    event.preventDefault()
    page.go({ finding: undefined })
    list.element.focus()
  }
  const back = make('a', { class: 'back', href: '#', click: goBack }, '‹ All findings')
  const element = make(
    'div',
    { class: 'split live-findings' },
    make(
      'div',
      { class: 'side' },
      make(
        'div',
        { class: 'filters', role: 'group', 'aria-label': 'Filters' },
        make('div', { class: 'toggles' }, toggles),
        make('div', { class: 'choices' }, byRoute, byState),
        make('div', { class: 'found-line' }, found, showNew, clear, saveReport()),
      ),
      list.element,
      nothing,
    ),
    detail,
  )

  function saveReport() {
    return saveButton(page, 'Save as HTML', async () => ({
      name: 'pg-loupe.html',
      type: 'text/html',
      text: await page.api.pageReport(),
    }))
  }

  const isReading = () =>
    page.address.finding !== undefined ||
    list.element.scrollTop > 0 ||
    list.element.contains(document.activeElement) ||
    list.element.matches(':hover')

  const take = (answer: PageFindings | undefined) => {
    if (answer) {
      known = answer
      search = textSearch(known.rows, wordsOf)
    }
    held = undefined
    drawChoices()
    drawList()
  }

  /** The states of the rows that are shown, in their present order. */
  const takeStates = (answer: PageFindings) => {
    const rows = new Map(answer.rows.map((row) => [row.finding.key, row]))
    known = { ...known, rows: known.rows.map((row) => rows.get(row.finding.key) ?? row) }
    search = textSearch(known.rows, wordsOf)
    const isSame =
      answer.rows.length === known.rows.length && known.rows.every(({ finding }) => rows.has(finding.key))
    held = isSame ? undefined : answer
    drawList()
  }

  let asking = false
  let isOutdated = true
  const load = async () => {
    if (asking) return
    asking = true
    try {
      while (isOutdated) {
        isOutdated = false
        const answer = await page.api.pageFindings()
        if (known.rows.length === 0 || !isReading()) take(answer)
        else takeStates(answer)
      }
      drawDetail()
    } finally {
      asking = false
    }
  }

  const passing = (): Set<PageFindingRow> => {
    const { search: words, severities, on, state } = page.address
    return new Set(
      search(words).filter(
        ({ finding, status }) =>
          (severities.length === 0 || severities.includes(finding.severity)) &&
          (on === '' || finding.route === on) &&
          (state === '' || status.state === state),
      ),
    )
  }

  const drawList = () => {
    const { finding, search: words, severities, on, state } = page.address
    const wanted = passing()
    shown = known.groups.flatMap(({ lead, sameLine, explained }) => {
      const [first, ...others] = [lead, ...sameLine, ...explained]
        .flatMap((index) => known.rows[index] ?? [])
        .filter((row) => wanted.has(row))
      return first ? [{ lead: first, others: others.length }] : []
    })
    const chosen = shown.findIndex(({ lead }) => lead.finding.key === finding)
    list.showInPlace(shown.length, chosen)
    const isFiltered = Boolean(words || severities.length || on || state)
    found.textContent = isFiltered
      ? `${count(wanted.size)} of ${plural(known.rows.length, 'finding', 'findings')}`
      : plural(known.rows.length, 'finding', 'findings')
    clear.hidden = !isFiltered
    const further = (held?.rows.length ?? 0) - known.rows.length
    showNew.hidden = held === undefined
    showNew.textContent =
      further > 0 ? plural(further, 'new finding', 'new findings') : 'Show the present order'
    list.element.hidden = shown.length === 0
    nothing.hidden = shown.length > 0
    nothing.textContent = isFiltered ? 'No finding matches.' : 'No findings yet.'
  }

  const drawChoices = () => {
    if (document.activeElement === byRoute) return
    const routes = [...new Set(known.rows.map(({ finding }) => finding.route))].sort().slice(0, MOST_ROUTES)
    byRoute.replaceChildren(
      make('option', { value: '' }, 'All routes'),
      ...routes.map((route) => make('option', { value: route }, route)),
    )
    byRoute.value = page.address.on
    byState.value = page.address.state
  }

  let drawn = ''
  let asked = ''
  const drawDetail = () => {
    const key = page.address.finding ?? (page.isNarrow() ? undefined : shown[0]?.lead.finding.key)
    element.classList.toggle('has-detail', page.address.finding !== undefined)
    if (key === undefined) {
      drawn = ''
      detail.replaceChildren(make('p', { class: 'nothing' }, ''))
      return
    }
    const row = known.rows.find(({ finding }) => finding.key === key)
    const wanted = JSON.stringify([key, row?.status, row?.latest, row?.requests])
    if (wanted === asked) return
    asked = wanted
    page.finding(key).then(
      (answer) => {
        if (asked !== wanted) return
        const isOther = drawn !== key
        const top = detail.scrollTop
        drawn = key
        detail.replaceChildren(back, ...findingParts(page, answer))
        detail.scrollTop = isOther ? 0 : top
      },
      (error: Error) =>
        asked === wanted && detail.replaceChildren(back, make('p', { class: 'nothing' }, error.message)),
    )
  }

  const refresh = () => {
    isOutdated = true
    if (element.isConnected) void load().catch(page.fail)
  }
  page.hear('findings', refresh)
  page.hear('reset', refresh)

  return {
    element,
    list,
    update() {
      SEVERITIES.forEach((name, index) => {
        toggles[index]?.setAttribute('aria-pressed', String(page.address.severities.includes(name)))
      })
      drawChoices()
      drawList()
      drawDetail()
      if (isOutdated) void load().catch(page.fail)
    },
  }
}

/** Routes to filter by. Others are found by the search. */
const MOST_ROUTES = 500

function findingParts(page: LivePage, { data, row, cause }: PageFindingDetail): HTMLElement[] {
  const [finding] = data.findings
  if (!finding) return []
  const explainedBy = cause && { ...finding, ...cause }
  const drawn: Page = {
    ...pageOf(page, data),
    // The trace is named by a number; a link needs the id of its request.
    link: (change) => page.link(change.trace === undefined ? change : { ...change, trace: row.latest }),
    relatedTo: () => ({ sameLine: [], explains: [], ...(explainedBy ? { explainedBy } : {}) }),
  }
  return [findingStatus(page, row), findingDetail(drawn, finding)]
}

function wordsOf({ finding, status }: PageFindingRow): (string | undefined)[] {
  const { title, detector, route, confidence, key, subject, callSite } = finding
  const [place] = callSite
  return [
    title,
    detector,
    route,
    confidence,
    key,
    subject?.text,
    place?.file,
    place?.function,
    STATES[status.state].word,
  ]
}
