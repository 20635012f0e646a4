// The counts and times of a route.
import type { RouteSummary } from '../../../../types/report.ts'
import { count, milliseconds } from './number-text.ts'
import type { Page } from './page.ts'

export function routeFacts(
  { make }: Pick<Page, 'make'>,
  { traces, queries, durationMs, databaseMs }: RouteSummary,
): HTMLElement {
  const from = (spread: RouteSummary['queries'], text: (value: number) => string) =>
    spread.min === spread.max
      ? text(spread.max)
      : `${text(spread.median)} (${text(spread.min)} to ${text(spread.max)})`
  const fact = (label: string, text: string) =>
    make('div', { class: 'fact' }, make('dt', null, label), make('dd', null, text))
  return make(
    'dl',
    { class: 'facts' },
    fact('Traces', count(traces)),
    fact('Queries', from(queries, count)),
    fact('Time', from(durationMs, milliseconds)),
    fact('In queries', from(databaseMs, milliseconds)),
  )
}
