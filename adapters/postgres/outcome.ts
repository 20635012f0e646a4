// Reads the outcome of a query from what postgres.js resolves it with: a result, a list of them for several statements, or the
// statement that `describe` asked for.
import { errorCode } from '../../src/text/error-code.ts'
import type { DriverField, Outcome } from '../../src/trace/query-recording.ts'
import type { ColumnLike, DescribedStatement, ResultLike } from './postgres-like.ts'

/** `undefined` when `resolved` is no result: the stream of a COPY, whose result comes at its end. */
export function resultsOf(resolved: unknown): readonly ResultLike[] | undefined {
  if (!Array.isArray(resolved)) return isDescribed(resolved) ? [] : undefined
  return 'command' in resolved ? [resolved as unknown as ResultLike] : (resolved as ResultLike[])
}

/** The rows of all statements are counted. The rows of the last statement that has some are kept. */
export function outcomeOf(resolved: unknown): Outcome {
  if (isDescribed(resolved)) return { rowCount: 0, fields: fieldsOf(resolved.columns) }
  const results = resultsOf(resolved) ?? []
  const last = results.findLast(({ length }) => length > 0) ?? results.at(-1)
  return {
    rowCount: results.reduce((sum, { length, count }) => sum + (length || count || 0), 0),
    fields: fieldsOf(last?.columns),
    rows: last?.every(isRow) ? last : undefined,
  }
}

/** `transform.row` may make anything of a row, and an error of a cursor leaves holes in the next result of its connection. */
function isRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null
}

/** The fields of these columns. postgres.js keeps the columns of a prepared statement, so they are converted once. */
export function fieldsOf(
  columns: readonly ColumnLike[] | null | undefined,
): readonly DriverField[] | undefined {
  if (!columns) return undefined
  const known = fields.get(columns)
  if (known) return known
  const converted = columns.map(({ name, table, number, type }) => ({
    name,
    tableID: table,
    columnID: number,
    dataTypeID: type,
  }))
  fields.set(columns, converted)
  return converted
}

const fields = new WeakMap<readonly ColumnLike[], readonly DriverField[]>()

function isDescribed(resolved: unknown): resolved is DescribedStatement {
  return typeof resolved === 'object' && resolved !== null && 'string' in resolved
}

/** The codes of the errors that postgres.js makes itself. */
const OWN_CODES: ReadonlySet<unknown> = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'COPY_IN_PROGRESS',
  'MAX_PARAMETERS_EXCEEDED',
  'MESSAGE_NOT_SUPPORTED',
  'NOT_TAGGED_CALL',
  'SASL_SIGNATURE_MISMATCH',
  'UNDEFINED_VALUE',
  'UNSAFE_TRANSACTION',
])

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return OWN_CODES.has(code) ? (code as string) : errorCode(error)
}
