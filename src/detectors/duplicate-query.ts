// The same statement with the same values and the same result, asked again within one unit of work, though nothing has
// been written to its tables in between. It refuses to accuse re-reading after a write, locking, polling, and what a
// loop repeats, which is that loop's finding.
import { findSameStatements } from '../grouping/repetitions.ts'
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Detector, Evidence, Finding, Frame, Query, Trace } from '../types.ts'
import { severityOf } from '../worst-first.ts'
import { identify } from './identify.ts'
import { nPlusOne } from './n-plus-one.ts'
import { isPolling } from './polling.ts'
import { readSlots } from './slots.ts'
import { tableVersions } from './table-versions.ts'

const defaults = {
  /** Executions of one statement with one set of values. */
  least: 2,
}

export const duplicateQuery: Detector<typeof defaults> = {
  meta: {
    id: 'duplicate-query',
    title: 'The same query again',
    severity: 'warning',
    docsUrl: 'src/detectors/duplicate-query.md',
    defaults,
  },
  detect(trace, options) {
    const versionOf = tableVersions(trace.queries)
    const groups = findSameStatements(trace.queries).map((indexes) =>
      groupEqual(trace, indexes, versionOf).filter((group) => group.length >= options.least),
    )
    if (!groups.some((group) => group.length > 0)) return []
    const loops = nPlusOne
      .detect(trace, nPlusOne.meta.defaults)
      .flatMap(({ occurrences }) => occurrences.map(({ queries }) => new Set(queries)))
    return groups.flatMap((equal) => {
      const own = equal.filter((group) => !loops.some((loop) => group.every((index) => loop.has(index))))
      return own.length > 0 ? [describe(trace, own)] : []
    })
  },
}

/** Those with equal values, equal results and nothing written in between; without known values none. */
function groupEqual(
  trace: Trace,
  indexes: readonly number[],
  versionOf: (index: number) => string,
): number[][] {
  const queries = indexes.map((index) => trace.queries[index] as Query)
  const { kind, text } = fingerprint(queries[0]?.sql ?? '')
  if (kind !== 'select' || !/\bfrom\b/i.test(text) || LOCKS.test(text)) return []
  const slots = readSlots(text, queries)
  if (slots.length === 0 && text.includes('?')) return []
  if (slots.some(({ names }) => names.some((name) => name === undefined))) return []
  const groups = new Map<string, number[]>()
  indexes.forEach((index, sending) => {
    const query = trace.queries[index] as Query
    if (query.error !== undefined) return
    const values = slots.map(({ names }) => names[sending]).join(' ')
    const key = [values, query.resultHash ?? `${query.rows}`, versionOf(index)].join('\n')
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
  })
  return [...groups.values()].filter(
    (group) => group.length > 1 && !isPollingOnePlace(group.map((index) => trace.queries[index] as Query)),
  )
}

const LOCKS = /\bfor (update|share|no key update|key share)\b/i

function isPollingOnePlace(queries: readonly Query[]): boolean {
  return isPolling(queries) && new Set(queries.map(placeOf)).size === 1
}

function describe(trace: Trace, groups: readonly (readonly number[])[]): Finding {
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
    severity: severityOf(cost),
    confidence: known ? 'proven' : 'likely',
    title: `The same query ${indexes.length} times${places}${values}`,
    detail: `Same statement, same values${sameResult}; nothing was written to its tables in between.`,
    remediation: 'Ask once and pass the result on, or keep it for the length of the request.',
    cost,
    evidence: [
      { label: `${indexes.length}×`, text },
      ...(sites.length > 1 ? sites.slice(0, NAMED_PLACES).map(placeEvidence) : []),
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
  for (const query of queries) {
    const site = sites.get(placeOf(query))
    if (site) site.count++
    else sites.set(placeOf(query), { callSite: query.callSite ?? [], count: 1 })
  }
  return [...sites.values()].sort((a, b) => b.count - a.count)
}

function placeOf({ callSite }: Query): string {
  return (callSite ?? []).map(({ file, line }) => `${file}:${line}`).join(' ')
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
