// One thing that a set-up does not capture, with what is lost and the next step.
import type { Frame } from '../types/query.ts'

type NoticeId =
  | 'requests-not-profiled'
  | 'requests-before-profiler'
  | 'pool-of-requests-not-profiled'
  | 'another-pool-not-profiled'
  | 'different-profilers'
  | 'outside-requests'
  | 'drizzle-not-profiled'
  | 'pg-not-found'
  | 'bundled-without-parser'
  | 'bundled-without-source-map'
  | 'catalog-not-read'
  | 'node-too-old'
  | 'pg-too-old'
  | 'two-versions'
  | 'wrong-variable'
  | 'profiler-off'
  | 'no-profiler'
  | 'silent-in-test'
  | 'tests-not-reported'
  | 'runner-not-supported'
  | 'tests-not-traced'
  | 'comment-without-effect'

export interface Notice {
  id: NoticeId
  /** One notice for each key is enough in a process. */
  key: string
  /** `fault`: queries or lines are missing that the set-up asks for. `hint`: this may be as intended. */
  level: 'fault' | 'hint'
  /** The observation, as a sentence. */
  seen: string
  /** The loss, as a sentence. */
  lost: string
  /** One step that can be copied. */
  nextStep: string
  /** A line of the application that shows it. */
  place?: Frame | undefined
}
