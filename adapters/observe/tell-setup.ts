// Says on the console of a running application what its set-up leaves out: each thing once, as soon as it is certain, and
// what only the end can tell at the exit. It refuses to speak for a profiler whose reports do not go to the console.

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

/** After so much nothing new is expected, and nothing is spent on looking any longer. */
const MOST = { requests: 1_000, uses: 20_000 }
/** What a moment has changed is looked at together. */
const SETTLES_MS = 300
/** An application with more of them has been told enough. */
const MOST_NOTICES = 10

/** The watch of this process, which begins when a profiler that prints on the console is used. */
export function setupWatchFor(profiler: Profiler): SetupWatch | undefined {
  const state = sharedState() as { setupWatch?: SetupWatch }
  try {
    const observed = process.env[OBSERVE_VARIABLE]
    // In a sandbox that does not share the globals of its process; elsewhere the process is observed already.
    if (observed) state.setupWatch ??= observeProcess(observed)
    if (coreOf(profiler).hints) state.setupWatch ??= tellingWatch()
  } catch (error) {
    coreOf(profiler).countInternalError(error)
  }
  return state.setupWatch
}

/** The watch that has begun, if any: every request asks. */
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

/** Has `act` done once for all calls of a moment. */
function onceInAMoment(act: () => void): () => void {
  let isWaiting = false
  // Started over and over, because a new timer would keep the context it is made in.
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
