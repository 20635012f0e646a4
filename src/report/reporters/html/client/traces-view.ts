// The traces that are in the page, and the selected one as a timeline.
import { SEVERITIES } from '../../../../worst-first.ts'
import type { PageTrace } from '../page-trace.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Page, View } from './page.ts'
import { textSearch } from './text-search.ts'
import { traceLabel } from './trace-label.ts'
import { traceStrip } from './trace-strip.ts'
import { virtualList } from './virtual-list.ts'
import { waterfall } from './waterfall.ts'

export function tracesView(page: Page): View {
  const { make, data } = page
  const rowHeight = 58
  const search = textSearch(data.traces, ({ id, name, queries }) => [
    id,
    name,
    ...new Set(queries.map(({ sql }) => data.statements[sql])),
  ])
  let traces: readonly PageTrace[] = data.traces

  const line = (trace: PageTrace) => {
    const marks = page.marks.get(trace.id) ?? []
    const worst = SEVERITIES.find((severity) => marks.some(({ finding }) => finding.severity === severity))
    const symbols = { error: '✖', warning: '▲', info: '●' } as const
    return make(
      'div',
      { class: 'trace-line' },
      worst && make('span', { class: `mark ${worst}`, role: 'img', 'aria-label': worst }, symbols[worst]),
      make('span', { class: 'trace-id' }, traceLabel(trace)),
      make(
        'span',
        { class: 'quiet' },
        `${plural(trace.queries.length + trace.truncated, 'query', 'queries')} · ${milliseconds(trace.durationMs)}`,
      ),
      traceStrip(page, trace, marks),
    )
  }

  const found = make('p', { class: 'found' })
  const list = virtualList(page, {
    id: 'traces',
    label: 'Traces',
    rowHeight,
    row: (index) => {
      const trace = traces[index]
      return trace ? line(trace) : make('div')
    },
    move: (index) => page.isNarrow() || page.go({ trace: traces[index]?.id, finding: undefined }, true),
    open: (index) => {
      page.go({ trace: traces[index]?.id, finding: undefined })
      if (page.isNarrow()) back.focus()
    },
  })
  const detail = make('div', { class: 'detail trace-detail' })
  const element = make(
    'div',
    { class: 'split traces' },
    make('div', { class: 'side' }, make('div', { class: 'filters' }, found), list.element),
    detail,
  )

  const goBack = (event: Event) => {
    event.preventDefault()
    page.go({ trace: undefined, finding: undefined })
    list.element.focus()
  }
  const back = make('a', { class: 'back', href: '#', click: goBack }, '‹ All traces')

  const drawDetail = (id: string | undefined) => {
    if (id === undefined) {
      detail.replaceChildren(make('p', { class: 'nothing' }, 'No trace matches.'))
      return
    }
    const trace = page.traces.get(id)
    detail.replaceChildren(
      back,
      trace
        ? waterfall(page, trace)
        : make('p', { class: 'nothing' }, 'This page does not contain the trace ', make('code', null, id)),
    )
  }

  let drawn = ''
  let last: string | undefined
  return {
    element,
    list,
    update() {
      const { address } = page
      traces = search(address.search)
      const all = address.search ? data.traces.length : data.traceCount - data.emptyTraces
      found.textContent = [
        traces.length < all
          ? `${count(traces.length)} of ${plural(all, 'trace', 'traces')}`
          : plural(all, 'trace', 'traces'),
        ...(data.emptyTraces > 0 ? [`${count(data.emptyTraces)} without queries hidden`] : []),
      ].join(' · ')
      element.classList.toggle('has-detail', address.trace !== undefined)
      // When list and detail fit side by side, a trace is always shown: the last selected one, or the first.
      last = address.trace ?? (traces.some(({ id }) => id === last) ? last : traces[0]?.id)
      list.show(
        traces.length,
        traces.findIndex(({ id }) => id === last),
      )
      const wanted = `${last}\n${address.finding}`
      if (wanted !== drawn) drawDetail(last)
      drawn = wanted
    },
  }
}
