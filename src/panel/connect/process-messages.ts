// The messages about traces, from what the profiler knows of them.
import type { LiveTrace } from '../../trace/live-trace.ts'
import type { Finding } from '../../types/finding.ts'
import type { Trace } from '../../types/trace.ts'
import type { CountedMessage, TraceMessage } from '../messages.ts'

export function traceMessage(id: string, trace: Trace, findings: readonly Finding[]): TraceMessage {
  return { type: 'trace', id, trace, findings }
}

export function countedMessage(id: string, trace: LiveTrace): CountedMessage {
  const { kind, name, labels, startedAt, durationMs, queryCount, countedMs } = trace
  return {
    type: 'counted',
    id,
    kind,
    name,
    labels: { ...labels },
    startedAt,
    durationMs,
    queries: queryCount,
    databaseMs: countedMs,
  }
}
