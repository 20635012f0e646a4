// Notes what the source shows of calls that a remedy may replace, so that the remedy can use the application's own
// variables. The source is read when a trace closes, once for each call. The detectors read the note and no files.
import { findSameStatements } from '../../grouping/repetitions.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import { fingerprint } from '../../sql/index.ts'
import type { QuerySource, RowUsage } from '../../types/query.ts'
import type { Call } from '../call-site/read-call.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { querySource } from './source-at-frame.ts'

/** Notes the source of statements that are repeated, and of those whose rows were not all read. */
export function noteSources(queries: readonly RecordedQuery[], vocabulary: Vocabulary): void {
  for (const indexes of findSameStatements(queries)) {
    noteFirstOfEachCall(
      indexes.flatMap((index) => queries[index] ?? []),
      vocabulary,
    )
  }
  noteFirstOfEachCall(
    queries.filter(({ usage, source }) => usage !== undefined && !source && isWasteful(usage)),
    vocabulary,
  )
}

function isWasteful({ unread, rowsTouched }: RowUsage): boolean {
  return unread.length > 0 || rowsTouched < 2
}

function noteFirstOfEachCall(queries: readonly RecordedQuery[], vocabulary: Vocabulary): void {
  const noted = new Set<Call>()
  for (const query of queries) {
    if (noted.has(query.call)) continue
    noted.add(query.call)
    const source = sourceOf(query, vocabulary)
    if (source) query.source = canLookUp(query) ? source : withoutLoop(source)
  }
}

/**
 * The source at the call that sent the query, or else at the call that built it: a builder may be awaited by a variable, or by
 * Promise.all.
 */
function sourceOf(query: RecordedQuery, vocabulary: Vocabulary): QuerySource | undefined {
  const { call } = query
  const sent = call.isCombining ? undefined : sourceAt(call, vocabulary)
  return sent ?? sourceAt(query.buildingCall, vocabulary)
}

function sourceAt(call: Call | undefined, vocabulary: Vocabulary): QuerySource | undefined {
  const [frame] = call?.callSite ?? []
  return frame && querySource(frame, vocabulary)
}

/**
 * Whether rows can be looked up in a Map by the values that the application has, as the code of a remedy does. Rows return some
 * values in another form than the one they were sent in.
 */
function canLookUp({ sql, params = [] }: RecordedQuery): boolean {
  return WRITES.has(fingerprint(sql).kind) || !params.some(isRespelled)
}

/** The code for writes looks nothing up. */
const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete'])

/** Objects (dates, buffers), fractions (`1.5` and `1.50`), timestamps, and UUIDs with capital letters. */
function isRespelled(value: unknown): boolean {
  if (typeof value === 'string') return RESPELLED.test(value)
  return typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'object' && value !== null
}

const RESPELLED =
  /^(?:[+-]?\d*\.\d+|\d{4}-\d\d-\d\d.*|(?=.*[A-F])[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12})$/s

function withoutLoop({ loop: _, ...source }: QuerySource): QuerySource {
  return source
}
