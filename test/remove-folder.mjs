// Removes a folder while something that is just ending may still write into it; what rm retries by itself
// differs between versions of Node. Plain JavaScript, for the processes that clean up after a killed run.
import { existsSync, rmSync } from 'node:fs'

const TRIES = 50
const PAUSE_MS = 100

export async function removeFolder(path) {
  for (let tries = 0; tries < TRIES && existsSync(path); tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    try {
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Not empty any more: something was written meanwhile.
    }
  }
}
