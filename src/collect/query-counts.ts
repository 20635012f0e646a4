// Counts the queries that a profiler has seen, and those in traces that it has written. The counts are in a file that is
// updated query by query, because no code runs in a worker thread that is terminated or in a process that is killed, and the
// reader of the folder must know how many queries are missing.
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createFile } from './create-file.ts'

const EXTENSION = 'counts'
const COUNTS = /^\d+-\d+-\d+\.counts$/

export interface QueryCounts {
  began(): void
  written(queries: number): void
  /** Takes the file away if it says that nothing is missing. */
  settle(): void
}

export function countQueries(folder: string): QueryCounts {
  /** Queries that began, and those that were written. */
  const counts = new Float64Array(2)
  const bytes = new Uint8Array(counts.buffer)
  let file = ''
  let descriptor: number | undefined
  let hasFailed = false

  const add = (at: 0 | 1, queries: number) => {
    if (hasFailed) return
    counts[at] = (counts[at] as number) + queries
    try {
      if (descriptor === undefined) {
        file = createFile(folder, EXTENSION, bytes)
        descriptor = openSync(file, 'r+')
      }
      writeSync(descriptor, bytes, 0, bytes.length, 0)
    } catch {
      // The folder may be gone, and the collector says it.
      hasFailed = true
    }
  }
  return {
    began: () => add(0, 1),
    written: (queries) => add(1, queries),
    settle() {
      if (descriptor === undefined || counts[0] !== counts[1]) return
      closeSync(descriptor)
      descriptor = undefined
      rmSync(file, { force: true })
    },
  }
}

/** Queries that are in no trace of the folder: their process or thread was killed before, or has not ended yet. */
export function lostQueries(folder: string): number {
  let lost = 0
  for (const name of readdirSync(folder).filter((name) => COUNTS.test(name))) {
    const bytes = new Uint8Array(readFileSync(join(folder, name)))
    if (bytes.length !== 2 * Float64Array.BYTES_PER_ELEMENT) continue
    const [began = 0, written = 0] = new Float64Array(bytes.buffer)
    lost += Math.max(0, began - written)
  }
  return lost
}
