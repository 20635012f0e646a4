// The printed form of the page: the routes, followed by the shown findings in full.

import { findingDetail } from './finding-detail.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Page } from './page.ts'

export function printedPage(page: Page): HTMLElement {
  const { make, data, shown } = page
  /** Maximum number of printed findings. */
  const most = 200
  return make(
    'main',
    { class: 'printed' },
    make('h1', null, 'pg-loupe'),
    make(
      'p',
      null,
      `${plural(data.findings.length, 'finding', 'findings')} in ${plural(data.queryCount, 'query', 'queries')} of ${plural(data.traceCount, 'trace', 'traces')}`,
    ),
    make('p', null, data.leftOut.join(' ')),
    make(
      'table',
      null,
      make(
        'thead',
        null,
        make(
          'tr',
          null,
          ['Route', 'Findings', 'Traces', 'Queries', 'Time'].map((name) => make('th', null, name)),
        ),
      ),
      make(
        'tbody',
        null,
        data.routes.map(({ name, traces, queries, durationMs }) =>
          make(
            'tr',
            null,
            [
              name,
              count(page.findingsOf.get(name)?.length ?? 0),
              count(traces),
              count(queries.max),
              milliseconds(durationMs.median),
            ].map((text) => make('td', null, text)),
          ),
        ),
      ),
    ),
    shown.slice(0, most).map((finding) => findingDetail(page, finding)),
    shown.length > most && make('p', null, `and ${plural(shown.length - most, 'finding', 'findings')} more`),
  )
}
