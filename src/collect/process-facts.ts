// The facts that one process, worker thread or sandbox of an observed command writes for `pg-loupe doctor`: its own file in a
// folder, rewritten when more is known, so that a killed process has left its facts.
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SetupFacts } from '../setup/setup-facts.ts'

export interface ProcessFacts {
  pid: number
  /** 0 for the main thread. */
  thread: number
  /** The file that the process runs, relative to its working directory; no argument of it. */
  program: string
  /** True for the process of a test runner that starts others and ends by itself. */
  isRunner: boolean
  setup: SetupFacts
}

/** Names the folder to processes below. */
export const OBSERVE_VARIABLE = 'PG_LOUPE_OBSERVE'

/** A test run may have a few hundred processes. Further ones would add nothing new. */
const MOST_FILES = 1_000
const MOST_BYTES = 1024 * 1024

/** Whole or not at all: it may be read at any moment. */
export function writeFacts(file: string, facts: ProcessFacts): void {
  const text = JSON.stringify(facts)
  if (text.length > MOST_BYTES) return
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

export function readFacts(folder: string): ProcessFacts[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names
    .sort()
    .slice(0, MOST_FILES)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}
