// Finds columns that are fetched and never read, at one place in the code, in all traces seen of it. Not reported are columns
// that were copied or serialised with their row or that the surrounding code names, rows that were not examined, statements
// in which a column decides which rows are found, and places that were only sampled.

import { adviseColumns } from '../advice/advice.ts'
import type { CrossTraceDetector, Observation } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Trace } from '../types/trace.ts'
import { identifyPlace } from './identify.ts'
import { pageUrl } from './page-url.ts'
import {
  mergePlaces,
  observePlace,
  type Place,
  placeEvidence,
  type RowUse,
  watchedSelects,
} from './row-uses.ts'

const defaults = {
  /** Traces in which the column was fetched, and not read in any of them. */
  minTraces: 3,
  /** Bytes that came for nothing, at least, in one query: fewer fit into the packet of the network that is sent anyway. */
  minBytes: 1000,
  /** From so many bytes on it is a warning, below it is for information: some packets more each time. */
  warnBytes: 8192,
}

interface Column {
  name: string
  /** Position in the result. */
  at: number
  traces: number
  used: boolean
  /** In one query, at most; absent where it is not known. */
  bytes?: number
}

interface Seen extends Observation, Place {
  columns: readonly Column[]
}

export const unreadColumns: CrossTraceDetector<typeof defaults, Seen> = {
  meta: {
    id: 'unread-columns',
    title: 'Columns that nobody reads',
    severity: 'warning',
    url: pageUrl('unread-columns'),
    defaults,
  },
  observe: (trace) =>
    [...watchedSelects(trace)]
      .filter(([, [use]]) => use && !DECIDES_ROWS.test(use.query.sql))
      .map(([key, uses]) => observe(trace, key, uses)),
  merge: (a, b) => ({ ...mergePlaces(a, b), columns: mergeColumns([...a.columns, ...b.columns]) }),
  conclude: (observations, options) => observations.flatMap((seen) => conclude(seen, options) ?? []),
}

/** Without a column of theirs, these would find other rows. */
const DECIDES_ROWS = /\bselect\s+distinct\b|\b(union|intersect|except)\b/i

function observe(trace: Trace, key: string, uses: readonly RowUse[]): Seen {
  // Rows of which nothing at all was read say nothing about their columns.
  const evidence = uses.filter(({ usage }) => usage.rowsTouched > 0)
  const place = observePlace(trace, key, uses, evidence)
  const columns = evidence.flatMap(({ usage, query }) => {
    const make = (name: string, used: boolean): Column => {
      const at = query.columns?.findIndex((column) => isSameName(column.name, name)) ?? -1
      const bytes = usage.unreadBytes?.[name]
      return {
        name,
        at: at < 0 ? Number.MAX_SAFE_INTEGER : at,
        traces: 0,
        used,
        ...(bytes === undefined ? {} : { bytes }),
      }
    }
    return [
      ...[...usage.read, ...usage.serialized, ...(usage.named ?? [])].map((name) => make(name, true)),
      ...usage.unread.map((name) => make(name, false)),
    ]
  })
  return { ...place, columns: mergeColumns(columns).map((column) => ({ ...column, traces: place.traces })) }
}

/** Drizzle's `categoryId` is the column `category_id`. */
function isSameName(column: string, name: string): boolean {
  return column === name || column.replaceAll('_', '') === name.toLowerCase()
}

function mergeColumns(columns: readonly Column[]): Column[] {
  const merged = new Map<string, Column>()
  for (const column of columns) {
    const known = merged.get(column.name)
    const sizes = [known?.bytes, column.bytes].filter((bytes) => bytes !== undefined)
    merged.set(column.name, {
      name: column.name,
      at: Math.min(known?.at ?? column.at, column.at),
      traces: (known?.traces ?? 0) + column.traces,
      used: (known?.used ?? false) || column.used,
      ...(sizes.length > 0 ? { bytes: Math.max(...sizes) } : {}),
    })
  }
  return [...merged.values()].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
}

function conclude(seen: Seen, options: typeof defaults): Finding | undefined {
  if (seen.traces < options.minTraces || seen.wholly === 0) return undefined
  const used = seen.columns.filter((column) => column.used)
  const unread = seen.columns.filter((column) => !column.used && column.traces >= options.minTraces)
  if (unread.length === 0 || used.length === 0) return undefined
  const sizes = unread.flatMap(({ bytes }) => bytes ?? [])
  const bytes = sizes.length === unread.length ? sizes.reduce((sum, size) => sum + size, 0) : undefined
  if (bytes !== undefined && bytes < options.minBytes) return undefined

  const { traces, rows, completely } = seen
  const names = unread.map(({ name }) => name)
  const all = used.length + unread.length
  const [are, were] = unread.length === 1 ? ['is', 'was'] : ['are', 'were']
  const read = `${list(names)} ${were} not read in the ${traces} ${isRequest(seen) ? 'requests' : 'traces'} seen`
  const size = `about ${kilobytes(bytes ?? 0)} for ${rows} ${rows === 1 ? 'row' : 'rows'}, estimated from the values of some`
  return {
    ...identifyPlace(unreadColumns.meta.id, seen),
    severity: (bytes ?? 0) >= options.warnBytes ? 'warning' : 'info',
    confidence: completely > 0 ? 'likely' : 'possible',
    title: `${unread.length} of ${all} columns ${are} never read`,
    detail: bytes === undefined ? `${read}.` : `${read}: ${size}.`,
    ...adviseColumns(
      seen,
      used.map(({ name }) => name),
      names,
    ),
    cost: { queries: 0, roundTrips: 0, ...(bytes === undefined ? {} : { bytes }) },
    evidence: [
      ...placeEvidence(seen),
      { label: 'read', text: used.map(({ name }) => name).join(', ') },
      { label: 'unread', text: names.join(', ') },
    ],
  }
}

function isRequest({ kind }: Seen): boolean {
  return kind === 'http'
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${Number((bytes / 1000).toPrecision(2))} kB`
}
