// Masks names in a trace that the application has built from its data: labels of columns and prepared statements are masked
// as in the statement (`data-names.ts`), wherever else they occur.
import { dataLabels, isDataName } from '../sql/fingerprint/data-names.ts'
import { fingerprint } from '../sql/fingerprint/fingerprint.ts'
import { lex } from '../sql/fingerprint/lexer.ts'
import type { RowUsage } from '../types/query.ts'
import type { RecordedQuery } from './recorded-query.ts'

type Rename = (name: string) => string

export function maskNames(queries: readonly RecordedQuery[]): void {
  const renames = queries.map(renameLabels)
  for (const [index, query] of queries.entries()) {
    const rename = renames[index]
    if (rename) {
      if (query.fields) query.fields = query.fields.map((field) => ({ ...field, name: rename(field.name) }))
      if (query.usage) query.usage = renameUsage(query.usage, rename)
    }
    if (query.flow?.some((flow) => renames[flow.query])) {
      query.flow = query.flow.map((flow) => ({
        ...flow,
        column: renames[flow.query]?.(flow.column) ?? flow.column,
      }))
    }
    if (query.prepared && isDataName(query.prepared)) query.prepared = '~'
  }
}

/** `undefined` where no label is masked, as nearly always. */
function renameLabels({ sql }: RecordedQuery): Rename | undefined {
  if (!fingerprint(sql).text.includes('"~')) return undefined
  const labels = dataLabels(sql, lex(sql))
  return (name) => labels.get(name)?.slice(1, -1) ?? name
}

function renameUsage(usage: RowUsage, rename: Rename): RowUsage {
  const { read, serialized, unread, unreadBytes } = usage
  return {
    ...usage,
    read: read.map(rename),
    serialized: serialized.map(rename),
    unread: unread.map(rename),
    ...(unreadBytes
      ? {
          unreadBytes: Object.fromEntries(
            Object.entries(unreadBytes).map(([name, bytes]) => [rename(name), bytes]),
          ),
        }
      : {}),
  }
}
