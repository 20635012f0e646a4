// Reads a report file back. A file that is no report, or of a version to come, is refused with its name and the reason.
import * as v from 'valibot'
import type { Report } from '../types/report.ts'

const count = v.number()
const spread = v.object({ min: count, median: count, max: count })
const frame = v.looseObject({ file: v.string(), line: count })
const evidence = v.looseObject({ label: v.string(), text: v.string(), callSite: v.optional(frame) })
const none = v.optional(count, 0)

const reportFile = v.looseObject({
  v: v.literal(1, 'version 1, the only one this pg-loupe reads'),
  traces: count,
  queries: count,
  findings: v.array(
    v.looseObject({
      detector: v.string(),
      severity: v.picklist(['error', 'warning', 'info']),
      confidence: v.picklist(['proven', 'likely', 'possible']),
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
            confidence: v.picklist(['proven', 'likely', 'possible']),
            callSite: v.array(frame),
            detail: v.string(),
            remediation: v.string(),
            evidence: v.array(evidence),
          }),
        ),
      ),
    }),
  ),
  routes: v.array(
    v.looseObject({
      name: v.string(),
      traces: count,
      queries: spread,
      durationMs: spread,
      databaseMs: spread,
    }),
  ),
  measured: v.optional(v.record(v.string(), v.looseObject({ spentMs: count })), {}),
  suppressed: none,
  suppressions: v.optional(
    v.array(
      v.looseObject({
        by: v.picklist(['suppress', 'ignore', 'comment']),
        reason: v.string(),
        state: v.picklist(['used', 'unused', 'unseen', 'expired', 'invalid']),
        findings: count,
        detectors: v.optional(v.array(v.string())),
        route: v.optional(v.string()),
        path: v.optional(v.string()),
        fingerprint: v.optional(v.string()),
        until: v.optional(v.string()),
        at: v.optional(frame),
      }),
    ),
    [],
  ),
  cut: v.looseObject({
    queries: none,
    traces: none,
    routes: none,
    findings: none,
    results: none,
    statements: none,
    values: none,
    unrecorded: none,
    observations: none,
    untraced: none,
    internalErrors: none,
    counted: v.optional(count),
    unsampled: v.optional(count),
  }),
})

/** @throws Error that names the file and what is wrong with it. */
export function parseReport(text: string, file: string): Report {
  if (holdsTraces(text)) throw new Error(`${file} holds traces, no report; pg-loupe analyze reads it`)
  const result = v.safeParse(reportFile, parseJson(text, file))
  if (result.success) return result.output as unknown as Report
  const [issue] = result.issues
  const expected = issue.type === 'literal' ? issue.message : issue.expected
  throw new Error(
    `${file} is no report: ${v.getDotPath(issue) ?? 'it'} is ${issue.received}, expected ${expected}`,
  )
}

/** Its first line is a trace. */
function holdsTraces(text: string): boolean {
  try {
    return Array.isArray(Object(JSON.parse(text.slice(0, text.indexOf('\n') >>> 0))).queries)
  } catch {
    return false
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`)
  }
}
