// A request in an answer: one row of a list.
import type { RequestRow } from '../panel/panel-api.ts'
import { quote } from './quoted-text.ts'
import { shortKey } from './short-key.ts'

export interface RequestSummary {
  id: string
  number: number
  route: string
  status?: number | 'aborted'
  at?: string
  queries: number
  durationMs?: number
  databaseMs?: number
  rows?: number
  bytes?: number
  /** Keys of its findings, worst first. */
  findings?: readonly string[]
  /** Absent when it was captured in full. */
  capture?: 'partial' | 'counted'
}

/** Findings of one request that are named; a page with more of them is rare. */
const FINDINGS = 5

export function summarize(row: RequestRow): RequestSummary {
  const keys = row.findings.slice(0, FINDINGS).map(({ key }) => shortKey(key))
  const more = row.findings.length - keys.length
  const status = row.aborted ? 'aborted' : row.status
  return {
    id: row.id,
    number: row.number,
    route: quote(row.route, 200),
    ...(status === undefined ? {} : { status }),
    ...(row.startedAt === undefined ? {} : { at: row.startedAt }),
    queries: row.queries,
    ...rounded({ durationMs: row.durationMs, databaseMs: row.databaseMs }),
    ...(row.rows === undefined ? {} : { rows: row.rows }),
    ...(row.bytes === undefined ? {} : { bytes: row.bytes }),
    ...(keys.length > 0 ? { findings: [...keys, ...(more > 0 ? [`${more} more`] : [])] } : {}),
    ...(row.capture === 'full' ? {} : { capture: row.capture }),
  }
}

/** To tenths of a millisecond; absent ones stay absent. */
export function rounded<Name extends string>(
  times: Readonly<Record<Name, number | undefined>>,
): { [Key in Name]?: number } {
  const known = Object.entries<number | undefined>(times).flatMap(([name, ms]) =>
    ms === undefined ? [] : [[name, Math.round(ms * 10) / 10]],
  )
  return Object.fromEntries(known)
}
