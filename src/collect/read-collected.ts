// Reads the folder of PG_LOUPE_COLLECT when the processes that wrote it are done. The traces come one at a time, so
// `profiler.analyze(collected.traces())` or `analyzeTraces` make a report of any number of them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type OrderedTraces, orderTraces } from './order-traces.ts'

export interface Collected extends OrderedTraces {
  /** Profilers that had something to tell: one for each process and worker thread, as a rule. */
  readonly profilers: number
}

/**
 * Paths below the working directory become relative to it. `problem` is told of each line that is no trace; the last
 * line of a process that was killed may be half a line, and only counts as one trace that was not recorded.
 *
 * @throws Error of the file system when there is no such folder.
 */
export async function readCollected(
  folder: string,
  problem: (message: string) => void,
  workingDirectory = process.cwd(),
): Promise<Collected> {
  const files = readdirSync(folder)
    .filter((name) => COLLECTED.test(name))
    .sort()
  const sources = files.map((name) => ({
    file: join(folder, name),
    folder: workingDirectory,
    mayBreakOff: true,
  }))
  return { ...(await orderTraces(sources, problem)), profilers: files.length }
}

const COLLECTED = /^\d+-\d+-\d+\.ndjson$/
