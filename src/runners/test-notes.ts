// What is known of the test runner in this process, and the notice that nobody reports what its tests send: a set-up file
// alone traces tests, and collects nothing.
import { AsyncLocalStorage } from 'node:async_hooks'
import { leaveNote } from '../collect/run-notes.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { testsNotReported } from '../setup/explain-silence.ts'
import { formatNotice } from '../setup/format-notice.ts'
import type { RunnerName, TestNotes } from '../setup/setup-facts.ts'

/** To be called by each set-up file. */
export function noteSetUp(runner: RunnerName): void {
  leaveNote('set-up')
  Object.assign(sharedState().setupNotes.tests, { hasSetUp: true, runner })
}

/** Undefined in a process that no test runner has started. */
export function testFacts(): TestNotes | undefined {
  const { tests } = sharedState().setupNotes
  const runner = tests.runner ?? runnerHere()
  return runner || isBelowRunner() ? { ...tests, runner } : undefined
}

/** Whose tests run in this very process; a server that a test has started inherits the environment, and is none. */
function runnerHere(): RunnerName | undefined {
  const globals = globalThis as Record<PropertyKey, unknown>
  if (globals.__vitest_worker__) return 'vitest'
  if (Array.isArray(globals[JEST_HANDLERS])) return 'jest'
  return /[\\/]mocha[\\/](?:bin|lib)[\\/]/.test(process.argv[1] ?? '') ? 'mocha' : undefined
}

const JEST_HANDLERS = Symbol.for('EVENT_HANDLERS')

function isBelowRunner(): boolean {
  const { VITEST, JEST_WORKER_ID, NODE_TEST_CONTEXT } = process.env
  return [VITEST, JEST_WORKER_ID, NODE_TEST_CONTEXT].some((variable) => variable !== undefined)
}

/**
 * To be called when the tests of a file are over. Says it in the first process of the runner's only: there may be one for each
 * file. Matchers and assertions tell what they find themselves.
 */
export function tellUnreportedTests(runner: RunnerName, { enabled, outputs }: Profiler): void {
  const { tests, leave } = sharedState().setupNotes
  // Runners end workers and sandboxes without an exit.
  leave?.()
  if (!enabled || outputs.size > 0 || tests.traced === 0) return
  tellOnce(runner, formatNotice(testsNotReported(runner), process.cwd()))
}

/** In the first process of the runner's only, and there once for all sandboxes. */
export function tellOnce(key: string, text: string): void {
  const told = toldInProcess()
  if (!isFirstWorker() || told.has(key)) return
  told.add(key)
  process.stderr.write(`${text}\n`)
}

function isFirstWorker(): boolean {
  const { VITEST_WORKER_ID, JEST_WORKER_ID } = process.env
  return (VITEST_WORKER_ID ?? JEST_WORKER_ID ?? '1') === '1'
}

/** Jest gives each test file globals of its own; the built-in modules are those of the process. */
function toldInProcess(): Set<string> {
  const holder = AsyncLocalStorage as { [TOLD]?: Set<string> }
  if (!holder[TOLD]) Object.defineProperty(holder, TOLD, { value: new Set<string>() })
  return holder[TOLD] as Set<string>
}

const TOLD: unique symbol = Symbol.for('pg-loupe told')
