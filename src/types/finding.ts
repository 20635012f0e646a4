// A finding of a detector with its evidence: plain data that can be written to a file and read back.
import type { CallSite, Frame } from './query.ts'

export type Severity = 'error' | 'warning' | 'info'

/** How certain a finding is: `proven` by evidence, `likely` because of a strong pattern, or `possible` because of a hint. */
export type Confidence = 'proven' | 'likely' | 'possible'

/** The queries of one trace that show a finding. Numbers are positions in the trace's `queries`, starting at 0. */
export interface Occurrence {
  /** Id of the trace. */
  trace: string
  /** Positions of the queries, possibly only the first ones: `queryCount` then holds the total. */
  queries: readonly number[]
  queryCount?: number
  parent?: number
}

/** The work that fixing the finding could save in one trace. */
export interface Cost {
  queries: number
  roundTrips: number
  /** True when the cost grows with the data: it is paid again for each further row. */
  perRow?: boolean
  rows?: number
  bytes?: number
}

/** One line of evidence for people: a label, the observed fact, and its position in the source where there is one. */
export interface Evidence {
  label: string
  text: string
  callSite?: Frame
}

/** One of the statements that a loop sends. */
export interface LoopStatement {
  /** Id of the detector that found the statement. */
  detector: string
  /** The fingerprint's 16 hex digits, as used in suppressions. */
  fingerprint: string
  text: string
  /** Number of executions in the trace that sent the statement most often. */
  count: number
  confidence: Confidence
  /** The application frames that sent the statement, innermost first. */
  callSite: CallSite
  detail: string
  remediation: string
  fix?: string
  evidence: readonly Evidence[]
}

/** One costly pattern with its evidence. The detector writes the sentences; reporters only lay them out. */
export interface Finding {
  /** Id of the detector, which is also the name of its file, page and test. */
  detector: string
  severity: Severity
  confidence: Confidence
  title: string
  detail: string
  /** The advice, in one sentence; `fix` holds the code. */
  remediation: string
  /** The statement or code to write instead, where it can be generated. */
  fix?: string
  /** Identifies the finding across runs: contains no line numbers, counts or times. */
  key: string
  /** Name of the trace in which the finding occurred. */
  route: string
  /** The application frames to look at, innermost first. */
  callSite: CallSite
  /** The first occurrences; `occurrenceCount` holds the total. */
  occurrences: readonly Occurrence[]
  occurrenceCount: number
  /** Cost of the worst occurrence. */
  cost: Cost
  evidence: readonly Evidence[]
  /** For a loop: all statements that it sends. The first is the one that the finding's remedy is for. */
  statements?: readonly LoopStatement[]
}
