// Reports once per process that the tests of this version of the runner cannot be traced. The tests run as they would without
// pg-loupe.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { formatNotice } from '../setup/format-notice.ts'
import { tellOnce } from './test-notes.ts'

/** `runner` is the name of its package; `takes` says which versions are supported. */
export function tellUnsupportedRunner(runner: 'vitest' | 'jest', takes: string): void {
  const version = versionOf(runner)
  const notice = {
    id: 'runner-not-supported' as const,
    key: `runner-not-supported ${runner}`,
    level: 'fault' as const,
    seen: `The set-up file of pg-loupe/${runner} runs in ${runner}${version ? ` ${version}` : ''}, and traces tests of ${takes}.`,
    lost: 'Tests have no trace of their own, and the summary at the end names none. Assertions, matchers and captureQueries work.',
    nextStep: `npm install -D ${runner}@latest, or remove pg-loupe/${runner}/setup from the configuration.`,
  }
  tellOnce(notice.key, formatNotice(notice, process.cwd()))
}

/** The version that the application has installed. */
function versionOf(name: string): string | undefined {
  try {
    return createRequire(join(process.cwd(), 'package.json'))(`${name}/package.json`).version
  } catch {
    return undefined
  }
}
