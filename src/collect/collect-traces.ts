// Collects the traces of many processes in one folder. The process that starts them sets PG_LOUPE_COLLECT to an existing
// folder. Every enabled profiler of every process and worker thread below appends its traces, when they close, to its own
// file there (`<process id>-<thread id>-<number>.ndjson`). `readCollected` reads the folder in an order that does not depend
// on which process was faster.
//
// Each trace is written at once and as a whole, so a killed process leaves all traces that had closed. At a normal exit, and
// at a signal that ends the process, open traces are closed and written too. Queries that a killed process or thread had not
// written are counted (`query-counts.ts`). A process without a trace writes no file. Values are left out, and paths are
// absolute, because processes may run in different folders.
import { appendFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CutCounts, formatCut } from '../trace-file/cut-line.ts'
import { formatTrace } from '../trace-file/format-trace.ts'
import type { Trace } from '../types/trace.ts'
import { createFile } from './create-file.ts'
import { countQueries } from './query-counts.ts'

export interface TraceCollector {
  /** A query was kept in a trace that is open. */
  queryBegan(): void
  /** Writes it before it returns. */
  collect(trace: Trace): void
}

export interface CollectorSettings {
  /** Counts of what the profiler has left out so far. */
  counts: () => CutCounts
  atExit: (act: () => void) => void
  /** Told of each trace that could not be written. */
  onLost: () => void
}

/** The folder of `PG_LOUPE_COLLECT`, when traces are to be collected. */
export function collectFolder(): string | undefined {
  const folder = process.env.PG_LOUPE_COLLECT?.trim()
  return folder ? resolve(folder) : undefined
}

export function collectTraces(folder: string, { counts, atExit, onLost }: CollectorSettings): TraceCollector {
  let file: string | undefined
  let failed = false
  let told: CutCounts = {}
  const queries = countQueries(folder)

  const write = (lines: string) => {
    if (file === undefined) file = createFile(folder, 'ndjson', lines)
    else appendFileSync(file, lines)
  }
  const fail = (error: NodeJS.ErrnoException) => {
    failed = true
    // The collecting process may have ended, while this process continues.
    if (error.code === 'ENOENT' && file !== undefined) return
    process.emitWarning(
      `pg-loupe: PG_LOUPE_COLLECT=${folder}: the traces could not be written: ${error.message}`,
    )
  }
  /** Counts of what was left out since the last such line. */
  const news = (): string => {
    const now = counts()
    const line = formatCut(now, told)
    told = { ...now }
    return line
  }

  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    fail(Object.assign(new Error('there is no such folder')))
  }
  atExit(() => {
    try {
      const line = failed && file === undefined ? '' : news()
      // After a failure the last line may be half a line.
      if (line) write(failed ? `\n${line}` : line)
      queries.settle()
    } catch {
      // There is nobody left to tell.
    }
  })

  return {
    queryBegan: queries.began,
    collect(trace) {
      if (!failed) {
        try {
          write(`${[...formatTrace(trace, undefined)].join('')}\n${news()}`)
          queries.written(trace.queries.length)
          return
        } catch (error) {
          fail(error as NodeJS.ErrnoException)
        }
      }
      onLost()
    },
  }
}
