// Turns the arguments of `query`, in each of its forms, into the start of a recorded query.
import type { Recorder } from '../../src/profiler/recorder.ts'
import type { QueryRecording, QueryStart } from '../../src/trace/query-recording.ts'
import { Flight } from './connection-facts.ts'
import { isInPortions, type QueryConfig, textOf, valuesOf } from './query-form.ts'

/** The sender of a query. */
export interface Sender {
  /** The pool sends the query for itself, to set up or to check a connection. */
  isPool?: boolean
  /** How long the application waited until it got this client, for the first query after that. */
  waitedMs?: number | undefined
}

/** Reads from the arguments only what it is asked for: most queries under load are only counted. */
class PgQueryStart implements QueryStart {
  readonly sql: string
  readonly calledFunction: (...args: never[]) => unknown
  readonly isDriversOwn: boolean | undefined
  readonly waitedMs: number | undefined
  readonly #args: readonly unknown[]

  constructor(
    sql: string,
    args: readonly unknown[],
    calledFunction: (...args: never[]) => unknown,
    { isPool, waitedMs }: Sender,
  ) {
    this.sql = sql
    this.#args = args
    this.calledFunction = calledFunction
    this.isDriversOwn = isPool
    this.waitedMs = waitedMs
  }

  get params(): readonly unknown[] | undefined {
    return valuesOf(this.#args)
  }

  get prepared(): string | undefined {
    const [config] = this.#args
    const name = typeof config === 'string' ? undefined : (config as QueryConfig).name
    return typeof name === 'string' && name !== '' ? name : undefined
  }

  get inPortions(): boolean {
    return isInPortions(this.#args[0])
  }
}

const APPLICATION: Sender = {}

/**
 * Records that the application calls `calledFunction` with these arguments. It must be called where the application calls: pg-pool
 * runs a query that waits for a connection in the context of the code that returns one.
 */
export function startQuery(
  recorder: Recorder,
  args: readonly unknown[],
  calledFunction: (...args: never[]) => unknown,
  sender = APPLICATION,
): Flight | undefined {
  const recorded = startRecording(recorder, args, calledFunction, sender)
  return recorded instanceof Flight ? recorded : recorded && new Flight(recorded, textOf(args[0]) ?? '')
}

/** The same, with the mere recording of a query that is only counted and sent as plain text: it needs no flight. */
export function startRecording(
  recorder: Recorder,
  args: readonly unknown[],
  calledFunction: (...args: never[]) => unknown,
  sender = APPLICATION,
): Flight | QueryRecording | undefined {
  try {
    const sql = textOf(args[0])
    if (sql === undefined) return undefined
    const recording = recorder.startQuery(new PgQueryStart(sql, args, calledFunction, sender))
    if (recording === undefined) return undefined
    const comment = sender.isPool ? undefined : recorder.comment()
    if (recording.isCounted && comment === undefined && typeof args[0] === 'string') return recording
    return new Flight(recording, sql, comment)
  } catch (error) {
    // The config of a query can have getters that throw.
    recorder.countInternalError(error)
    return undefined
  }
}
