// A trace as a row of the list: counts and times, and nothing that grows with its queries.
import { busyMs } from '../report/busy-time.ts'
import { findingTitle } from '../report/finding-title.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { worstFirst } from '../worst-first.ts'
import type { CountedMessage } from './messages.ts'
import type { CaptureState, RequestRow } from './panel-api.ts'

type Place = Pick<RequestRow, 'id' | 'number' | 'process'>

export function requestRow(place: Place, trace: Trace, findings: readonly Finding[]): RequestRow {
  const { kind, name, startedAt, durationMs, labels = {}, queries, truncated, onlyCounted } = trace
  return {
    ...place,
    kind,
    route: name,
    ...outcomeOf(labels),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(durationMs === undefined ? {} : { durationMs }),
    queries: queries.length + truncated + (onlyCounted?.queries ?? 0),
    databaseMs: busyMs(queries) + (onlyCounted?.databaseMs ?? 0),
    rows: sum(queries, 'rows'),
    bytes: sum(queries, 'bytes'),
    capture: captureOf(trace),
    findings: findings.toSorted(worstFirst).map((finding) => {
      const { key, detector, severity } = finding
      return { key, detector, severity, title: findingTitle(finding) }
    }),
    hasTrace: true,
  }
}

/** The row of a trace that was only counted. */
export function countedRow(place: Place, counted: CountedMessage): RequestRow {
  const { kind, name, labels, startedAt, durationMs, queries, databaseMs } = counted
  return {
    ...place,
    kind,
    route: name,
    ...outcomeOf(labels),
    startedAt,
    durationMs,
    queries,
    databaseMs,
    capture: 'counted',
    findings: [],
    hasTrace: false,
  }
}

function outcomeOf({
  status = '',
  aborted,
}: Readonly<Record<string, string>>): Pick<RequestRow, 'status' | 'aborted'> {
  return {
    ...(/^\d{3}$/.test(status) ? { status: Number(status) } : {}),
    ...(aborted === undefined ? {} : { aborted: true }),
  }
}

/** A full capture has every query. */
function captureOf({ queries, truncated, onlyCounted }: Trace): CaptureState {
  const missing = truncated + (onlyCounted?.queries ?? 0)
  if (missing === 0) return 'full'
  return queries.length === 0 ? 'counted' : 'partial'
}

function sum(queries: readonly Query[], name: 'rows' | 'bytes'): number {
  return queries.reduce((total, query) => total + (query[name] ?? 0), 0)
}
