// The rows that the list of requests shows, and the new ones that wait until the reader wants them. Both are bounded: older
// rows are asked for again when the reader scrolls to them.
import { matchesFilter } from '../matches-filter.ts'
import type { RequestFilter, RequestRow } from '../panel-api.ts'

/** Some megabytes, and more than anybody scrolls through. */
const MOST_ROWS = 5000

export interface RequestRows {
  /** Newest first. */
  readonly shown: readonly RequestRow[]
  /** Number of new rows that wait. */
  readonly held: number
  /** Rows beyond the last shown one may exist. */
  readonly hasOlder: boolean
  /** Remembers the rows that arrive until `start` gets the answer that was asked for now. */
  expect(): void
  /** Begins with other rows, newest first, and from now on takes only new ones that match. */
  start(filter: RequestFilter, rows: readonly RequestRow[], hasOlder: boolean): void
  /** Takes rows that arrived, oldest first. New ones wait; known ones are replaced where they are. */
  add(rows: readonly RequestRow[]): void
  /** Shows the rows that wait. */
  release(): void
  /** Adds older rows below, newest first. */
  append(rows: readonly RequestRow[], hasOlder: boolean): void
  /** The row with an id, shown or waiting. */
  find(id: string | undefined): RequestRow | undefined
}

export function requestRows(most = MOST_ROWS): RequestRows {
  let shown: RequestRow[] = []
  /** Oldest first. */
  let waiting: RequestRow[] = []
  let held = 0
  let hasOlder = false
  let filter: RequestFilter = {}
  let newest = 0
  /** All rows since the last question whose answer has not come, oldest first. */
  let sinceAsked: RequestRow[] | undefined

  const replace = (row: RequestRow) => {
    const index = positionOf(shown, row.number)
    if (shown[index]?.number === row.number) shown[index] = row
    else waiting = waiting.map((one) => (one.number === row.number ? row : one))
  }

  return {
    get shown() {
      return shown
    },
    get held() {
      return held
    },
    get hasOlder() {
      return hasOlder
    },
    expect() {
      sinceAsked = []
    },
    start(newFilter, rows, older) {
      filter = newFilter
      shown = rows.slice(0, most)
      waiting = []
      held = 0
      hasOlder = older || rows.length > most
      newest = shown[0]?.number ?? 0
      const arrived = sinceAsked ?? []
      sinceAsked = undefined
      this.add(arrived)
    },
    add(rows) {
      if (sinceAsked && sinceAsked.length < most) sinceAsked.push(...rows)
      for (const row of rows) {
        if (row.number <= newest) replace(row)
        else {
          newest = row.number
          if (matchesFilter(row, filter)) {
            waiting.push(row)
            held++
          }
        }
      }
      if (waiting.length > most) waiting = waiting.slice(-most)
    },
    release() {
      if (held === 0) return
      const all = waiting.reverse().concat(held > waiting.length ? [] : shown)
      hasOlder ||= all.length > most || held > waiting.length
      shown = all.slice(0, most)
      waiting = []
      held = 0
    },
    append(rows, older) {
      const last = shown.at(-1)?.number ?? Number.POSITIVE_INFINITY
      shown = [...shown, ...rows.filter(({ number }) => number < last)].slice(0, most)
      hasOlder = older && shown.length < most
    },
    find: (id) => shown.find((row) => row.id === id) ?? waiting.find((row) => row.id === id),
  }
}

/** Position of a number in rows that are sorted by it, the largest first. */
function positionOf(rows: readonly RequestRow[], number: number): number {
  let from = 0
  let to = rows.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((rows[middle] as RequestRow).number > number) from = middle + 1
    else to = middle
  }
  return from
}
