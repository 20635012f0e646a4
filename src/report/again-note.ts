// The part of a trace's line in the live console that names the findings that have been shown before.
import { placeName } from './reporters/place-name.ts'
import { printable } from './reporters/printable.ts'
import { queriesSeen, type Sighting } from './shown-findings.ts'

/** More findings than this are counted. */
const NAMED = 2

/** Empty without a sighting. News about a finding (it has grown, or another route has it) comes first. */
export function againNote(sightings: readonly Sighting[]): string {
  const sorted = NEWEST_FIRST.flatMap((state) => sightings.filter((sighting) => sighting.state === state))
  const named = sorted.slice(0, NAMED).map(describe)
  const left = sorted.length - named.length
  return [...named, ...(left > 0 ? [`${left} more`] : [])].join(', ')
}

const NEWEST_FIRST = ['grown', 'elsewhere', 'again'] as const

function describe({ finding, state, times, queriesBefore, firstRoute }: Sighting): string {
  const name = placeName(finding)
  if (state === 'elsewhere') return `${name} as shown for ${printable(firstRoute)}`
  if (state === 'again') return `${name}, ${ordinal(times)} time`
  return `${name} has grown from ${queriesBefore} to ${queriesSeen(finding)} queries`
}

const WORDS: Readonly<Record<number, string>> = { 2: 'second', 3: 'third' }

function ordinal(count: number): string {
  return WORDS[count] ?? `${count}${SUFFIXES[ORDINALS.select(count)]}`
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })
const SUFFIXES = { one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' }
