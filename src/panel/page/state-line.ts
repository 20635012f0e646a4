// A finding as a row of the list, with its state, how many requests showed it, and when the last one did.
import { findingLine } from '../../report/reporters/html/client/finding-line.ts'
import { count, plural } from '../../report/reporters/html/client/number-text.ts'
import type { PageFindingRow } from '../page-api.ts'
import { STATES } from './finding-states.ts'
import type { LivePage } from './live-page.ts'
import { timeOf } from './request-line.ts'

/** `others` are the findings that one change of the source would remove with this one. */
export function stateLine(page: LivePage, row: PageFindingRow, others: number): HTMLElement {
  const { make } = page
  const { finding, status, lastSeen } = row
  const { word, mark } = STATES[status.state]
  const note = [
    finding.route,
    frequency(row),
    lastSeen && timeOf({ startedAt: lastSeen }),
    others > 0 && `and ${plural(others, 'more finding', 'more findings')}`,
  ]
  const line = findingLine(page, finding, { note: note.filter(Boolean).join(' · ') })
  line
    .querySelector('.confidence')
    ?.replaceChildren(
      make(
        'span',
        { class: `state ${status.state}`, title: status.reason },
        make('span', { 'aria-hidden': 'true' }, `${mark} `),
        word,
      ),
    )
  line.classList.add(status.state)
  return line
}

/** `12 of 14 requests` */
export function frequency({ requests, ofRequests }: Pick<PageFindingRow, 'requests' | 'ofRequests'>): string {
  return `${count(requests)} of ${plural(ofRequests, 'request', 'requests')}`
}
