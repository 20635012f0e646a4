// Notes that processes under PG_LOUPE_COLLECT leave besides traces: empty files, one for each fact that was true in any of
// them. A run without a trace can then explain why it found nothing.
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { collectFolder } from './collect-traces.ts'

/**
 * Loaded into a process; loaded, but off; loaded, and pg was loaded too; the set-up file of a test runner was loaded; a
 * connection to PostgreSQL was opened by something that cannot be profiled.
 */
export type RunNote = 'registered' | 'off' | 'pg' | 'set-up' | 'unseen'

const NOTES: readonly RunNote[] = ['registered', 'off', 'pg', 'set-up', 'unseen']

/** Does nothing where no traces are collected, or when the folder is gone. */
export function leaveNote(note: RunNote): void {
  const folder = collectFolder()
  if (folder === undefined) return
  const file = join(folder, note)
  try {
    if (!existsSync(file)) closeSync(openSync(file, 'a'))
  } catch {
    // The profiler says it, when there is one.
  }
}

export function readNotes(folder: string): ReadonlySet<RunNote> {
  const names = readdirSync(folder)
  return new Set(NOTES.filter((note) => names.includes(note)))
}
