// The selected request: its trace as a timeline, or why there is none and how to get one.

import { milliseconds, plural } from '../../report/reporters/html/client/number-text.ts'
import type { Mark, Page } from '../../report/reporters/html/client/page.ts'
import { waterfall } from '../../report/reporters/html/client/waterfall.ts'
import type { PageData, PageFinding } from '../../report/reporters/html/page-data.ts'
import type { PageRequest } from '../page-api.ts'
import type { RequestRow } from '../panel-api.ts'
import { captureButton } from './capture-button.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { planView } from './plan-view.ts'
import { saveButton } from './save-button.ts'

/** Under load, most requests of a route are only counted. */
const SEARCHED_REQUESTS = 1000

export function requestDetail(page: LivePage, back: HTMLElement): LiveView {
  const { make } = page
  const element = make('div', { class: 'request-detail' })
  const actions = make('div', { class: 'actions' })
  const body = make('div', { class: 'request-body' })
  element.append(make('div', { class: 'request-bar' }, back, actions), body)

  const pin = (row: RequestRow) => {
    page.api.pin(row.id, !row.pinned).catch(page.fail)
  }

  /** Compares with the request of the route before it whose trace is kept. */
  const compare = async ({ id, number, route }: RequestRow) => {
    const rows = await page.api.requests({ route, before: number, limit: SEARCHED_REQUESTS })
    const before = rows.find(({ hasTrace }) => hasTrace)
    if (before)
      page.go({ view: 'changes', before: before.id, after: id, trace: undefined, finding: undefined })
    else page.notify(`No earlier request of ${route} is kept with its trace.`)
  }

  const drawActions = (row: RequestRow | undefined) => {
    actions.replaceChildren(
      ...(row?.hasTrace
        ? [
            make(
              'button',
              {
                type: 'button',
                class: 'copy pin',
                'aria-pressed': String(row.pinned === true),
                click: () => pin(row),
              },
              row.pinned ? 'Pinned' : 'Pin',
            ),
            make(
              'button',
              { type: 'button', class: 'copy', click: () => void compare(row).catch(page.fail) },
              'Compare with the one before',
            ),
            saveButton(page, 'Save', async () => ({
              name: 'trace.ndjson',
              type: 'application/x-ndjson',
              text: `${await page.api.savedTrace(row.id)}\n`,
            })),
          ]
        : []),
    )
  }

  const drawCounted = (row: RequestRow) => {
    body.replaceChildren(
      make(
        'div',
        { class: 'route-detail' },
        make('h2', { class: 'route-name' }, row.route),
        make(
          'p',
          null,
          row.capture === 'counted'
            ? `This request was only counted, because it sent what its route always sends: ${counts(row)}. It has no timeline.`
            : 'The trace of this request was removed to make room for newer ones.',
        ),
        captureButton(page, row.route),
      ),
    )
  }

  const draw = (answer: PageRequest) => {
    const [trace] = answer.data.traces
    body.replaceChildren(
      trace
        ? waterfall(requestPage(page, answer), trace)
        : make('p', { class: 'nothing' }, 'This request sent no query.'),
    )
  }

  let drawn = ''
  let actionsDrawn = ''
  return {
    element,
    update() {
      const { trace: id, finding } = page.address
      if (id === undefined) return
      const row = page.rows.find(id)
      const wantedActions = `${id} ${row?.pinned} ${row?.hasTrace}`
      if (wantedActions !== actionsDrawn) drawActions(row)
      actionsDrawn = wantedActions
      const wanted = `${id}\n${finding}\n${row?.hasTrace}`
      if (wanted === drawn) return
      drawn = wanted
      if (row && !row.hasTrace) {
        drawCounted(row)
        return
      }
      body.setAttribute('aria-busy', 'true')
      page
        .request(id)
        .then(
          (answer) => {
            if (drawn !== wanted) return
            draw(answer)
            // A link may name a request that the list does not have.
            if (!row) drawActions(answer.request)
          },
          (error: Error) =>
            drawn === wanted && body.replaceChildren(make('p', { class: 'nothing' }, error.message)),
        )
        .finally(() => drawn === wanted && body.removeAttribute('aria-busy'))
    },
  }
}

function counts({ queries, databaseMs, durationMs }: RequestRow): string {
  return [
    plural(queries, 'query', 'queries'),
    ...(databaseMs === undefined ? [] : [`${milliseconds(databaseMs)} in queries`]),
    ...(durationMs === undefined ? [] : [`${milliseconds(durationMs)} in all`]),
  ].join(', ')
}

/** A page whose data are those of one request. */
function requestPage(page: LivePage, { request, data }: PageRequest): Page {
  // A copy of the page would have the address of now for ever.
  return Object.assign(pageOf(page, data), {
    queryPart: (_, index) => planView(page, request.id, index),
    // A trace names itself by a number that several processes use; a link needs the id of the request.
    link: (change) =>
      page.link(
        change.trace === data.traces[0]?.id && change.trace ? { ...change, trace: request.id } : change,
      ),
  } satisfies Partial<Page>)
}

/** A page with data of its own. */
export function pageOf(page: LivePage, data: PageData): Page {
  const [trace] = data.traces
  const findingsOf = new Map<string, PageFinding[]>()
  const marks: Mark[] = []
  for (const finding of data.findings) {
    const ofRoute = findingsOf.get(finding.route)
    if (ofRoute) ofRoute.push(finding)
    else findingsOf.set(finding.route, [finding])
    for (const { trace: id, queries, parent } of finding.occurrences) {
      if (queries && id === trace?.id) marks.push({ finding, queries, parent })
    }
  }
  return {
    ...page,
    // The address changes, so it is read from the page each time.
    get address() {
      return page.address
    },
    data,
    findings: new Map(data.findings.map((finding) => [finding.key, finding])),
    findingsOf,
    traces: new Map(data.traces.map((one) => [one.id, one])),
    marks: new Map(trace ? [[trace.id, marks]] : []),
  }
}
