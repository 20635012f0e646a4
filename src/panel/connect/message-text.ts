// Writes messages to the panel as lines of JSON. A trace is written piece by piece, so that the application continues in between,
// and in the form of a trace file: without parameters, and with statements whose literals are removed.
import { startOfText } from '../../trace/cut-statement.ts'
import { formatTrace } from '../../trace-file/format-trace.ts'
import type { Finding } from '../../types/finding.ts'
import type { Trace } from '../../types/trace.ts'
import type { CountedMessage, DroppedMessage, HelloMessage, PlanMessage, TraceMessage } from '../messages.ts'

/** The trace of a `trace` message is still as the profiler has it, and its findings may be too many. */
export type OutgoingMessage = HelloMessage | TraceMessage | CountedMessage | DroppedMessage | PlanMessage

/** The panel shows the worst findings of a trace. */
const MOST_FINDINGS = 100
/** Labels are set by the application. */
const MOST_LABELS = 20
const LABEL_LENGTH = 500

/** The pieces of the line, with its line break. Paths below `folder` are written relative to it. */
export function* messageText(message: OutgoingMessage, folder: string): Generator<string> {
  if (message.type === 'trace') yield* traceText(message, folder)
  else if (message.type === 'counted')
    yield JSON.stringify({ ...message, labels: boundedLabels(message.labels) })
  else yield JSON.stringify(message)
  yield '\n'
}

function* traceText({ id, trace, findings }: TraceMessage, folder: string): Generator<string> {
  const { labels, ...rest } = trace
  const bounded: Trace = { ...rest, ...(labels ? { labels: boundedLabels(labels) } : {}) }
  yield `{"type":"trace","id":${JSON.stringify(id)},"trace":`
  yield* formatTrace(bounded, folder)
  yield ',"findings":['
  for (const [index, finding] of findings.slice(0, MOST_FINDINGS).entries())
    yield `${index === 0 ? '' : ','}${JSON.stringify(finding)}`
  yield ']}'
}

function boundedLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(labels).slice(0, MOST_LABELS)
  return Object.fromEntries(entries.map(([name, text]) => [bounded(name), bounded(String(text))] as const))
}

function bounded(text: string): string {
  return text.length > LABEL_LENGTH ? startOfText(text, LABEL_LENGTH) : text
}

/** Bytes that a query, a finding and any other message take beside the texts of their statements, roughly. */
const QUERY_BYTES = 1000
const FINDING_BYTES = 3000
const MESSAGE_BYTES = 500

/** An estimate of the size that costs no formatting. */
export function weightOf(message: OutgoingMessage): number {
  if (message.type !== 'trace') return MESSAGE_BYTES
  const { trace, findings } = message
  const queries = trace.queries.reduce((sum, { sql }) => sum + QUERY_BYTES + sql.length, 0)
  return MESSAGE_BYTES + queries + findingsWeight(findings)
}

function findingsWeight(findings: readonly Finding[]): number {
  return Math.min(findings.length, MOST_FINDINGS) * FINDING_BYTES
}
