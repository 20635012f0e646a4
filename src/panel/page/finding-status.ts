// The state of a finding, above the finding itself: how often it was seen, and what later requests say about it.
import type { PageFindingRow } from '../page-api.ts'
import { STATES } from './finding-states.ts'
import type { LivePage } from './live-page.ts'
import { timeOf } from './request-line.ts'
import { frequency } from './state-line.ts'

/** Enough for some clicks. */
const CAPTURED_TRACES = 5

export function findingStatus(page: LivePage, row: PageFindingRow): HTMLElement {
  const { make } = page
  const { status, latest, firstSeen, lastSeen, finding } = row
  const { word, mark } = STATES[status.state]
  const decided = status.request
  const capture = () => {
    page.api
      .capture(finding.route, CAPTURED_TRACES)
      .then(
        () =>
          page.notify(
            `The next ${CAPTURED_TRACES} requests of ${finding.route} are captured in full, and decide.`,
          ),
        page.fail,
      )
  }
  const seen = [
    `Seen in ${frequency(row)}`,
    firstSeen && `first at ${timeOf({ startedAt: firstSeen })}`,
    lastSeen && `last at ${timeOf({ startedAt: lastSeen })}`,
  ]
  const link = (text: string, change: Parameters<LivePage['link']>[0]) =>
    make('a', { href: page.link(change) }, text)
  return make(
    'section',
    { class: `finding-status ${status.state}`, 'aria-label': 'State' },
    make('p', null, make('b', { class: `state ${status.state}` }, `${mark} ${word}`), ` ${status.reason}`),
    make('p', { class: 'quiet' }, `${seen.filter(Boolean).join(', ')}.`),
    make(
      'p',
      { class: 'status-links' },
      latest && link('Last request that showed it', { view: 'traces', trace: latest, finding: finding.key }),
      decided &&
        decided !== latest &&
        link('Request that decided', { view: 'traces', trace: decided, finding: undefined }),
      latest &&
        decided &&
        decided !== latest &&
        link('Compare before and after', {
          view: 'changes',
          before: latest,
          after: decided,
          finding: undefined,
        }),
      status.state !== 'fixed' &&
        make('button', { type: 'button', class: 'copy', click: capture }, 'Check the next requests'),
    ),
  )
}
