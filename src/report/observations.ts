// Collects facts for findings that need several traces: each detector's observations, merged by their key. Drawing
// conclusions does not change them, so it can be repeated after every trace and at the end.

import { today } from '../suppression/day.ts'
import { isAbout, isInForce, keyOfMark, readMarks } from '../suppression/marks.ts'
import type { IgnoredFinding } from '../suppression/suppressions.ts'
import { compareText } from '../text/compare-text.ts'
import type { ActiveDetector, CrossTraceDetector, DetectorOptions, Observation } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Ignore, Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { tellPlacesApart } from './analyze-trace.ts'
import { isTestRun } from './test-code.ts'

/** Far more than an application has statements at call sites, a stop for statements that are made up as they go. */
const KEPT_OBSERVATIONS = 5000

type Seen = Map<string, Observation>

export interface Observations {
  /** Returns the findings about what this trace has added to, as they are now. */
  add(trace: Trace): Finding[]
  conclude(): Finding[]
  /** Conclusions from queries that the code marks as ignored. All other conclusions exclude these queries. */
  ignored(): IgnoredFinding[]
  /** Observations of keys that were too many to be kept. */
  readonly cut: number
}

export function collectObservations(
  active: readonly ActiveDetector[],
  limit = KEPT_OBSERVATIONS,
): Observations {
  const observing = active.flatMap(({ detector, options }): Observing[] =>
    'observe' in detector ? [{ detector, options, seen: new Map(), ignored: new Map() }] : [],
  )
  let cut = 0

  /** Returns what has changed. */
  const observe = ({ detector, options }: Observing, seen: Seen, trace: Trace): Seen => {
    const changed: Seen = new Map()
    for (const observation of detector.observe(trace, options)) {
      const { key } = observation
      const known = seen.get(key)
      if (!known && seen.size >= limit) {
        cut++
        continue
      }
      const merged = known ? detector.merge(known, observation) : observation
      seen.set(key, merged)
      changed.set(key, merged)
    }
    return changed
  }

  /** Each mark has observations of its own, so that it is known what it leaves out. Returns the trace without them. */
  const setAside = (one: Observing, trace: Trace, marks: Marks): Trace => {
    const own = marks.map((all) => all?.filter((mark) => isAbout(mark, one.detector.meta.id)) ?? [])
    const byKey = new Map(own.flat().map((mark) => [keyOfMark(mark), mark]))
    for (const [key, mark] of byKey) {
      const known = one.ignored.get(key)
      if (!known && one.ignored.size >= KEPT_MARKS) continue
      const seen: Seen = known?.seen ?? new Map()
      one.ignored.set(key, { mark, seen })
      observe(
        one,
        seen,
        only(trace, (index) => own[index]?.some((other) => keyOfMark(other) === key) ?? false),
      )
    }
    return only(trace, (index) => own[index]?.length === 0)
  }

  return {
    add(trace) {
      if (isTestRun(trace)) return []
      const day = today()
      const marks = readMarks(trace)?.map((all) => all?.filter((mark) => isInForce(mark, day)))
      return observing.flatMap((one) => {
        const changed = observe(one, one.seen, marks ? setAside(one, trace, marks) : trace)
        return changed.size > 0 ? concludeFrom(one, changed) : []
      })
    },
    conclude: () => observing.flatMap((one) => concludeFrom(one, one.seen)),
    ignored: () =>
      observing.flatMap((one) =>
        [...one.ignored.values()].flatMap(({ mark, seen }) =>
          concludeFrom(one, seen).map((finding) => ({ finding, mark })),
        ),
      ),
    get cut() {
      return cut
    },
  }
}

interface Observing {
  detector: CrossTraceDetector
  options: DetectorOptions
  seen: Seen
  /** By the mark that covers the queries. */
  ignored: Map<string, { mark: Ignore; seen: Seen }>
}

type Marks = readonly (readonly Ignore[] | undefined)[]

/** Reasons that are made up as they go. */
const KEPT_MARKS = 100
/** Stands where a query is not to be seen, so that the others keep their positions. */
const NOTHING: Query = { sql: '' }

function only(trace: Trace, isShown: (index: number) => boolean): Trace {
  return { ...trace, queries: trace.queries.map((query, index) => (isShown(index) ? query : NOTHING)) }
}

/** Sorted, so that nothing depends on which trace came first. */
function concludeFrom({ detector, options }: Pick<Observing, 'detector' | 'options'>, seen: Seen): Finding[] {
  return tellPlacesApart(detector.conclude([...seen.values()].sort(byKey), options))
}

function byKey(a: Observation, b: Observation): number {
  return compareText(a.key, b.key)
}
