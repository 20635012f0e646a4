// Appends traces to a file as they close, a line each, in that order. Lines are made and written a little at a time
// between the application's own work; what is still waiting when the process exits is written then, in one go. It never
// makes the application wait: what comes faster than it can be written is dropped and counted.

import { now, setImmediate } from '../host/real-time.ts'
import type { Trace } from '../types/trace.ts'
import { type AppendedFile, openAppended } from './appended-file.ts'
import { formatTrace, type Params } from './format-trace.ts'
import type { Rotation } from './rotation.ts'

export interface TraceRecorder {
  /** With the parameters of its queries where values were asked for. */
  record(trace: Trace, params?: readonly Params[]): void
  /** Resolves when everything recorded so far is in the file. */
  flushed(): Promise<void>
}

export interface RecorderSettings {
  /** Paths below it are written relative to it. */
  folder: string
  /** There will be values in the file. */
  values: boolean
  atExit: (act: () => void) => void
  /** Told of each trace that will not be in the file. */
  onLost: () => void
  /** Queries of traces that wait to be written; beyond it traces are dropped. */
  waitingQueries?: number
  /** The limit at which the file is rotated. Absent when the file grows without limit. */
  rotation?: Rotation
}

/** Some hundred megabytes at worst: ten of the largest traces that are kept by default. */
const WAITING_QUERIES = 100_000
/** The application waits no longer than this for us at a time. */
const SLICE_MS = 2
/** Text handed to the system at once. */
const CHUNK_LENGTH = 256 * 1024

/** @throws Error that names the option and the file when it cannot be written. */
export function recordTraces(path: string, settings: RecorderSettings): TraceRecorder {
  const { folder, atExit, onLost, waitingQueries = WAITING_QUERIES } = settings
  const file = open(path, settings)
  const waiting: { trace: Trace; params: readonly Params[] | undefined }[] = []
  let waitingCount = 0
  let line: { weight: number; rest: Iterator<string>; pieces: string[] } | undefined
  let ready: string[] = []
  let readyLength = 0
  let isBusy = false
  let failed = false
  const whenFlushed: (() => void)[] = []

  /** Makes the next piece of a line; false when nothing waits. */
  const advance = (): boolean => {
    if (!line) {
      const next = waiting.shift()
      if (!next) return false
      line = { weight: weightOf(next.trace), rest: formatTrace(next.trace, folder, next.params), pieces: [] }
    }
    try {
      const { done, value } = line.rest.next()
      if (!done) {
        line.pieces.push(value)
        return true
      }
      const text = `${line.pieces.join('')}\n`
      ready.push(text)
      readyLength += text.length
    } catch {
      onLost()
    }
    waitingCount -= line.weight
    line = undefined
    return true
  }

  const takeReady = (): Buffer => {
    const chunk = Buffer.from(ready.join(''))
    ready = []
    readyLength = 0
    return chunk
  }

  const wake = () => {
    if (isBusy) return
    isBusy = true
    setImmediate(work)
  }

  const work = () => {
    const until = now() + SLICE_MS
    let more = true
    while (more && readyLength < CHUNK_LENGTH && now() < until) more = advance()
    isBusy = readyLength > 0
    if (isBusy) write()
    else if (more) wake()
    else for (const resolve of whenFlushed.splice(0)) resolve()
  }

  const write = () => {
    const lines = ready.length
    file.append(takeReady(), (error) => {
      isBusy = false
      if (error) fail(error, lines)
      wake()
    })
  }

  const fail = (error: Error, lines: number) => {
    failed = true
    const lost = lines + waiting.length + (line ? 1 : 0)
    for (let count = 0; count < lost; count++) onLost()
    waiting.length = 0
    waitingCount = 0
    line = undefined
    process.emitWarning(`pg-loupe: the traces could not be written, recording ends: ${error.message}`)
  }

  atExit(() => {
    if (failed) return
    for (let more = true; more; ) {
      more = advance()
      if (more && readyLength < CHUNK_LENGTH) continue
      const lines = ready.length
      try {
        file.appendNow(takeReady())
      } catch (error) {
        fail(error as Error, lines)
        return
      }
    }
  })

  return {
    record(trace, params) {
      const weight = weightOf(trace)
      if (failed || (waitingCount > 0 && waitingCount + weight > waitingQueries)) {
        onLost()
        return
      }
      waitingCount += weight
      waiting.push({ trace, params })
      wake()
    },
    flushed: () =>
      new Promise((resolve) => {
        whenFlushed.push(resolve)
        wake()
      }),
  }
}

/** A trace without queries takes room too, and a long statement takes that of many. */
function weightOf({ queries }: Trace): number {
  return queries.reduce((sum, { sql }) => sum + 1 + Math.floor(sql.length / TEXT_OF_A_QUERY), 1)
}

/** Few statements are longer, with all else that is known of them. */
const TEXT_OF_A_QUERY = 2000

function open(path: string, { values, rotation }: RecorderSettings): AppendedFile {
  try {
    return openAppended(path, values, rotation)
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(`pg-loupe: option outputs.traces: cannot write ${path}: ${reason}`, { cause: error })
  }
}
