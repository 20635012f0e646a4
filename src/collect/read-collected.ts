// Reads the folder of PG_LOUPE_COLLECT when the processes that wrote it are done. The traces come one at a time, so
// `profiler.analyze(collected.traces())` or `runAnalysis` make a report of any number of them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type OrderedTraces, orderTraces, type TraceSource } from './sorted-traces.ts'

export interface Collected extends OrderedTraces {
  /** Profilers that had something to tell: one for each process and worker thread, as a rule. */
  readonly profilers: number
}

/**
 * Paths below the working directory become relative to it. `problem` is called for each line that is not a trace. The last
 * line of a killed process may be incomplete and only counts as one unrecorded trace.
 *
 * @throws Error of the file system when there is no such folder.
 */
export async function readCollected(
  folder: string,
  problem: (message: string) => void,
  workingDirectory = process.cwd(),
): Promise<Collected> {
  const sources = collectedFiles(folder, workingDirectory)
  return { ...(await orderTraces(sources, problem)), profilers: sources.length }
}

/** Other files in the folder are ignored. */
export function collectedFiles(folder: string, workingDirectory: string): TraceSource[] {
  const names = readdirSync(folder).filter((name) => COLLECTED.test(name))
  return names.sort().map((name) => ({
    file: join(folder, name),
    folder: workingDirectory,
    mayBreakOff: true,
  }))
}

const COLLECTED = /^\d+-\d+-\d+\.ndjson$/
