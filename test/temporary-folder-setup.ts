// One folder for everything a run of vitest writes: removed at its end, and by its own process when there is
// no proper end. Tests get at it by temporaryFolder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    runFolder: string
  }
}

const OWNER = fileURLToPath(new URL('own-folder.mjs', import.meta.url))

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // vitest has a folder of its own too, and leaves it behind at Ctrl-C.
  const owner = spawn(process.execPath, [OWNER, project.tmpDir], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(owner, 'exit')
  const [folder] = await once(createInterface(owner.stdout), 'line')
  project.provide('runFolder', folder)
  return async () => {
    owner.stdin.end()
    await ended
  }
}
