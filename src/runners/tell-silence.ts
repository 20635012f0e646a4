// Says at the end of a process with NODE_ENV=test that queries were captured and nobody was told of them. Test runners are left
// alone: they have reporters of their own, and say what is missing.
import { atExitOrSignal } from '../profiler/flush-on-signal.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { silentInTest } from '../setup/explain-silence.ts'
import { formatNotice } from '../setup/format-notice.ts'
import { testFacts } from './test-notes.ts'

/** To be called for a profiler whose reporters nobody has chosen. */
export function tellSilenceAtEnd(profiler: Profiler, hasCaptured: () => boolean): void {
  let isTold = false
  atExitOrSignal(() => {
    const { defaultProfiler, setupNotes } = sharedState()
    if (isTold || profiler.outputs.size > 0 || !hasCaptured() || isOfTests()) return
    // `pg-loupe doctor` says it.
    if (setupNotes.leave) return
    isTold = true
    const notice = silentInTest(profiler === defaultProfiler)
    process.stderr.write(`${formatNotice(notice, process.cwd())}\n`)
  })
}

/** The script `test` of a package may start any runner. */
function isOfTests(): boolean {
  return testFacts() !== undefined || /^test/.test(process.env.npm_lifecycle_event ?? '')
}
