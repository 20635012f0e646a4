// The findings, worst first, with filters above the list and the selected one in full beside it.

import { findingDetail } from './finding-detail.ts'
import { findingLine } from './finding-line.ts'
import { count, plural } from './number-text.ts'
import type { Page, View } from './page.ts'
import { holds, type ShownGroup } from './shown-groups.ts'
import { virtualList } from './virtual-list.ts'

export function findingsView(page: Page): View {
  const { make, data } = page
  const rowHeight = 76
  const severities = [
    { name: 'error', mark: '✖', word: 'errors' },
    { name: 'warning', mark: '▲', word: 'warnings' },
    { name: 'info', mark: '●', word: 'infos' },
  ] as const

  const tally = (of: (index: number) => string): [string, number][] => {
    const counts = new Map<string, number>()
    data.findings.forEach((_, index) => {
      counts.set(of(index), (counts.get(of(index)) ?? 0) + 1)
    })
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  }
  const perSeverity = new Map(tally((index) => data.findings[index]?.severity ?? ''))

  const toggle = (name: string) => {
    const { severities: before } = page.address
    page.go({ severities: before.includes(name) ? before.filter((one) => one !== name) : [...before, name] })
  }
  const toggles = severities.map(({ name, mark, word }) =>
    make(
      'button',
      { type: 'button', class: `toggle ${name}`, 'aria-pressed': 'false', click: () => toggle(name) },
      make('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
      ` ${count(perSeverity.get(name) ?? 0)} `,
      make('span', { class: 'toggle-name' }, perSeverity.get(name) === 1 ? name : word),
    ),
  )

  const choice = (label: string, all: string, entries: [string, number][], change: (value: string) => void) =>
    make(
      'select',
      { 'aria-label': label, change: ({ target }) => change((target as HTMLSelectElement).value) },
      make('option', { value: '' }, all),
      entries.map(([name, found]) => make('option', { value: name }, `${name} (${count(found)})`)),
    )
  const byDetector = choice(
    'Detector',
    'All detectors',
    tally((index) => data.findings[index]?.detector ?? ''),
    (detector) => page.go({ detector }),
  )
  const byRoute = choice(
    'Route',
    'All routes',
    tally((index) => data.findings[index]?.route ?? ''),
    (on) => page.go({ on }),
  )
  const clear = make(
    'button',
    {
      type: 'button',
      class: 'clear',
      click: () => page.go({ search: '', severities: [], detector: '', on: '' }),
    },
    'Clear',
  )
  const found = make('p', { class: 'found' })

  /** The route or the number of routes that lead to the line, and the number of findings that this one explains. */
  const routesOf = ({ lead, sameLine, explained }: ShownGroup) =>
    [
      sameLine.length === 0
        ? lead.route
        : plural(new Set([lead, ...sameLine].map(({ route }) => route)).size, 'route', 'routes'),
      ...(explained.length > 0 ? [`explains ${count(explained.length)} more`] : []),
    ].join(' · ')
  const list = virtualList(page, {
    id: 'findings',
    label: 'Findings, worst first',
    rowHeight,
    row: (index) => {
      const group = page.groups[index]
      return group ? findingLine(page, group.lead, { note: routesOf(group) }) : make('div')
    },
    move: (index) => page.isNarrow() || page.go({ finding: page.groups[index]?.lead.key }, true),
    open: (index) => {
      page.go({ finding: page.groups[index]?.lead.key })
      if (page.isNarrow()) back.focus()
    },
  })
  const nothing = make('p', { class: 'nothing' })
  const detail = make('div', { class: 'detail', tabindex: -1, id: 'detail' })
  const goBack = (event: Event) => {
    event.preventDefault()
    page.go({ finding: undefined })
    list.element.focus()
  }
  const back = make('a', { class: 'back', href: '#', click: goBack }, '‹ All findings')

  const element = make(
    'div',
    { class: 'split' },
    make(
      'div',
      { class: 'side' },
      make(
        'div',
        { class: 'filters', role: 'group', 'aria-label': 'Filters' },
        make('div', { class: 'toggles' }, toggles),
        make('div', { class: 'choices' }, byDetector, byRoute),
        make('div', { class: 'found-line' }, found, clear),
      ),
      list.element,
      nothing,
    ),
    detail,
  )

  let shownKey: string | undefined
  let last: string | undefined

  const updateDetail = (key: string | undefined) => {
    const wanted = `${page.editorVersion}\n${key}`
    if (wanted === shownKey && detail.childElementCount > 0) return
    shownKey = wanted
    const finding = key === undefined ? undefined : page.findings.get(key)
    detail.scrollTop = 0
    if (finding) detail.replaceChildren(back, findingDetail(page, finding))
    else if (key !== undefined) {
      detail.replaceChildren(
        back,
        make('p', { class: 'nothing' }, 'This report has no finding ', make('code', null, key)),
      )
    } else {
      detail.replaceChildren(make('p', { class: 'nothing' }, ''))
    }
  }

  return {
    element,
    list,
    update() {
      const { address, shown, groups } = page
      severities.forEach(({ name }, index) => {
        toggles[index]?.setAttribute('aria-pressed', String(address.severities.includes(name)))
      })
      byDetector.value = address.detector
      byRoute.value = address.on
      const filtered = Boolean(address.search || address.severities.length || address.detector || address.on)
      clear.hidden = !filtered
      found.textContent = filtered
        ? `${count(shown.length)} of ${plural(data.findings.length, 'finding', 'findings')}`
        : shown.length === groups.length
          ? plural(shown.length, 'finding', 'findings')
          : `${plural(shown.length, 'finding', 'findings')} in ${plural(groups.length, 'place', 'places')}`
      nothing.hidden = shown.length > 0
      nothing.textContent =
        data.findings.length > 0
          ? 'No finding matches.'
          : `No findings in ${plural(data.traceCount, 'trace', 'traces')}.`
      list.element.hidden = shown.length === 0
      element.classList.toggle('has-detail', address.finding !== undefined)
      // When list and detail fit side by side, a finding is always shown: the last selected one, or the worst.
      last = address.finding ?? (shown.some(({ key }) => key === last) ? last : groups[0]?.lead.key)
      list.show(
        groups.length,
        groups.findIndex((group) => holds(group, last)),
      )
      updateDetail(last)
    },
  }
}
