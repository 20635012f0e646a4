// The same statement with the same values and the same result, asked again within one unit of work, though nothing has
// been written to its tables in between. It refuses to accuse re-reading after a write or under other settings (role,
// tenant, search path), what changes by itself, locking, polling, and what a loop repeats, which is that loop's finding.
import { advisorOf } from '../advice/advisors.ts'
import { findSameStatements } from '../grouping/repetitions.ts'
import {
  callsUnknown,
  dependsOnTransactionTime,
  mayChangeEachTime,
} from '../sql/fingerprint/changing-functions.ts'
import { fingerprint } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Evidence, Finding } from '../types/finding.ts'
import type { CallSite, Frame, Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { severityOf } from '../worst-first.ts'
import { identify } from './identify.ts'
import { readLoops } from './n-plus-one.ts'
import { pageUrl } from './page-url.ts'
import { isPollingAlone } from './polling.ts'
import { sessionSettings } from './session-settings.ts'
import { readSlots } from './slots.ts'
import { type TableVersion, tableVersions } from './table-versions.ts'

const defaults = {
  /** Reported from this many executions of one statement with one set of values on. */
  minQueries: 2,
}

export const duplicateQuery: TraceDetector<typeof defaults> = {
  meta: {
    id: 'duplicate-query',
    title: 'The same query again',
    severity: 'warning',
    url: pageUrl('duplicate-query'),
    defaults,
  },
  detect(trace, options) {
    const moments: Moments = {
      tables: tableVersions(trace.queries),
      settings: sessionSettings(trace.queries),
    }
    const groups = findSameStatements(trace.queries).map((indexes) =>
      groupEqual(trace, indexes, moments).filter((group) => group.length >= options.minQueries),
    )
    if (!groups.some((group) => group.length > 0)) return []
    const loops = readLoops(trace).map(({ indexes }) => new Set(indexes))
    return groups.flatMap((equal) => {
      const own = equal.filter((group) => !loops.some((loop) => isOfLoop(trace.queries, group, loop)))
      return own.length > 0 ? [describe(trace, own, moments)] : []
    })
  },
}

/** Circumstances that give the same text another meaning, by the position of the query. */
interface Moments {
  tables: (index: number) => TableVersion
  settings: (index: number) => string
}

/** The queries with equal values, equal results and no write between them. Empty when the values are not known. */
function groupEqual(trace: Trace, indexes: readonly number[], { tables, settings }: Moments): number[][] {
  const queries = indexes.map((index) => trace.queries[index] as Query)
  const { kind, text } = fingerprint(queries[0]?.sql ?? '')
  if (kind !== 'select' || !/\bfrom\b/i.test(text) || LOCKS.test(text)) return []
  if (mayChangeEachTime(text) || queries.some(({ effects }) => effects?.writesAnything)) return []
  const tellsTime = dependsOnTransactionTime(text)
  const slots = readSlots(text, queries)
  if (slots.length === 0 && text.includes('?')) return []
  if (slots.some(({ names }) => names.some((name) => name === undefined))) return []
  const groups = new Map<string, number[]>()
  indexes.forEach((index, sending) => {
    const query = trace.queries[index] as Query
    if (query.error !== undefined) return
    const values = slots.map(({ names }) => names[sending]).join(' ')
    const result = query.resultHash ?? `${query.rows}`
    const moment = tellsTime ? `${query.transaction ?? `none ${index}`}` : ''
    const key = [values, result, tables(index).version, settings(index), moment].join('\n')
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
  })
  return [...groups.values()].filter((group) => group.length > 1 && !isPollingOnePlace(trace.queries, group))
}

const LOCKS = /\bfor (update|share|no key update|key share)\b/i

/** Where all are from one place, one of them tells: the first turn of a loop may have other callers in its stack. */
function isOfLoop(queries: readonly Query[], group: readonly number[], loop: ReadonlySet<number>): boolean {
  if (!group.some((index) => loop.has(index))) return false
  return (
    group.every((index) => loop.has(index)) ||
    distinctSites(group.map((index) => queries[index] as Query)).length === 1
  )
}

function isPollingOnePlace(queries: readonly Query[], group: readonly number[]): boolean {
  return (
    isPollingAlone(queries, group) &&
    distinctSites(group.map((index) => queries[index] as Query)).length === 1
  )
}

/** In one transaction, or in none, and nothing in between whose effects only a catalog could tell. */
function isCertain(trace: Trace, group: readonly number[], { tables }: Moments): boolean {
  const queries = group.map((index) => trace.queries[index] as Query)
  if (queries.every(({ bound }) => bound !== undefined)) return true
  const writes = new Set(group.map((index) => tables(index).writesBefore))
  return writes.size === 1 && !callsUnknown(fingerprint(queries[0]?.sql ?? '').text)
}

/** Each time in another transaction, which may have to see for itself what it decides by. */
function isApart(trace: Trace, group: readonly number[]): boolean {
  return new Set(group.map((index) => trace.queries[index]?.transaction)).size === group.length
}

function describe(trace: Trace, groups: readonly (readonly number[])[], moments: Moments): Finding {
  const indexes = groups.flat().sort((a, b) => a - b)
  const queries = indexes.map((index) => trace.queries[index] as Query)
  const { text, key } = fingerprint(queries[0]?.sql ?? '')
  const again = indexes.length - groups.length
  const sites = distinctSites(queries)
  const [worst] = sites
  const known = queries.every(({ resultHash }) => resultHash !== undefined)
  const cost = {
    queries: again,
    roundTrips: again,
    rows: queries.slice(groups.length).reduce((sum, { rows = 0 }) => sum + rows, 0),
  }
  const apart = groups.every((group) => isApart(trace, group))
  const certain = known && groups.every((group) => isCertain(trace, group, moments))
  const values = groups.length > 1 ? `, for ${groups.length} different sets of values` : ''
  const places = sites.length > 1 ? ` from ${sites.length} places` : ''
  const sameResult = known
    ? ', same result'
    : queries.some(({ rows }) => rows !== undefined)
      ? ', as many rows'
      : ''
  return {
    ...identify(duplicateQuery.meta.id, {
      trace,
      queries: indexes,
      callSite: worst?.callSite,
      statement: key,
    }),
    severity: apart ? 'info' : severityOf(cost),
    confidence: apart ? 'possible' : certain ? 'proven' : 'likely',
    title: `The same query ${indexes.length} times${places}${values}`,
    detail: `Same statement, same values${sameResult}; ${apart ? 'not in the same transaction' : 'nothing was written to its tables in between'}.`,
    ...advisorOf(queries[0]?.via).askOnce(),
    cost,
    evidence: [
      { label: `${indexes.length}×`, text },
      ...(sites.length > 1 ? sites.slice(0, NAMED_PLACES).map(placeEvidence) : []),
      ...(sites.length > NAMED_PLACES
        ? [{ label: 'from', text: `${sites.length - NAMED_PLACES} more places, not listed` }]
        : []),
    ],
  }
}

/** Places named when one query is asked from many. */
const NAMED_PLACES = 10

interface Site {
  callSite: CallSite
  count: number
}

/** Most frequent first. */
function distinctSites(queries: readonly Query[]): Site[] {
  const sites = new Map<string, Site>()
  for (const { callSite = [] } of queries) {
    const place = callSite.map(lineOf).join(' ')
    const site = sites.get(place)
    if (site) site.count++
    else sites.set(place, { callSite, count: 1 })
  }
  const all = [...sites.values()]
  if (all.length > COMPARED_PLACES) return all.sort((a, b) => b.count - a.count)
  const merged = new Set<Site>()
  for (const site of [...all].sort((a, b) => a.callSite.length - b.callSite.length)) {
    const whole = all.find(
      (other) => other !== site && !merged.has(other) && isPartOf(site.callSite, other.callSite),
    )
    if (!whole) continue
    whole.count += site.count
    merged.add(site)
  }
  return all.filter((site) => !merged.has(site)).sort((a, b) => b.count - a.count)
}

/** Each is compared with each other. */
const COMPARED_PLACES = 100

/** The first turn of a loop has all callers in its stack; after an await only those are left that await it. */
function isPartOf(some: CallSite, all: CallSite): boolean {
  const [innermost] = some
  if (!innermost || !all[0] || lineOf(innermost) !== lineOf(all[0])) return false
  const lines = new Set(all.map(lineOf))
  return some.every((frame) => lines.has(lineOf(frame)))
}

function lineOf({ file, line }: Frame): string {
  return `${file}:${line}`
}

/** The innermost frame that tells the places apart: one helper called from several is itself in all of them. */
function placeEvidence({ callSite, count }: Site, _index: number, sites: readonly Site[]): Evidence {
  const depth = callSite.findIndex((frame, i) => sites.some((other) => !isSameLine(other.callSite[i], frame)))
  const place = callSite[Math.max(0, depth)]
  return { label: 'from', text: count > 1 ? `${count} times` : 'once', ...(place ? { callSite: place } : {}) }
}

function isSameLine(a: Frame | undefined, b: Frame): boolean {
  return a?.file === b.file && a.line === b.line
}
