// Every detector, one line each; the order is the order of their pages, not of the report.
import type { Detector } from '../types/detector.ts'
import { deepOffset } from './deep-offset.ts'
import { duplicateQuery } from './duplicate-query.ts'
import { nPlusOne } from './n-plus-one.ts'
import { nPlusOneWrite } from './n-plus-one-write.ts'
import { queryBudget } from './query-budget.ts'
import { slowQuery } from './slow-query.ts'
import { unboundedArray } from './unbounded-array.ts'
import { unboundedSelect } from './unbounded-select.ts'
import { unreadColumns } from './unread-columns.ts'
import { unreadRows } from './unread-rows.ts'

export const detectors: readonly Detector[] = [
  nPlusOne,
  nPlusOneWrite,
  duplicateQuery,
  unreadColumns,
  unreadRows,
  unboundedSelect,
  unboundedArray,
  deepOffset,
  slowQuery,
  queryBudget,
] as readonly Detector[]
