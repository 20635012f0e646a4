// A request as a row of the list: its worst finding, its route, when it came, and what it cost.
import { count, milliseconds, plural } from '../../report/reporters/html/client/number-text.ts'
import { SEVERITIES } from '../../worst-first.ts'
import type { RequestRow } from '../panel-api.ts'
import type { LivePage } from './live-page.ts'
import { processName } from './process-name.ts'

const MARKS = { error: '✖', warning: '▲', info: '●' } as const

/** `restarted` is set on the first request of a process that another one of the same program came before. */
export function requestLine(
  { make, status }: LivePage,
  row: RequestRow,
  { restarted = false }: { restarted?: boolean } = {},
): HTMLElement {
  const { route, findings, queries, databaseMs, durationMs, capture } = row
  const worst = SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity))
  const process = status?.processes.find(({ id }) => id === row.process)
  const name = process && processName(process)
  const tallies = SEVERITIES.flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length
    return number > 0 ? [{ severity, number }] : []
  })
  const cost = [
    plural(queries, 'query', 'queries'),
    databaseMs !== undefined && `${milliseconds(databaseMs)} in queries`,
    durationMs !== undefined && `${milliseconds(durationMs)} in all`,
  ]
  const state = row.aborted ? 'aborted' : row.status === undefined ? row.kind : String(row.status)
  const failed = row.aborted || (row.status ?? 0) >= 500
  return make(
    'div',
    {
      class: `request-line ${capture}${restarted ? ' restarted' : ''}`,
      'aria-label': [
        route,
        state,
        ...cost.filter(Boolean),
        ...tallies.map(({ severity, number }) => plural(number, severity, `${severity}s`)),
        capture === 'counted' && 'only counted',
        row.pinned && 'pinned',
        name && `in ${name}`,
        restarted && 'first request after a restart',
        timeOf(row),
      ]
        .filter(Boolean)
        .join(', '),
    },
    make('span', { class: `mark ${worst ?? ''}`, 'aria-hidden': 'true' }, worst ? MARKS[worst] : ''),
    make('span', { class: 'route' }, route),
    make('span', { class: 'when' }, row.pinned && make('span', { class: 'pinned' }, 'pinned '), timeOf(row)),
    make(
      'span',
      { class: 'cost' },
      make('span', { class: failed ? 'failed' : undefined }, state),
      make('span', { class: 'queries' }, plural(queries, 'query', 'queries')),
      // The end is cut where there is no room, and findings matter more than times.
      tallies.map(({ severity, number }) =>
        make(
          'span',
          { class: `tally ${severity}` },
          make('span', { class: 'mark' }, MARKS[severity]),
          count(number),
        ),
      ),
      databaseMs !== undefined && make('span', null, milliseconds(databaseMs)),
      capture === 'counted' && make('span', { class: 'chip plain' }, 'counted'),
    ),
    make('span', { class: 'process', title: name }, name),
    restarted && make('span', { class: 'restart' }, `${name ?? 'Process'} restarted`),
  )
}

/** `14:03:22`, in the reader's time zone. */
export function timeOf({ startedAt }: Pick<RequestRow, 'startedAt'>): string {
  return startedAt === undefined ? '' : new Date(startedAt).toLocaleTimeString('en-GB')
}
