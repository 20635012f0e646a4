// A finding as a row of a list: its title and cost, its statement, its place and its confidence.
import type { FormerFinding } from '../page-data.ts'
import { cutText } from './cut-text.ts'
import { bytes, plural } from './number-text.ts'
import type { Page } from './page.ts'
import { placeText } from './place-text.ts'

const MARKS = { error: '✖', warning: '▲', info: '●' }

/** Maximum length of a condition, enough to distinguish two statements. */
const STATEMENT_END = 22
/** The line, with the end of the file's name. */
const PLACE_END = 9

/** `note` is shown in the place of the route. */
export function findingLine(
  { make, changeOf }: Page,
  finding: FormerFinding,
  { note }: { note?: string | undefined } = {},
): HTMLElement {
  const { severity, confidence, title, route, callSite, cost, subject, key } = finding
  const saved =
    cost.roundTrips > 0 ? plural(cost.roundTrips, 'trip', 'trips') : cost.bytes ? bytes(cost.bytes) : ''
  const [place] = callSite
  const change = changeOf.get(key)
  return make(
    'div',
    { class: `finding-line ${severity}` },
    make('span', { class: 'mark', role: 'img', 'aria-label': severity }, MARKS[severity]),
    make('span', { class: 'title' }, title),
    make('span', { class: 'saved', title: saved && `could save ${saved}` }, saved && `−${saved}`),
    make(
      'span',
      { class: 'subject' },
      subject?.table && make('b', { class: 'table' }, subject.table),
      subject && cutText(make, subject.text, STATEMENT_END),
    ),
    make(
      'span',
      { class: 'where' },
      place && make('span', { class: 'place' }, cutText(make, placeText(place, true), PLACE_END)),
      make('span', { class: 'route' }, note ?? route),
    ),
    make(
      'span',
      { class: `confidence ${confidence}` },
      change && make('span', { class: `chip ${change}` }, change),
      confidence,
    ),
  )
}
