// What a detector finds, with its evidence: plain data that can be written to a file and read back.
import type { CallSite, Frame } from './query.ts'

export type Severity = 'error' | 'warning' | 'info'

/** How a finding knows: by evidence that leaves no doubt, by a strong pattern, or by a hint. */
export type Confidence = 'proven' | 'likely' | 'possible'

/** The queries of one trace that show a finding; numbers are positions in the trace's `queries`. */
export interface Occurrence {
  /** Id of the trace. */
  trace: string
  /** The first ones, when `queryCount` says that there are more. */
  queries: readonly number[]
  queryCount?: number
  parent?: number
}

/** What could be saved, counted. */
export interface Cost {
  queries: number
  roundTrips: number
  /** It is paid again for each further row. */
  perRow?: boolean
  rows?: number
  bytes?: number
}

/** One line of evidence for people: what it is and what was seen, with the place where there is one. */
export interface Evidence {
  label: string
  text: string
  callSite?: Frame
}

/** One of the statements that a loop sends. */
export interface LoopStatement {
  /** Id of the detector that found it. */
  detector: string
  /** 16 digits, as in suppressions. */
  fingerprint: string
  text: string
  /** In the trace that sent it most often. */
  count: number
  confidence: Confidence
  /** The application frames that sent it, innermost first. */
  callSite: CallSite
  detail: string
  remediation: string
  fix?: string
  evidence: readonly Evidence[]
}

/** One pattern that hurts, with its evidence. The detector writes the sentences; reporters only lay them out. */
export interface Finding {
  /** Id of the detector, also the name of its file, page and test. */
  detector: string
  severity: Severity
  confidence: Confidence
  title: string
  detail: string
  /** What to do instead, in one sentence; `fix` holds the code. */
  remediation: string
  /** The statement or code to write instead, where it can be given. */
  fix?: string
  /** Names the finding over runs: free of line numbers, counts and times. */
  key: string
  /** Name of the trace it was found in. */
  route: string
  /** The application frames to look at, innermost first. */
  callSite: CallSite
  /** The first ones; `occurrenceCount` has the total. */
  occurrences: readonly Occurrence[]
  occurrenceCount: number
  /** Of the worst occurrence. */
  cost: Cost
  evidence: readonly Evidence[]
  /** Of a loop: all that it sends, the one that the finding's remedy is for first. */
  statements?: readonly LoopStatement[]
}
