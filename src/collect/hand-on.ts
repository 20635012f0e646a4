// A run inside of a run (`pg-loupe run -- npm test`, whose script is `pg-loupe run -- vitest`): what the inner one has
// collected belongs to the outer one too.
import { constants, copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { collectFolder } from './collect-traces.ts'

/** Does nothing when there is no outer run, or when it is over. */
export function handOn(folder: string): void {
  const outer = collectFolder()
  if (outer === undefined) return
  for (const name of readdirSync(folder)) {
    try {
      // The names are free there, unless a process id has come again.
      copyFileSync(join(folder, name), join(outer, name), constants.COPYFILE_EXCL)
    } catch {
      // The notes are there already.
    }
  }
}
