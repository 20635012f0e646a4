// Prints a notice at the end of a process with NODE_ENV=test in which queries were captured but no output was configured.
// Test runners get no such notice, because their own reporters say what is missing.
import { atExitOrSignal } from '../profiler/flush-on-signal.ts'
import { coreOf } from '../profiler/profiler-core.ts'
import type { Profiler } from '../profiler/profiler-interface.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { silentInTest } from '../setup/explain-silence.ts'
import { formatNotice } from '../setup/format-notice.ts'
import { testFacts } from './test-notes.ts'

/** Called for a profiler whose reporters were not configured. */
export function tellSilenceAtEnd(profiler: Profiler, hasCaptured: () => boolean): void {
  let isTold = false
  atExitOrSignal(() => {
    const { defaultProfiler, setupNotes } = sharedState()
    if (isTold || coreOf(profiler).outputs.size > 0 || !hasCaptured() || isOfTests()) return
    // `pg-loupe doctor` prints this itself.
    if (setupNotes.leave) return
    isTold = true
    const notice = silentInTest(profiler === defaultProfiler)
    process.stderr.write(`${formatNotice(notice, process.cwd())}\n`)
  })
}

/** The script `test` of a package may start any test runner. */
function isOfTests(): boolean {
  return testFacts() !== undefined || /^test/.test(process.env.npm_lifecycle_event ?? '')
}
