// Tells from the facts of a set-up what is captured only in part: what was seen, what is lost by it, and one next step.
// A correct set-up gives nothing. It refuses to guess: what the facts do not prove is not said.
import type { Frame } from '../types/query.ts'
import { explainBundle } from './explain-bundle.ts'
import { explainCatalogs } from './explain-catalog.ts'
import { explainComments } from './explain-comments.ts'
import { explainConnections } from './explain-connections.ts'
import { explainOrms } from './explain-orms.ts'
import { explainOutside } from './explain-outside.ts'
import { explainRequests } from './explain-requests.ts'
import { explainSilence, explainTests } from './explain-silence.ts'
import { explainSources } from './explain-sources.ts'
import { explainNoProfiler, explainOff, explainVariables, explainVersions } from './explain-surroundings.ts'
import type { SetupFacts } from './setup-facts.ts'

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
  /** Of all notices of a process that have it, one is enough. */
  key: string
  /** `fault`: queries or lines are missing that the set-up asks for. `hint`: this may be as intended. */
  level: 'fault' | 'hint'
  /** What was seen, a sentence. */
  seen: string
  /** What is lost by it, a sentence. */
  lost: string
  /** One step that can be copied. */
  nextStep: string
  /** A line of the application that shows it. */
  place?: Frame | undefined
}

/** One explanation, for one kind of fault. */
type Explain = (facts: SetupFacts) => Notice[]

/** In this order notices are given: what hides everything comes before what hides a part. */
const EXPLANATIONS: readonly Explain[] = [
  explainVersions,
  explainOff,
  explainNoProfiler,
  explainVariables,
  explainRequests,
  explainSources,
  explainConnections,
  explainOrms,
  explainTests,
  explainSilence,
  explainBundle,
  explainCatalogs,
  explainComments,
  explainOutside,
]

/** Notices of what is captured only in part, worst first; empty when all is captured. */
export function explainSetup(facts: SetupFacts): Notice[] {
  const notices = EXPLANATIONS.flatMap((explain) => explain(facts))
  return [
    ...notices.filter(({ level }) => level === 'fault'),
    ...notices.filter(({ level }) => level === 'hint'),
  ]
}
