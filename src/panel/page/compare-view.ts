// Two requests of one route side by side: what changed in all, which findings are gone, and each statement with what it sent
// before and after.
import { bytes, count, milliseconds, plural } from '../../report/reporters/html/client/number-text.ts'
import { sqlText } from '../../report/reporters/html/client/sql-text.ts'
import type { Finding } from '../../types/finding.ts'
import type { Change, RequestComparison, RequestRow, StatementChange } from '../panel-api.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { timeOf } from './request-line.ts'

/** Statements that are shown. The list of a trace has all of them. */
const MOST_STATEMENTS = 300
/** Requests of the route to choose from. */
const MOST_REQUESTS = 100

export function compareView(page: LivePage): LiveView {
  const { make } = page
  const element = make('div', { class: 'single' })
  const body = make('div', {
    class: 'route-detail comparison',
    tabindex: 0,
    role: 'region',
    'aria-label': 'Comparison',
  })
  element.append(body)
  const nothing = (text: string) =>
    body.replaceChildren(make('h2', null, 'Compare two requests'), make('p', { class: 'lead' }, text))

  /** Chooses another request of the route for one side. */
  const choice = (side: 'before' | 'after', chosen: RequestRow, rows: readonly RequestRow[]) => {
    const known = rows.some(({ id }) => id === chosen.id) ? rows : [chosen, ...rows]
    const select = make('select', {
      'aria-label': side === 'before' ? 'Before' : 'After',
      change: () => page.go({ [side]: select.value }),
    })
    select.append(...known.map((row) => make('option', { value: row.id }, requestWords(row))))
    select.value = chosen.id
    return select
  }

  const draw = (compared: RequestComparison, rows: readonly RequestRow[]) => {
    const { before, after } = compared
    const swap = () => page.go({ before: after.id, after: before.id })
    const side = (name: 'before' | 'after', row: RequestRow) =>
      make(
        'p',
        { class: 'side-choice' },
        make('span', { class: 'quiet' }, name === 'before' ? 'Before ' : 'After '),
        choice(name, row, rows),
        make(
          'a',
          { href: page.link({ view: 'traces', trace: row.id, before: undefined, after: undefined }) },
          'timeline',
        ),
      )
    body.replaceChildren(
      make('h2', { class: 'route-name' }, after.route),
      side('before', before),
      side('after', after),
      make('button', { type: 'button', class: 'copy', click: swap }, 'Swap'),
      totals(compared),
      ...findings(compared),
      make('h3', null, 'Statements'),
      statements(compared.statements),
    )
  }

  const totals = ({ queries, rows, bytes: size, databaseMs, durationMs }: RequestComparison) =>
    make(
      'table',
      { class: 'change-table' },
      make(
        'thead',
        null,
        make(
          'tr',
          null,
          make('td'),
          make('th', { scope: 'col' }, 'Before'),
          make('th', { scope: 'col' }, 'After'),
          make('th', { scope: 'col' }, 'Change'),
        ),
      ),
      make(
        'tbody',
        null,
        measureRow('Queries', queries, count),
        measureRow('Rows', rows, count),
        measureRow('Bytes', size, bytes),
        measureRow('Time in queries', databaseMs, milliseconds),
        measureRow('Time in all', durationMs, milliseconds),
      ),
    )

  const measureRow = (name: string, { before, after }: Change, format: (value: number) => string) =>
    make(
      'tr',
      null,
      make('th', { scope: 'row' }, name),
      make('td', null, format(before)),
      make('td', null, format(after)),
      make(
        'td',
        { class: after < before ? 'less' : after > before ? 'more' : '' },
        difference({ before, after }, format),
      ),
    )

  const findings = ({ findings: { gone, new: added, still } }: RequestComparison) => [
    findingList('Findings that are gone', gone),
    findingList('New findings', added),
    findingList('Findings in both', still),
  ]
  const findingList = (heading: string, some: readonly Finding[]) =>
    some.length === 0
      ? make('span')
      : make(
          'section',
          null,
          make('h3', null, heading),
          make(
            'ul',
            null,
            some.map(({ key, title }) =>
              make(
                'li',
                null,
                make(
                  'a',
                  {
                    href: page.link({ view: 'findings', finding: key, before: undefined, after: undefined }),
                  },
                  title,
                ),
              ),
            ),
          ),
        )

  const statements = (all: readonly StatementChange[]) =>
    make(
      'ul',
      { class: 'statement-changes' },
      all
        .slice(0, MOST_STATEMENTS)
        .map(({ change, text, queries, rows, bytes: size, databaseMs }) =>
          make(
            'li',
            { class: change },
            make('span', { class: `change ${change}` }, change),
            make('code', { class: 'sql' }, sqlText(make, text.slice(0, STATEMENT_LENGTH))),
            make(
              'p',
              { class: 'quiet' },
              [
                `queries ${arrow(queries, count)}`,
                `rows ${arrow(rows, count)}`,
                `bytes ${arrow(size, bytes)}`,
                `time ${arrow(databaseMs, milliseconds)}`,
              ].join(' · '),
            ),
          ),
        ),
      all.length > MOST_STATEMENTS &&
        make('li', { class: 'quiet' }, `and ${count(all.length - MOST_STATEMENTS)} more statements`),
    )

  let asked = ''
  return {
    element,
    update() {
      const { before, after } = page.address
      const wanted = `${before}\n${after}`
      if (wanted === asked) return
      asked = wanted
      if (!before || !after) {
        nothing(
          'Select a request, and choose “Compare with the one before”; or select a finding that was seen in several requests.',
        )
        return
      }
      body.setAttribute('aria-busy', 'true')
      compare(before, after)
        .then(
          ([compared, rows]) => asked === wanted && draw(compared, rows),
          (error: Error) => asked === wanted && nothing(error.message),
        )
        .finally(() => body.removeAttribute('aria-busy'))
    },
    leave() {
      asked = ''
    },
  }

  async function compare(before: string, after: string) {
    const compared = await page.api.compare(before, after)
    const rows = await page.api.requests({ route: compared.after.route, limit: MOST_REQUESTS })
    return [compared, rows.filter(({ hasTrace }) => hasTrace)] as const
  }
}

/** Nobody reads further to recognise a statement. */
const STATEMENT_LENGTH = 1000

function requestWords(row: RequestRow): string {
  const state = row.aborted ? 'aborted' : row.status
  return [
    timeOf(row),
    state,
    plural(row.queries, 'query', 'queries'),
    row.capture === 'full' ? undefined : row.capture,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ')
}

function arrow({ before, after }: Change, format: (value: number) => string): string {
  return before === after ? format(after) : `${format(before)} → ${format(after)}`
}

function difference({ before, after }: Change, format: (value: number) => string): string {
  if (before === after) return 'same'
  const size = format(Math.abs(after - before))
  return after > before ? `+${size}` : `−${size}`
}
