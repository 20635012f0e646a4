// A file of a profiler's own in the folder of PG_LOUPE_COLLECT: process ids come again, and a process may have several profilers.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

/** Returns its path. */
export function createFile(folder: string, extension: string, content: string | Uint8Array): string {
  for (let number = 1; ; number++) {
    const file = join(folder, `${process.pid}-${threadId}-${number}.${extension}`)
    try {
      appendFileSync(file, content, { flag: 'ax' })
      return file
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
