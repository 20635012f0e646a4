// Wraps a detector of the user, so that its errors never reach the application. When it throws, or returns something other
// than findings, it finds nothing that time. Its findings are copied, so that it cannot change them later.
import * as v from 'valibot'
import { describeError } from '../text/describe-error.ts'
import { describeValue } from '../text/describe-value.ts'
import type {
  CrossTraceDetector,
  Detector,
  Observation,
  SelectedDetectors,
  TraceDetector,
} from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import { findingShape } from './finding-shape.ts'

/** Called for each failure. `message` is given for the first failure of a detector only, so that it is shown once. */
export type OnRuleFailure = (message: string | undefined) => void

/** The same detectors. Those of the user are guarded. */
export function guardRules(
  { rules, active }: SelectedDetectors,
  onFailure: OnRuleFailure,
): SelectedDetectors {
  const guarded = active.map(({ detector, options }) => ({
    detector: rules.includes(detector) ? guard(detector, onFailure) : detector,
    options,
  }))
  return { rules, active: guarded }
}

function guard(detector: Detector, onFailure: OnRuleFailure): Detector {
  const { meta } = detector
  let hasFailed = false
  const attempt = <Result>(act: () => Result, otherwise: Result): Result => {
    try {
      return act()
    } catch (error) {
      onFailure(hasFailed ? undefined : `the detector ${meta.id} failed: ${describeFailure(error)}`)
      hasFailed = true
      return otherwise
    }
  }
  return 'detect' in detector ? guardTrace(detector, attempt) : guardCrossTrace(detector, attempt)
}

/** The detector returned something else than it has to. */
class WrongResult extends Error {}

/** The message of an error that the detector throws may hold values, so it is left out. */
function describeFailure(error: unknown): string {
  return error instanceof WrongResult ? error.message : describeError(error)
}

type Attempt = <Result>(act: () => Result, otherwise: Result) => Result

function guardTrace(detector: TraceDetector, attempt: Attempt): TraceDetector {
  const { meta } = detector
  return {
    meta,
    detect: (trace, options) => attempt(() => checkFindings(detector.detect(trace, options), meta), []),
  }
}

function guardCrossTrace(detector: CrossTraceDetector, attempt: Attempt): CrossTraceDetector {
  const { meta } = detector
  return {
    meta,
    observe: (trace, options) => attempt(() => checkObservations(detector.observe(trace, options)), []),
    merge: (a, b) => attempt(() => checkMerged(detector.merge(a, b), a), a),
    conclude: (observations, options) =>
      attempt(() => checkFindings(detector.conclude(observations, options), meta), []),
  }
}

function checkFindings(found: unknown, { id, isLoop = false }: Detector['meta']): Finding[] {
  return listOf(found, 'findings').map((finding, at) => {
    const result = v.safeParse(findingShape, finding)
    const problem = result.success
      ? whatFindingNeeds(result.output as Finding, id, isLoop)
      : nameIssue(result.issues[0])
    if (problem !== undefined) throw new WrongResult(`its finding ${at} needs ${problem}`)
    return copy(finding) as Finding
  })
}

function whatFindingNeeds(finding: Finding, id: string, isLoop: boolean): string | undefined {
  const { detector, key, occurrences, statements } = finding
  if (detector !== id) return `${id} as detector`
  if (key !== id && !key.startsWith(`${id} | `)) return `a key that begins with "${id} | "`
  if (occurrences.length === 0) return 'an occurrence'
  if ((statements !== undefined && statements.length > 0) !== isLoop)
    return isLoop ? 'statements, because meta.isLoop is true' : 'no statements, unless meta.isLoop is true'
  return undefined
}

function nameIssue(issue: v.BaseIssue<unknown>): string {
  return `${issue.expected} as ${v.getDotPath(issue) ?? 'finding'}`
}

function checkObservations(observed: unknown): Observation[] {
  return listOf(observed, 'observations').map((observation, at) => {
    if (typeof Object(observation).key !== 'string')
      throw new WrongResult(`its observation ${at} needs a key`)
    return copy(observation) as Observation
  })
}

function checkMerged(merged: unknown, { key }: Observation): Observation {
  if (Object(merged).key !== key) throw new WrongResult(`merge has to keep the key of both observations`)
  return copy(merged) as Observation
}

function listOf(value: unknown, of: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  // A rejection that nobody handles would end the process.
  if (value instanceof Promise) value.catch(() => {})
  throw new WrongResult(`it has to return an array of ${of}, not ${describeValue(value)}`)
}

/** A report is written as JSON, so everything in a finding must survive that. */
function copy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
