// Notes what the source shows of calls that may have to be written anew, so that a remedy can use the application's own
// words. The source is read when a trace closes, once for each call; the detectors read the note, and no files.
import { findSameStatements } from '../../grouping/repetitions.ts'
import { fingerprint } from '../../sql/index.ts'
import type { QuerySource, RowUsage } from '../../types/query.ts'
import type { Call } from '../call-site/call-site.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { querySource } from './source-files.ts'

/** Of repeated statements, and of those whose rows were not all read. */
export function noteSources(queries: readonly RecordedQuery[]): void {
  for (const indexes of findSameStatements(queries)) {
    noteFirstOfEachCall(indexes.flatMap((index) => queries[index] ?? []))
  }
  noteFirstOfEachCall(
    queries.filter(({ usage, source }) => usage !== undefined && !source && isWasteful(usage)),
  )
}

function isWasteful({ unread, rowsTouched }: RowUsage): boolean {
  return unread.length > 0 || rowsTouched < 2
}

function noteFirstOfEachCall(queries: readonly RecordedQuery[]): void {
  const noted = new Set<Call>()
  for (const query of queries) {
    if (noted.has(query.call)) continue
    noted.add(query.call)
    const source = sourceOf(query)
    if (source) query.source = canLookUp(query) ? source : withoutLoop(source)
  }
}

/** Where it is sent, or else where it was built: a builder may be awaited by its name, or by Promise.all. */
function sourceOf(query: RecordedQuery): QuerySource | undefined {
  const { call } = query
  return (call.isCombining ? undefined : sourceAt(call)) ?? sourceAt(query.buildingCall)
}

function sourceAt(call: Call | undefined): QuerySource | undefined {
  const [frame] = call?.callSite ?? []
  return frame && querySource(frame)
}

/**
 * Whether rows can be looked up in a Map by the values that the application has, as the code of a remedy does. A row brings some
 * values back in another form than they were sent in.
 */
function canLookUp({ sql, params = [] }: RecordedQuery): boolean {
  return WRITES.has(fingerprint(sql).kind) || !params.some(isRespelled)
}

/** Writes are put together without looking anything up. */
const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete'])

/** Objects (dates, buffers), fractions (`1.5` and `1.50`), moments, and UUIDs with capitals. */
function isRespelled(value: unknown): boolean {
  if (typeof value === 'string') return RESPELLED.test(value)
  return typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'object' && value !== null
}

const RESPELLED =
  /^(?:[+-]?\d*\.\d+|\d{4}-\d\d-\d\d.*|(?=.*[A-F])[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12})$/s

function withoutLoop({ loop: _, ...source }: QuerySource): QuerySource {
  return source
}
