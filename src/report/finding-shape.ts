// The shape of a finding, for findings that come from outside: out of a report file, or from a detector of the user.
import * as v from 'valibot'
import { CONFIDENCES, SEVERITIES } from '../worst-first.ts'

export const count = v.number()
export const frame = v.looseObject({ file: v.string(), line: count })
export const severity = v.picklist(SEVERITIES)
const confidence = v.picklist(CONFIDENCES)
const evidence = v.looseObject({ label: v.string(), text: v.string(), callSite: v.optional(frame) })

export const findingShape = v.looseObject({
  detector: v.string(),
  severity: severity,
  confidence: confidence,
  title: v.string(),
  detail: v.string(),
  remediation: v.string(),
  key: v.string(),
  route: v.string(),
  callSite: v.array(frame),
  occurrences: v.array(
    v.looseObject({ trace: v.string(), queries: v.array(count), queryCount: v.optional(count) }),
  ),
  occurrenceCount: count,
  cost: v.looseObject({ queries: count, roundTrips: count }),
  evidence: v.array(evidence),
  fix: v.optional(v.string()),
  statements: v.optional(
    v.array(
      v.looseObject({
        detector: v.string(),
        fingerprint: v.string(),
        text: v.string(),
        count,
        confidence: confidence,
        callSite: v.array(frame),
        detail: v.string(),
        remediation: v.string(),
        evidence: v.array(evidence),
      }),
    ),
  ),
})
