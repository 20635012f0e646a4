// Queries in no request and no trace: of jobs and scripts. Those of starting up, and timers that ping, are normal.
import { plural } from '../text/plural.ts'
import type { Notice } from './notice.ts'
import type { SetupFacts } from './setup-facts.ts'

/** A job comes again and again; one or two may be an accident of the moment, such as a cache that is filled. */
const BURSTS = 3

export function explainOutside(facts: SetupFacts): Notice[] {
  const { sources, profilers, isServer, isEnding, surroundings } = facts
  // Hooks of tests are outside of their traces on purpose.
  if (surroundings?.tests?.runner) return []
  const counted = sources.filter(
    ({ profiler, isLeftOut }) =>
      profiler !== undefined && !isLeftOut && profilers[profiler]?.collectsUntraced === false,
  )
  const outside = counted.filter(({ uses }) => uses.outside > 0)
  const isAll = isEnding && !isServer && sources.every(({ uses }) => uses.captured === 0)
  const worst = isAll ? outside[0] : outside.find(({ uses }) => uses.bursts >= BURSTS)
  if (!worst) return []
  return [
    {
      id: 'outside-requests',
      key: 'outside-requests',
      // Nothing at all is captured of a script, and some of an application that pings its database.
      level: isAll ? 'fault' : 'hint',
      seen: `The ${worst.kind} was used ${plural(worst.uses.outside, 'time')} outside of any request.`,
      lost: 'Queries outside of requests are only counted, so nothing can be found in them.',
      nextStep: "Give each job a trace: await defaultProfiler().trace('name', () => job()), from 'pg-loupe'.",
      // In a server, `place` may be a line of a request.
      place: isAll ? worst.place : worst.outsidePlace,
    },
  ]
}
