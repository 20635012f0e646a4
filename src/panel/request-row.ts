// A trace that was captured as a row of the list: counts and times, and nothing that grows with its queries.
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { worstFirst } from '../worst-first.ts'
import type { CaptureState, RequestRow } from './panel-api.ts'

export function requestRow(
  place: Pick<RequestRow, 'id' | 'number' | 'process'>,
  trace: Trace,
  findings: readonly Finding[],
): RequestRow {
  const { kind, name, startedAt, durationMs, labels, queries, truncated, onlyCounted } = trace
  const status = Number(labels?.status)
  return {
    ...place,
    kind,
    route: name,
    ...(Number.isInteger(status) ? { status } : {}),
    ...(labels?.aborted === undefined ? {} : { aborted: true }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(durationMs === undefined ? {} : { durationMs }),
    queries: queries.length + truncated + (onlyCounted?.queries ?? 0),
    databaseMs: sum(queries, 'durationMs') + (onlyCounted?.databaseMs ?? 0),
    rows: sum(queries, 'rows'),
    bytes: sum(queries, 'bytes'),
    capture: captureOf(trace),
    findings: findings
      .toSorted(worstFirst)
      .map(({ key, detector, severity, title }) => ({ key, detector, severity, title })),
    hasTrace: true,
  }
}

/** A full capture has every query. */
function captureOf({ queries, truncated, onlyCounted }: Trace): CaptureState {
  const missing = truncated + (onlyCounted?.queries ?? 0)
  if (missing === 0) return 'full'
  return queries.length === 0 ? 'counted' : 'partial'
}

function sum(queries: readonly Query[], name: 'durationMs' | 'rows' | 'bytes'): number {
  return queries.reduce((total, query) => total + (query[name] ?? 0), 0)
}
