// Reads a report file back. A file that is no report, or of a version to come, is refused with its name and the reason.
import * as v from 'valibot'
import type { Report } from '../types/report.ts'
import { count, findingShape, frame, severity } from './finding-shape.ts'

const spread = v.object({ min: count, median: count, max: count })
const none = v.optional(count, 0)

const reportFile = v.looseObject({
  v: v.literal(1, 'version 1, the only one this pg-loupe reads'),
  traces: count,
  queries: count,
  findings: v.array(findingShape),
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
  rules: v.optional(
    v.array(
      v.looseObject({
        id: v.string(),
        title: v.string(),
        severity,
        description: v.optional(v.string()),
        url: v.optional(v.string()),
        page: v.optional(v.string()),
        isMeasured: v.optional(v.boolean()),
        isLoop: v.optional(v.boolean()),
        isBudget: v.optional(v.boolean()),
      }),
    ),
  ),
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

/** The first line of the file is a trace. */
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
