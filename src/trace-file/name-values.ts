// Replaces values by names in a trace that was read with values, as a live trace does when it closes. An analysis thus sees
// the same in both cases. A value that is not known gets no name.
import { statementValues } from '../sql/index.ts'
import { valueNames } from '../trace/value-flow/value-names.ts'
import type { Query } from '../types/query.ts'

export function nameValues(queries: readonly Query[]): Query[] {
  const nameValue = valueNames(PREFIX)
  return queries.map(({ params, ...query }) => {
    if (query.valueHashes) return query
    const values = statementValues(query.sql, params)
    return areKnown(values, query.sql) ? { ...query, valueHashes: values.map(nameValue) } : query
  })
}

/** Some queries of a trace may come with hashes of another's making; none of them begins like this. */
const PREFIX = 'read value '

/** DEFAULT has no value, and that is all there is to know of it. */
function areKnown(values: readonly unknown[], sql: string): boolean {
  const unknown = values.flat().filter((value) => value === undefined).length
  return unknown === 0 || unknown <= (sql.match(/\bdefault\b/gi)?.length ?? 0)
}
