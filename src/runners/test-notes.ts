// Facts about the test runner in this process, and the notice that its findings are not reported: a set-up file alone traces
// tests, but collects nothing.
import { AsyncLocalStorage } from 'node:async_hooks'
import { leaveNote } from '../collect/run-notes.ts'
import { coreOf } from '../profiler/profiler-core.ts'
import type { Profiler } from '../profiler/profiler-interface.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { testsNotReported } from '../setup/explain-silence.ts'
import { formatNotice } from '../setup/format-notice.ts'
import type { RunnerName, TestNotes } from '../setup/setup-facts.ts'

/** Called by each set-up file. */
export function noteSetUp(runner: RunnerName): void {
  leaveNote('set-up')
  Object.assign(sharedState().setupNotes.tests, { hasSetUp: true, runner })
}

/** Undefined in a process that was not started by a test runner. */
export function testFacts(): TestNotes | undefined {
  const { tests } = sharedState().setupNotes
  const runner = tests.runner ?? runnerHere()
  return runner || isBelowRunner() ? { ...tests, runner } : undefined
}

/**
 * The runner that runs tests in this very process. A server that a test has started inherits the environment, but runs no
 * tests.
 */
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
 * Called when the tests of a file are over. Only the first process of the runner prints the notice, because there may be one
 * process for each file. Matchers and assertions report their findings themselves.
 */
export function tellUnreportedTests(runner: RunnerName, profiler: Profiler): void {
  const { tests, leave } = sharedState().setupNotes
  // Runners end workers and sandboxes without an exit event.
  leave?.()
  if (!profiler.enabled || coreOf(profiler).outputs.size > 0 || tests.traced === 0) return
  tellOnce(runner, formatNotice(testsNotReported(runner), process.cwd()))
}

/** Prints a notice in the first process of the runner only, and there once for all sandboxes. */
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

/** Jest gives each test file its own globals, but all files of a process share the built-in modules. */
function toldInProcess(): Set<string> {
  const holder = AsyncLocalStorage as { [TOLD]?: Set<string> }
  if (!holder[TOLD]) Object.defineProperty(holder, TOLD, { value: new Set<string>() })
  return holder[TOLD] as Set<string>
}

const TOLD: unique symbol = Symbol.for('pg-loupe told')
