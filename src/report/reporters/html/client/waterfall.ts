// A trace as a timeline: each query with its wait and its execution, and the marks of the selected finding on the loop and on
// the query that its values came from.
import type { PageQuery, PageTrace } from '../page-trace.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Mark, Page } from './page.ts'
import { placeText } from './place-text.ts'
import { queryDetail } from './query-detail.ts'
import { sqlText } from './sql-text.ts'
import { virtualList } from './virtual-list.ts'

export function waterfall(page: Page, trace: PageTrace): HTMLElement {
  const { make, data, window } = page
  const rowHeight = page.isNarrow() ? 46 : 26
  const marks = page.marks.get(trace.id) ?? []
  const chosen = marks.find(({ finding }) => finding.key === page.address.finding) ?? marks[0]
  const symbols = { error: '✖', warning: '▲', info: '●' } as const
  const total = trace.durationMs || 1

  const worstMark = (index: number): Mark | undefined =>
    chosen?.queries.includes(index) ? chosen : marks.find(({ queries }) => queries.includes(index))
  const inLoop = new Set(chosen?.queries)
  const parent = chosen?.parent
  const ends = [...(parent === undefined ? [] : [parent]), ...(chosen?.queries ?? [])]
  const firstLinked = parent === undefined ? Number.POSITIVE_INFINITY : Math.min(...ends)
  const lastLinked = parent === undefined ? -1 : Math.max(...ends)

  /** A line that connects the query that the values came from with the queries of the loop. */
  const link = (index: number) => {
    if (index < firstLinked || index > lastLinked) return ''
    const edge = index === firstLinked ? ' first' : index === lastLinked ? ' last' : ''
    return `${index === parent ? 'from' : inLoop.has(index) ? 'to' : 'past'}${edge}`
  }

  const describe = (query: PageQuery, index: number, mark: Mark | undefined) =>
    [
      `Query ${index + 1}`,
      data.statements[query.sql]?.slice(0, 200),
      query.rows !== undefined && plural(query.rows, 'row', 'rows'),
      `${milliseconds(query.durationMs)}${query.waitMs >= 0.05 ? ` after waiting ${milliseconds(query.waitMs)}` : ''}`,
      query.error && `failed with ${query.error}`,
      mark && `marked by: ${mark.finding.title}`,
      index === parent && `its rows gave the values of: ${chosen?.finding.title}`,
    ]
      .filter(Boolean)
      .join(', ')

  const percent = (ms: number) => `${Math.min(100, (100 * ms) / total)}%`

  const row = (index: number): HTMLElement => {
    const query = trace.queries[index]
    if (!query) return make('div')
    const mark = worstMark(index)
    const place = data.frames[query.callSite[0] ?? -1]
    const { connection, transaction } = query
    const marked = mark ? ` marked ${mark.finding.severity}` : ''
    return make(
      'div',
      {
        class: `query${marked}${mark && mark !== chosen ? ' other' : ''}`,
        'aria-label': describe(query, index, mark),
      },
      make('span', { class: 'number' }, String(index + 1)),
      make('span', { class: `link ${link(index)}` }),
      make(
        'code',
        { class: 'statement sql' },
        query.error && make('span', { class: 'failed' }, `${query.error} `),
        ...sqlText(make, (data.statements[query.sql] ?? '').slice(0, 300)),
      ),
      make('span', { class: 'place' }, place && placeText(place, true)),
      make(
        'span',
        { class: `lane${transaction === undefined ? '' : ' in-transaction'}` },
        connection === undefined
          ? ''
          : `c${connection}${transaction === undefined ? '' : ` t${transaction}`}`,
      ),
      make('span', { class: 'rows' }, query.rows === undefined ? '' : count(query.rows)),
      make('span', { class: 'time' }, milliseconds(query.durationMs)),
      make(
        'span',
        { class: 'bars' },
        query.waitMs > 0 &&
          make('span', { class: 'wait', '--from': percent(query.startMs), '--size': percent(query.waitMs) }),
        make('span', {
          class: 'run',
          '--from': percent(query.startMs + query.waitMs),
          '--size': percent(query.durationMs),
        }),
      ),
    )
  }

  const detail = make('div', { class: 'query-detail', 'aria-live': 'polite' })
  const showQuery = (index: number) => {
    detail.replaceChildren(
      queryDetail(
        page,
        trace,
        index,
        marks.filter(({ queries }) => queries.includes(index)),
      ),
    )
    list.show(trace.queries.length, index)
  }
  const list = virtualList(page, {
    id: 'queries',
    label: `Queries of ${trace.id}, in the order they started`,
    rowHeight,
    row,
    move: showQuery,
    open: showQuery,
  })

  const ticks = () => {
    const steps = window.innerWidth < 1500 ? 2 : 4
    return Array.from({ length: steps + 1 }, (_, step) =>
      make('span', { '--from': `${(100 * step) / steps}%` }, milliseconds((total * step) / steps)),
    )
  }

  const heading = make(
    'header',
    { class: 'trace-heading' },
    make(
      'h2',
      null,
      trace.name,
      ' ',
      make(
        'a',
        {
          class: 'anchor',
          href: page.link({ view: 'traces', trace: trace.id }),
          title: 'Link to this trace',
        },
        '#',
      ),
    ),
    make(
      'p',
      { class: 'quiet' },
      [
        trace.id,
        trace.status && `status ${trace.status}`,
        plural(trace.queries.length + trace.truncated, 'query', 'queries'),
        milliseconds(trace.durationMs),
        trace.startedAt,
      ]
        .filter(Boolean)
        .join(' · '),
      ' · ',
      make('a', { href: page.link({ view: 'routes', route: trace.name }) }, 'route'),
    ),
    trace.truncated > 0 &&
      make(
        'p',
        { class: 'quiet' },
        `${plural(trace.truncated, 'query was', 'queries were')} counted but not kept.`,
      ),
    marks.length > 0 &&
      make(
        'div',
        { class: 'legend', role: 'group', 'aria-label': 'Findings in this trace' },
        marks.map((mark) =>
          make(
            'button',
            {
              type: 'button',
              class: `legend-entry ${mark.finding.severity}`,
              'aria-pressed': String(mark === chosen),
              click: () => page.go({ finding: mark.finding.key }, true),
            },
            make('span', { class: 'mark', 'aria-hidden': 'true' }, symbols[mark.finding.severity]),
            ` ${mark.finding.title}`,
          ),
        ),
        chosen &&
          make(
            'a',
            { href: page.link({ view: 'findings', finding: chosen.finding.key }) },
            'Show the finding',
          ),
      ),
    marks.length === 0 &&
      (page.findingsOf.get(trace.name) ?? []).length > 0 &&
      make(
        'p',
        { class: 'quiet' },
        'Which of these queries belong to a finding was not kept for this trace.',
      ),
  )

  const columns = make(
    'div',
    { class: 'query columns', 'aria-hidden': 'true' },
    make('span', { class: 'number' }, '#'),
    make('span', { class: 'link' }),
    make('span', { class: 'statement' }, 'Statement'),
    make('span', { class: 'place' }, 'Line'),
    make('span', { class: 'lane', title: 'Connection and transaction' }, 'Conn'),
    make('span', { class: 'rows' }, 'Rows'),
    make('span', { class: 'time' }, 'Time'),
    make('span', { class: 'bars ticks' }, ticks()),
  )

  const first = chosen ? (chosen.queries[0] ?? -1) : -1
  // Scrolls to just above the loop, so that the query that its values came from is visible too.
  const element = make(
    'section',
    { class: 'waterfall', 'aria-label': trace.id },
    heading,
    columns,
    list.element,
    detail,
  )
  list.show(trace.queries.length, Math.min(first, trace.queries.length - 1))
  if (first >= 0) {
    detail.replaceChildren(
      queryDetail(
        page,
        trace,
        first,
        marks.filter(({ queries }) => queries.includes(first)),
      ),
    )
  } else {
    detail.append(make('p', { class: 'quiet' }, 'Select a query to see its details.'))
  }
  return element
}
