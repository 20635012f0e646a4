// Reads one line of a process as a message. Any local program that knows the token may have sent it, so each field is
// checked and everything that is kept for long is limited. Reading never throws.
import * as v from 'valibot'
import { findingShape } from '../../report/finding-shape.ts'
import { placeOf } from '../../report/report-builder.ts'
import { traceShape } from '../../trace-file/trace-shape.ts'
import type { Finding } from '../../types/finding.ts'
import type { Trace } from '../../types/trace.ts'
import { compareNames } from '../../worst-first.ts'
import { PANEL_PROTOCOL, type ProcessMessage } from '../messages.ts'

/** A trace with more findings lists the worst ones. */
const MOST_FINDINGS = 100
/** A finding is a few kilobytes of text. */
const LONGEST_FINDING = 128 * 1024
/** As in the profiler: a longer name is a text that somebody has put into it. */
const LONGEST_NAME = 501
const MOST_LABELS = 20
const LONGEST_PATH = 4096

const shortText = v.pipe(v.string(), v.maxLength(LONGEST_NAME))
const path = v.pipe(v.string(), v.maxLength(LONGEST_PATH))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const amount = v.pipe(v.number(), v.finite(), v.minValue(0))
/** The id is part of addresses and response headers. */
const traceId = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/))
const kind = v.picklist(['http', 'test', 'job', 'script'])
const labels = v.pipe(v.record(shortText, shortText), v.maxEntries(MOST_LABELS))

const hello = v.object({
  type: v.literal('hello'),
  protocol: v.literal(PANEL_PROTOCOL),
  process: v.object({
    id: traceId,
    pid: count,
    thread: count,
    program: path,
    folder: path,
    startedAt: shortText,
    nodeVersion: shortText,
    version: shortText,
    explains: v.boolean(),
  }),
})

const counted = v.object({
  type: v.literal('counted'),
  id: traceId,
  kind,
  name: shortText,
  labels,
  startedAt: shortText,
  durationMs: amount,
  queries: count,
  databaseMs: amount,
})

const dropped = v.object({ type: v.literal('dropped'), traces: count })

const plan = v.object({
  type: v.literal('plan'),
  number: count,
  plan: v.optional(v.unknown()),
  error: v.optional(v.string()),
})

const traceMessage = v.object({
  type: v.literal('trace'),
  id: traceId,
  trace: traceShape,
  findings: v.array(findingShape),
})

/** Fields that every trace of a profiler has, and that a trace file may leave out. */
const profiledTrace = v.looseObject({
  id: shortText,
  kind,
  name: shortText,
  startedAt: v.optional(shortText),
  durationMs: v.optional(amount),
  labels: v.optional(labels, {}),
  truncated: count,
})

/** A trace file never contains it, so the shape of its traces does not either. */
const onlyCounted = v.optional(v.object({ queries: count, control: count, databaseMs: amount }))

const message = v.variant('type', [hello, traceMessage, counted, dropped, plan])

/** Undefined when the line is no message of this version. */
export function readMessage(line: Buffer): ProcessMessage | undefined {
  try {
    const json: unknown = JSON.parse(line.toString())
    const read = v.parse(message, json, { abortEarly: true })
    if (read.type !== 'trace') return read
    const { id, trace, findings } = read
    return { type: 'trace', id, trace: readTrace(trace, json), findings: readFindings(findings) }
  } catch {
    // The reason would quote the line, which may hold anything. The caller counts the line.
    return undefined
  }
}

function readTrace(trace: v.InferOutput<typeof traceShape>, json: unknown): Trace {
  v.assert(profiledTrace, trace)
  if (trace.queries.some(({ flow = [] }, index) => flow.some(({ query = 0 }) => query >= index)))
    throw new Error('a value comes from a later query')
  const counts = v.parse(onlyCounted, (json as { trace: { onlyCounted?: unknown } }).trace.onlyCounted)
  return { ...trace, ...(counts ? { onlyCounted: counts } : {}) } as Trace
}

function readFindings(findings: readonly v.InferOutput<typeof findingShape>[]): Finding[] {
  const kept = findings
    .slice(0, MOST_FINDINGS)
    .filter((finding) => JSON.stringify(finding).length <= LONGEST_FINDING)
  return withNumbers(kept as unknown as Finding[])
}

/** Two loops of one function have the same key in a trace. The later one gets a number, as in a report. */
function withNumbers(found: readonly Finding[]): Finding[] {
  const keys = new Set(found.map(({ key }) => key))
  if (keys.size === found.length) return [...found]
  const placed = found.map((finding) => ({ finding, place: placeOf(finding) }))
  return placed.map(({ finding, place }) => {
    const before = placed.filter(
      (other) => other.finding.key === finding.key && compareNames(other.place, place) < 0,
    )
    return before.length === 0 ? finding : { ...finding, key: `${finding.key} | ${before.length + 1}` }
  })
}
