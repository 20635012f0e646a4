// Finds many rows that are fetched where one row, or only their number, would do: in all traces seen of a place none of its
// rows was read, or a single one. Not reported are few rows, locked rows, statements whose list of columns has side effects,
// and places that were only sampled.

import { adviseRows } from '../advice/advice.ts'
import { advisorOf } from '../advice/advisors.ts'
import type { CrossTraceDetector, Observation } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Query, ResultColumn } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { identifyPlace } from './identify.ts'
import { pageUrl } from './page-url.ts'
import {
  greatest,
  mergePlaces,
  observePlace,
  type Place,
  placeEvidence,
  type RowUse,
  watchedSelects,
} from './row-uses.ts'

const defaults = {
  /** Traces in which so few rows were read. */
  minTraces: 3,
  /** Rows fetched, at least. */
  minRows: 10,
  /** From so many rows on it is a warning, below it is for information. */
  warnRows: 100,
}

interface Seen extends Observation, Place {
  /** The most rows of one result of which anything was read. */
  touched: number
  /** Where a single one was read, it was the first. */
  onlyFirst: boolean
  /** Columns of tables were fetched: what computes may do something, too. */
  fromTable: boolean
  bytes: number
}

export const unreadRows: CrossTraceDetector<typeof defaults, Seen> = {
  meta: {
    id: 'unread-rows',
    title: 'Rows that nobody reads',
    severity: 'warning',
    url: pageUrl('unread-rows'),
    defaults,
  },
  observe: (trace, { minRows }) =>
    [...watchedSelects(trace)].map(([key, uses]) => observe(trace, key, uses, minRows)),
  merge: (a, b) => ({
    ...mergePlaces(a, b),
    touched: Math.max(a.touched, b.touched),
    onlyFirst: a.onlyFirst && b.onlyFirst,
    fromTable: a.fromTable && b.fromTable,
    bytes: Math.max(a.bytes, b.bytes),
  }),
  conclude: (observations, options) => observations.flatMap((seen) => conclude(seen, options) ?? []),
}

function observe(trace: Trace, key: string, uses: readonly RowUse[], least: number): Seen {
  const evidence = uses.filter(({ query }) => (query.rows ?? 0) >= least)
  return {
    ...observePlace(trace, key, uses, evidence),
    touched: greatest(uses, ({ usage }) => usage.rowsTouched),
    onlyFirst: uses.every(({ usage: { firstTouched = 0 } }) => firstTouched === 0),
    fromTable: uses.every(({ query }) => isFromTable(query)),
    bytes: greatest(evidence, ({ query }) => query.bytes),
  }
}

function isFromTable({ columns = [], via }: Query): boolean {
  const isOfTable = ({ tableId, table }: ResultColumn) => Boolean(tableId || table)
  return (
    columns.length === 0 ||
    (advisorOf(via).nestsRelations ? columns.some(isOfTable) : columns.every(isOfTable))
  )
}

function conclude(seen: Seen, options: typeof defaults): Finding | undefined {
  const { text, traces, wholly, touched, rows, completely, bytes } = seen
  if (traces < options.minTraces || wholly === 0 || touched > 1) return undefined
  if (!seen.fromTable || LOCKS.test(text) || !/ from /.test(text)) return undefined
  const which =
    touched === 0 ? 'none of them' : seen.onlyFirst ? 'only the first of them' : 'only one of them'
  return {
    ...identifyPlace(unreadRows.meta.id, seen),
    severity: rows >= options.warnRows ? 'warning' : 'info',
    confidence: completely > 0 ? 'likely' : 'possible',
    title: `${rows} rows fetched, and ${which} read`,
    detail: `In each of ${traces} traces at least ${options.minRows} rows came, up to ${rows}, and ${which} was read.`,
    ...adviseRows(seen, touched),
    cost: {
      queries: 0,
      roundTrips: 0,
      rows: rows - touched,
      ...(bytes > 0 ? { bytes: Math.round((bytes * (rows - touched)) / rows) } : {}),
    },
    evidence: placeEvidence(seen),
  }
}

/** Rows are locked by being fetched. */
const LOCKS = /\bfor (update|share|no key update|key share)\b/i
