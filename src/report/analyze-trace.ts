// Runs the detectors over one trace: the same in the running application, in a test and from the command line.
import type { ActiveDetector } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Trace } from '../types/trace.ts'
import { isOfTest } from './test-code.ts'

export function analyzeTrace(trace: Trace, active: readonly ActiveDetector[]): Finding[] {
  const findings = active.flatMap(({ detector, options }) =>
    'detect' in detector ? detector.detect(trace, options) : [],
  )
  return tellPlacesApart(findings.filter((finding) => !isOfTest(finding, trace)))
}

/**
 * Keys name no lines, so two places with one statement in one function share theirs. Those after the first get a number
 * in the order they appear; what one line does again and again stays one finding. Loops are told apart by the report,
 * when it is known of all traces what they send.
 */
export function tellPlacesApart(findings: readonly Finding[]): Finding[] {
  const places = new Map<string, Map<string, number>>()
  return findings.map((finding) => {
    if (finding.statements) return finding
    const place = finding.callSite.map(({ file, line }) => `${file}:${line}`).join(' ')
    const known = places.get(finding.key) ?? new Map<string, number>()
    places.set(finding.key, known)
    const number = known.get(place) ?? known.size + 1
    known.set(place, number)
    return number === 1 ? finding : { ...finding, key: `${finding.key} | ${number}` }
  })
}
