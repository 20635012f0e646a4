// Several detectors derive the same facts from the queries of one trace. Each fact is computed once and kept as long as
// the array of queries lives. It is computed again when an open trace has got further queries.
import type { Query } from '../types/query.ts'

export function rememberedFor<Result>(
  read: (queries: readonly Query[]) => Result,
): (queries: readonly Query[]) => Result {
  const memory = new WeakMap<readonly Query[], { length: number; result: Result }>()
  return (queries) => {
    const known = memory.get(queries)
    if (known?.length === queries.length) return known.result
    const result = read(queries)
    memory.set(queries, { length: queries.length, result })
    return result
  }
}
