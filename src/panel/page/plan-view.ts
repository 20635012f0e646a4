// The plan of one query, asked for by the reader: a tree with costs and conditions, and PostgreSQL's JSON for other viewers.
import { copyButton } from '../../report/reporters/html/client/copy-button.ts'
import { count, plural } from '../../report/reporters/html/client/number-text.ts'
import { sqlText } from '../../report/reporters/html/client/sql-text.ts'
import type { ExplainedQuery, PlanNode } from '../panel-api.ts'
import type { LivePage } from './live-page.ts'

/** A button that asks for the plan, and shows it or the reason why there is none. */
export function planView(page: LivePage, request: string, query: number): HTMLElement {
  const { make } = page
  const body = make('div', { class: 'plan', 'aria-live': 'polite' })
  const ask = async () => {
    if (page.status && !page.status.explains) {
      body.replaceChildren(button, plansAreOff(page))
      return
    }
    button.disabled = true
    try {
      body.replaceChildren(...plan(page, await page.api.explain(request, query)))
    } catch (error) {
      body.replaceChildren(button, make('p', { class: 'quiet' }, (error as Error).message))
    } finally {
      button.disabled = false
    }
  }
  const button = make('button', { type: 'button', class: 'copy', click: () => void ask() }, 'Explain')
  body.append(button)
  return body
}

function plansAreOff({ make }: LivePage): HTMLElement {
  return make(
    'p',
    { class: 'quiet' },
    'Plans are off, because EXPLAIN is a statement that pg-loupe would send to your database on its own. Start the application with ',
    make('code', null, 'pg-loupe dev --explain'),
    ' or with ',
    make('code', null, 'PG_LOUPE_PANEL_EXPLAIN=1'),
    ' to ask for them here. Each is sent in a READ ONLY transaction with a time limit, which is rolled back, and nothing is executed.',
  )
}

function plan(page: LivePage, { sql, plan: root, json }: ExplainedQuery): HTMLElement[] {
  const { make } = page
  const text = JSON.stringify(json, undefined, 2)
  const code = make('code', null, text)
  return [
    make('h3', null, 'Plan'),
    make(
      'p',
      { class: 'quiet' },
      'Estimates of PostgreSQL for any values (generic plan). Nothing was executed.',
    ),
    make('ul', { class: 'plan-tree' }, planNode(page, root, root.totalCost)),
    make(
      'details',
      null,
      make('summary', null, 'JSON for other viewers, such as pev2'),
      make('div', { class: 'fix' }, make('pre', null, code), copyButton(page, text, code)),
      make('div', { class: 'fix' }, make('pre', null, make('code', { class: 'sql' }, sqlText(make, sql)))),
    ),
  ]
}

function planNode(page: LivePage, node: PlanNode, whole: number): HTMLElement {
  const { make } = page
  const { type, relation, index, details, totalCost, rows, width, plans } = node
  const part = whole > 0 ? Math.min(100, (100 * totalCost) / whole) : 0
  return make(
    'li',
    null,
    make(
      'div',
      { class: 'plan-node' },
      make('b', null, type),
      relation && make('span', null, ' on ', make('code', null, relation)),
      index && make('span', null, ' by ', make('code', null, index)),
      make(
        'span',
        { class: 'quiet' },
        ` ${plural(rows, 'row', 'rows')} of ${count(width)} bytes · cost ${count(Math.round(totalCost))}`,
      ),
      make('span', { class: 'measure', '--part': `${part}%`, 'aria-hidden': 'true' }),
    ),
    details.length > 0 &&
      make(
        'dl',
        { class: 'plan-details' },
        details.flatMap(({ label, text }) => [
          make('dt', null, label),
          make('dd', null, make('code', null, text)),
        ]),
      ),
    plans.length > 0 &&
      make(
        'ul',
        null,
        plans.map((below) => planNode(page, below, whole)),
      ),
  )
}
