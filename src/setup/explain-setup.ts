// Tells from the facts of a set-up what is captured only in part: what was seen, what is lost by it, and one next step.
// A correct set-up gives nothing. It refuses to guess: what the facts do not prove is not said.
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
import type { Notice } from './notice.ts'
import type { SetupFacts } from './setup-facts.ts'

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
