// The traces that are in the page, and the chosen one as a timeline.
import type { PageTrace } from '../page-data.ts'
import type { Page, View } from './page.ts'

export function tracesView(page: Page): View {
  const { parts, make, data } = page
  const { count, milliseconds, plural } = parts.numberText()
  const rowHeight = 58
  const search = parts.textSearch(data.traces, ({ id, name, queries }) => [
    id,
    name,
    ...new Set(queries.map(({ sql }) => data.statements[sql])),
  ])
  let traces: readonly PageTrace[] = data.traces

  const line = (trace: PageTrace) => {
    const marks = page.marks.get(trace.id) ?? []
    const worst = (['error', 'warning', 'info'] as const).find((severity) =>
      marks.some(({ finding }) => finding.severity === severity),
    )
    const symbols = { error: '✖', warning: '▲', info: '●' } as const
    return make(
      'div',
      { class: 'trace-line' },
      worst && make('span', { class: `mark ${worst}`, role: 'img', 'aria-label': worst }, symbols[worst]),
      make('span', { class: 'trace-id' }, parts.traceLabel(trace)),
      make(
        'span',
        { class: 'quiet' },
        `${plural(trace.queries.length + trace.truncated, 'query', 'queries')} · ${milliseconds(trace.durationMs)}`,
      ),
      parts.traceStrip(page, trace, marks),
    )
  }

  const found = make('p', { class: 'found' })
  const list = parts.virtualList(page, {
    id: 'traces',
    label: 'Traces',
    rowHeight,
    row: (index) => {
      const trace = traces[index]
      return trace ? line(trace) : make('div')
    },
    move: (index) => page.go({ trace: traces[index]?.id, finding: undefined }, true),
    open: (index) => page.go({ trace: traces[index]?.id, finding: undefined }),
  })
  const detail = make('div', { class: 'detail trace-detail' })
  const element = make(
    'div',
    { class: 'split traces' },
    make('div', { class: 'side' }, make('div', { class: 'filters' }, found), list.element),
    detail,
  )

  const drawDetail = (id: string | undefined) => {
    const back = make(
      'a',
      { class: 'back', href: page.link({ trace: undefined, finding: undefined }) },
      '‹ All traces',
    )
    if (id === undefined) {
      detail.replaceChildren(make('p', { class: 'nothing' }, 'No trace matches.'))
      return
    }
    const trace = page.traces.get(id)
    detail.replaceChildren(
      back,
      trace
        ? parts.waterfall(page, trace)
        : make('p', { class: 'nothing' }, 'This page does not hold the trace ', make('code', null, id)),
    )
  }

  let drawn = ''
  return {
    element,
    update() {
      const { address } = page
      traces = search(address.search)
      found.textContent =
        traces.length < data.traces.length
          ? `${count(traces.length)} of ${plural(data.traces.length, 'trace', 'traces')}`
          : `${plural(traces.length, 'trace', 'traces')} in this page, of ${count(data.traceCount)}`
      element.classList.toggle('has-detail', address.trace !== undefined)
      // Where both fit beside each other, the first one is shown until another is chosen.
      const chosen = address.trace ?? traces[0]?.id
      list.show(
        traces.length,
        traces.findIndex(({ id }) => id === chosen),
      )
      const wanted = `${chosen}\n${address.finding}`
      if (wanted !== drawn) drawDetail(chosen)
      drawn = wanted
    },
  }
}
