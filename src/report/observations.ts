// What takes several traces to know, while they come in: each detector's observations, merged by their key. Concluding
// leaves them as they are, so that it can be done after every trace and again at the end.
import { detectors } from '../detectors/index.ts'
import type { Detector, DetectorOptions, Finding, Observation, Trace } from '../types.ts'
import { tellPlacesApart } from './analyze-trace.ts'

/** Far more than an application has statements at call sites, a stop for statements that are made up as they go. */
const KEPT_OBSERVATIONS = 5000

/** Options of each detector that is switched on, by its id. */
type Options = Readonly<Record<string, DetectorOptions | undefined>>

type Seen = Map<string, Observation>

export interface Observations {
  /** Returns the findings about what this trace has added to, as they are now. */
  add(trace: Trace): Finding[]
  conclude(): Finding[]
  /** Observations of keys that were too many to be kept. */
  readonly cut: number
}

export function collectObservations(
  options: Options,
  all: readonly Detector[] = detectors,
  limit = KEPT_OBSERVATIONS,
): Observations {
  const observing = all.flatMap((detector): Observing[] => {
    const own = options[detector.meta.id]
    return own && detector.observe ? [{ detector, own, seen: new Map() }] : []
  })
  let cut = 0

  return {
    add: (trace) =>
      observing.flatMap((one) => {
        const { detector, own, seen } = one
        const observed = detector.observe?.(trace, own) ?? []
        const changed: Seen = new Map()
        for (const observation of observed) {
          const { key } = observation
          const known = seen.get(key)
          if (!known && seen.size >= limit) {
            cut++
            continue
          }
          const merged = known && detector.merge ? detector.merge(known, observation) : observation
          seen.set(key, merged)
          changed.set(key, merged)
        }
        return changed.size > 0 ? concludeFrom(one, changed) : []
      }),
    conclude: () => observing.flatMap((one) => concludeFrom(one, one.seen)),
    get cut() {
      return cut
    },
  }
}

interface Observing {
  detector: Detector
  own: DetectorOptions
  seen: Seen
}

/** Sorted, so that nothing depends on which trace came first. */
function concludeFrom({ detector, own }: Observing, seen: Seen): Finding[] {
  return tellPlacesApart(detector.conclude?.([...seen.values()].sort(byKey), own) ?? [])
}

function byKey(a: Observation, b: Observation): number {
  return a.key < b.key ? -1 : Number(a.key > b.key)
}
