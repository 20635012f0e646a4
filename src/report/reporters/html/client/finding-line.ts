// A finding as two lines of a list: what it is and what it costs, where it is and how sure.
import type { PageFinding } from '../page-data.ts'
import { bytes, plural } from './number-text.ts'
import type { Page } from './page.ts'
import { placeText } from './place-text.ts'

export function findingLine({ make }: Page, finding: PageFinding, withRoute = true): HTMLElement {
  const { severity, confidence, title, route, callSite, cost, detector } = finding
  const marks = { error: '✖', warning: '▲', info: '●' }
  const saved =
    cost.roundTrips > 0 ? plural(cost.roundTrips, 'trip', 'trips') : cost.bytes ? bytes(cost.bytes) : ''
  const [place] = callSite
  return make(
    'div',
    { class: `finding-line ${severity}` },
    make('span', { class: 'mark', role: 'img', 'aria-label': severity }, marks[severity]),
    make('span', { class: 'title' }, title),
    make('span', { class: 'saved', title: saved && `could save ${saved}` }, saved && `−${saved}`),
    make(
      'span',
      { class: 'where' },
      withRoute ? make('span', { class: 'route' }, route) : make('span', { class: 'route' }, detector),
      place && make('span', { class: 'place' }, placeText(place, true)),
    ),
    make('span', { class: `confidence ${confidence}` }, confidence),
  )
}
