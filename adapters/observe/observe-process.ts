// Observes a process for `pg-loupe doctor`, from its start to its end, and writes the facts into a folder. This profiles nothing,
// and its listener of signals leaves the decision to the listeners of the application.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type ProcessFacts, writeFacts } from '../../src/collect/process-facts.ts'
import { readEnvironment } from '../../src/config/read-environment.ts'
import { programName } from '../../src/host/program-name.ts'
import { setTimeout } from '../../src/host/real-time.ts'
import { atExitOrSignal } from '../../src/profiler/flush-on-signal.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { testFacts } from '../../src/runners/test-notes.ts'
import type { SurroundingFacts } from '../../src/setup/setup-facts.ts'
import { installedPackages } from './installed-packages.ts'
import { createSetupWatch, type SetupWatch } from './setup-watch.ts'

/** More than anybody does by hand. More requests of a load test would add no further facts. */
const MOST = { requests: 100_000, uses: 1_000_000 }
/** The facts are written this often, because a process that is killed loses the facts since the last time. */
const WRITES_EACH_MS = 250

/** `folder` must exist. When it is deleted, nobody needs the facts any more. */
export function observeProcess(folder: string): SetupWatch {
  const file = join(folder, `${process.pid}-${threadId}-${randomUUID()}.json`)
  const environment = readEnvironment(process.env)
  const wrongVariables = [...environment.problems, ...environment.unknown].map(sentence)
  const watch = createSetupWatch({ most: MOST, watchesConnections: true })
  let written = ''

  const leave = (isEnding: boolean) => {
    try {
      const facts = factsOf(watch, isEnding, wrongVariables)
      const text = JSON.stringify(facts)
      if (text === written) return
      written = text
      writeFacts(file, facts)
    } catch {
      // The folder is gone, or the disk is full.
    }
  }
  const timer = setTimeout(() => {
    leave(false)
    timer.refresh()
  }, WRITES_EACH_MS).unref()
  sharedState().setupNotes.leave = () => leave(true)
  atExitOrSignal(() => leave(true))
  leave(false)
  return watch
}

function factsOf(watch: SetupWatch, isEnding: boolean, wrongVariables: readonly string[]): ProcessFacts {
  const setup = watch.facts(isEnding)
  const { frameworks, orms } = installedPackages(setup)
  const { setupNotes } = sharedState()
  const surroundings: SurroundingFacts = {
    node: process.versions.node,
    versions: [...setupNotes.versions],
    profilersOff: setupNotes.profilersOff,
    wrongVariables,
    wrongComments: setupNotes.wrongComments,
    tests: testFacts(),
  }
  return {
    pid: process.pid,
    thread: threadId,
    program: programName(),
    isRunner: isRunner(),
    setup: { ...setup, frameworks, orms, surroundings },
  }
}

function isRunner(): boolean {
  const [, file = ''] = process.argv
  return (
    process.execArgv.includes('--test') ||
    /[\\/](?:vitest|jest|jest-cli|mocha)[\\/]|[\\/]\.bin[\\/](?:vitest|jest|mocha)$/.test(file)
  )
}

function sentence(problem: string): string {
  return `${problem.replace(/^pg-loupe: /, '')}.`
}
