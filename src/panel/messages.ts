// The messages between a profiled process and the panel: one JSON object per line, in both directions over one connection.
// A process sends plain data without values; the panel asks for full capture and for plans, and for nothing else.
import type { Finding } from '../types/finding.ts'
import type { Trace, TraceKind } from '../types/trace.ts'

/** Increased when an older panel or process could misread a message. */
export const PANEL_PROTOCOL = 1

/** The longest line that a process sends: a trace of 10,000 queries, each with its call site, has about 10 MB. */
export const LONGEST_MESSAGE_BYTES = 32 * 1024 * 1024
/** The longest line that the panel sends. It has room for the longest statement that is kept. */
export const LONGEST_REQUEST_BYTES = 1024 * 1024

/** One process, worker thread or cluster worker, from its start to its end. A restart is another process. */
export interface PanelProcess {
  /** Random, and different for each start. */
  id: string
  pid: number
  /** 0 for the main thread. */
  thread: number
  /** The file that the process runs, relative to its working directory, without arguments. */
  program: string
  /** The working directory. Paths of frames are relative to it or absolute. */
  folder: string
  /** ISO 8601 */
  startedAt: string
  nodeVersion: string
  /** The version of pg-loupe in the process. */
  version: string
  /** The process may be asked for plans. */
  explains: boolean
}

/** The first message of a connection. */
export interface HelloMessage {
  type: 'hello'
  protocol: typeof PANEL_PROTOCOL
  process: PanelProcess
}

/** A trace that was captured, fully or from some query on, with everything that its profiler found in it. */
export interface TraceMessage {
  type: 'trace'
  /** Unguessable, and the same that the response of the request carried. */
  id: string
  /** Sealed: it has no parameters, and its statements have no literals. */
  trace: Trace
  /** Without suppressed findings. Findings that several traces were needed for come with the last of them. */
  findings: readonly Finding[]
}

/** A trace that was only counted, because it sent what its route always sends. */
export interface CountedMessage {
  type: 'counted'
  id: string
  kind: TraceKind
  name: string
  labels: Readonly<Record<string, string>>
  /** ISO 8601 */
  startedAt: string
  durationMs: number
  queries: number
  databaseMs: number
}

/** Traces that were dropped since the last such message, because the panel took them too slowly or was not there. */
export interface DroppedMessage {
  type: 'dropped'
  traces: number
}

export interface PlanMessage {
  type: 'plan'
  /** The number of the `explain` message. */
  number: number
  /** The JSON that PostgreSQL returned. Absent when the server refused or explaining is off. */
  plan?: unknown
  /** Why there is no plan, in one sentence. */
  error?: string | undefined
}

export type ProcessMessage = HelloMessage | TraceMessage | CountedMessage | DroppedMessage | PlanMessage

/** Capture the next traces of a route in full, even if the route is known. */
interface CaptureMessage {
  type: 'capture'
  /** The name of the route. Absent for any route. */
  route?: string | undefined
  traces: number
}

/** Explain one statement that this process has sent before. */
export interface ExplainMessage {
  type: 'explain'
  number: number
  /** The statement as it was recorded, without literals. */
  sql: string
}

export type PanelMessage = CaptureMessage | ExplainMessage
