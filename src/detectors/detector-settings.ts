// The type of the option `detectors`. An editor completes the ids of detectors and their options, and the compiler refuses
// unknown ones. Detectors in `rules` have the types that `defineDetector` inferred.
import type { Detector, DetectorId, DetectorMeta, DetectorOptions } from '../types/detector.ts'
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

/** A detector of the user. In a configuration file it may be the path of a module whose default export is the detector. */
export type DetectorRule = Detector | string

/** The options of each detector by its id. `false` switches a detector off. */
export type DetectorSettings<Rules extends readonly DetectorRule[] = readonly DetectorRule[]> = OwnSettings &
  RuleSettings<Rules> & {
    /** Detectors of your own. In a configuration file also paths of modules, relative to that file. */
    rules?: Rules
  }

type OwnSettings = { [Id in DetectorId]?: Setting<DetectorsById[Id]> }

type Setting<Known> = Known extends { meta: DetectorMeta<infer Options> } ? false | Partial<Options> : never

type RuleSettings<Rules extends readonly DetectorRule[]> =
  string extends IdsOf<Rules[number]>
    ? { [id: string]: false | Partial<DetectorOptions> | readonly DetectorRule[] | undefined }
    : { [Rule in Extract<Rules[number], Detector> as Rule['meta']['id']]?: Setting<Rule> }

/** The compiler does not know the id in a module, so a path stands for every id. */
type IdsOf<Rule extends DetectorRule> = Rule extends Detector ? Rule['meta']['id'] : string

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
