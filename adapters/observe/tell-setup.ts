// Tells on the console of a running application which parts its set-up leaves out: each notice once, as soon as it is certain, and
// some only at the exit. Nothing is printed for a profiler whose reports do not go to the console.

import { OBSERVE_VARIABLE } from '../../src/collect/process-facts.ts'
import { setTimeout } from '../../src/host/real-time.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { atExit, sharedState } from '../../src/profiler/shared-state.ts'
import { explainSetup } from '../../src/setup/explain-setup.ts'
import { formatNotice } from '../../src/setup/format-notice.ts'
import type { Notice } from '../../src/setup/notice.ts'
import { observeProcess } from './observe-process.ts'
import { createSetupWatch, type SetupWatch } from './setup-watch.ts'

/** After so many requests and uses nothing new is expected, and the watch stops. */
const MOST = { requests: 1_000, uses: 20_000 }
/** Changes within this time are examined together. */
const SETTLES_MS = 300
/** More notices than these are not printed. */
const MOST_NOTICES = 10

/** The watch of this process, which begins when a profiler that prints on the console is used. */
export function setupWatchFor(profiler: Profiler): SetupWatch | undefined {
  const state = sharedState() as { setupWatch?: SetupWatch }
  try {
    const observed = process.env[OBSERVE_VARIABLE]
    // This is a sandbox that does not share the globals of its process; otherwise the process is observed already.
    if (observed) state.setupWatch ??= observeProcess(observed)
    if (coreOf(profiler).hints) state.setupWatch ??= tellingWatch()
  } catch (error) {
    coreOf(profiler).countInternalError(error)
  }
  return state.setupWatch
}

/** The watch that has begun, if any. Every request asks for it, so this only reads a field. */
export function setupWatch(): SetupWatch | undefined {
  return sharedState().setupWatch as SetupWatch | undefined
}

function tellingWatch(): SetupWatch {
  const tell = teller()
  const onChange = onceInAMoment(() => tell(explainSetup(watch.facts())))
  const watch = createSetupWatch({ most: MOST, onChange })
  atExit(() => tell(explainSetup(watch.facts(true))))
  return watch
}

/** Prints each notice once. */
export function teller(): (notices: readonly Notice[]) => void {
  const told = new Set<string>()
  return (notices) => {
    for (const notice of notices) {
      if (told.has(notice.key) || told.size >= MOST_NOTICES) continue
      told.add(notice.key)
      process.stderr.write(`${formatNotice(notice, process.cwd())}\n`)
    }
  }
}

/** Calls `act` once for all calls within a short time. */
function onceInAMoment(act: () => void): () => void {
  let isWaiting = false
  // The same timer is started again, because a new timer would keep the async context in which it is made.
  const timer = setTimeout(() => {
    isWaiting = false
    act()
  }, SETTLES_MS).unref()
  return () => {
    if (isWaiting) return
    isWaiting = true
    timer.refresh()
  }
}
