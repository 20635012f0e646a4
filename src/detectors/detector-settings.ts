// The options of every detector by its id, as a type: an editor completes ids and options, and the compiler refuses others.
import type { Detector, DetectorId } from '../types/detector.ts'
import type { deepOffset } from './deep-offset.ts'
import type { duplicateQuery } from './duplicate-query.ts'
import type { nPlusOne } from './n-plus-one.ts'
import type { nPlusOneWrite } from './n-plus-one-write.ts'
import type { queryBudget } from './query-budget.ts'
import type { slowQuery } from './slow-query.ts'
import type { unboundedArray } from './unbounded-array.ts'
import type { unboundedSelect } from './unbounded-select.ts'
import type { unreadColumns } from './unread-columns.ts'
import type { unreadRows } from './unread-rows.ts'

/** Options by detector, or `false` to switch one off. */
export type DetectorSettings = {
  [Id in DetectorId]?: false | Partial<OptionsOf<DetectorsById[Id]>>
}

interface DetectorsById extends Record<DetectorId, unknown> {
  'n-plus-one': typeof nPlusOne
  'n-plus-one-write': typeof nPlusOneWrite
  'duplicate-query': typeof duplicateQuery
  'unread-columns': typeof unreadColumns
  'unread-rows': typeof unreadRows
  'unbounded-select': typeof unboundedSelect
  'unbounded-array': typeof unboundedArray
  'deep-offset': typeof deepOffset
  'slow-query': typeof slowQuery
  'query-budget': typeof queryBudget
}

type OptionsOf<Known> = Known extends Detector<infer Options, infer _Observed> ? Options : never
