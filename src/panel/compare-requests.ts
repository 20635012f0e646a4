// Two requests of one route side by side, statement by statement. Pure.
import { withoutNumber } from '../detectors/identify.ts'
import { busyMs } from '../report/busy-time.ts'
import { findingTitle } from '../report/finding-title.ts'
import { fingerprint } from '../sql/index.ts'
import { compareText } from '../text/compare-text.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Change, RequestComparison, RequestDetail, StatementChange } from './panel-api.ts'

export function compareRequests(before: RequestDetail, after: RequestDetail): RequestComparison {
  const [was, is] = [before.trace.queries, after.trace.queries]
  return {
    before: before.request,
    after: after.request,
    queries: { before: before.request.queries, after: after.request.queries },
    rows: changeOf(was, is, sumOf('rows')),
    bytes: changeOf(was, is, sumOf('bytes')),
    databaseMs: changeOf(was, is, busyMs),
    durationMs: { before: before.trace.durationMs ?? 0, after: after.trace.durationMs ?? 0 },
    statements: compareStatements(was, is),
    findings: compareFindings(before.findings, after.findings),
  }
}

function compareStatements(was: readonly Query[], is: readonly Query[]): StatementChange[] {
  const [before, after] = [byFingerprint(was), byFingerprint(is)]
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys]
    .map((key) => compareStatement(key, before.get(key) ?? [], after.get(key) ?? []))
    .sort(changedFirst)
}

function byFingerprint(queries: readonly Query[]): Map<string, Query[]> {
  const groups = new Map<string, Query[]>()
  for (const query of queries) {
    const { key } = fingerprint(query.sql)
    const group = groups.get(key)
    if (group) group.push(query)
    else groups.set(key, [query])
  }
  return groups
}

function compareStatement(key: string, was: readonly Query[], is: readonly Query[]): StatementChange {
  const { text } = fingerprint((is[0] ?? was[0])?.sql ?? '')
  const queries = { before: was.length, after: is.length }
  return {
    fingerprint: key,
    text,
    change: wordFor(queries),
    queries,
    rows: changeOf(was, is, sumOf('rows')),
    bytes: changeOf(was, is, sumOf('bytes')),
    databaseMs: changeOf(was, is, busyMs),
  }
}

function wordFor({ before, after }: Change): StatementChange['change'] {
  if (after === 0) return 'gone'
  if (before === 0) return 'new'
  if (before === after) return 'same'
  return after > before ? 'more' : 'fewer'
}

function changeOf(
  was: readonly Query[],
  is: readonly Query[],
  measure: (queries: readonly Query[]) => number,
): Change {
  return { before: measure(was), after: measure(is) }
}

function sumOf(field: 'rows' | 'bytes'): (queries: readonly Query[]) => number {
  return (queries) => queries.reduce((sum, { [field]: count = 0 }) => sum + count, 0)
}

/** By the number of queries, then of rows. Statements that were sent equally often come last. */
function changedFirst(a: StatementChange, b: StatementChange): number {
  return (
    difference(b.queries) - difference(a.queries) ||
    difference(b.rows) - difference(a.rows) ||
    compareText(a.text, b.text)
  )
}

function difference({ before, after }: Change): number {
  return Math.abs(after - before)
}

function compareFindings(was: readonly Finding[], is: readonly Finding[]): RequestComparison['findings'] {
  const [before, after] = [was, is].map((all) => new Set(all.map(nameOf))) as [Set<string>, Set<string>]
  return {
    gone: was.filter((finding) => !after.has(nameOf(finding))).map(titled),
    new: is.filter((finding) => !before.has(nameOf(finding))).map(titled),
    still: is.filter((finding) => before.has(nameOf(finding))).map(titled),
  }
}

/** The lists show no statement beside the title. */
function titled(finding: Finding): Finding {
  return { ...finding, title: findingTitle(finding) }
}

/** Loops of one function share a key; their first statement tells them apart. */
function nameOf({ key, statements }: Finding): string {
  return statements ? `${withoutNumber(key)} ${statements[0]?.fingerprint}` : key
}
