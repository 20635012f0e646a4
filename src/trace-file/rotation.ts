// Puts a file aside when it has grown enough: `traces.ndjson` becomes `traces.1.ndjson`, what was that becomes
// `traces.2.ndjson`, and the last one goes. Several processes may append to the file: one of them does it, under a lock,
// and the others notice that the file they hold is no longer the one of that name.
import { closeSync, fstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, parse } from 'node:path'
import { epochMs } from '../host/real-time.ts'

export interface Rotation {
  /** Maximum size of one file. */
  bytes: number
  /** The current one among them. */
  files: number
}

/** A lock is held for some calls of the file system; one that is older was left by a process that was killed. */
const STALE_MS = 10_000

/** Whether the open file is the one that has this name. */
export function isStill(file: string, descriptor: number): boolean {
  const there = statSync(file, { throwIfNoEntry: false })
  const own = fstatSync(descriptor)
  return there !== undefined && there.ino === own.ino && there.dev === own.dev
}

/**
 * False when another process is at it: the file may be appended to until it is done.
 *
 * @throws Error of the file system.
 */
export function putAside(file: string, descriptor: number, { files }: Rotation): boolean {
  const lock = `${file}.lock`
  if (!take(lock)) return false
  try {
    // Somebody may have been faster.
    if (!isStill(file, descriptor)) return true
    if (files === 1) rmSync(file)
    for (let number = files - 1; number >= 1; number--) {
      const from = number === 1 ? file : numbered(file, number - 1)
      if (statSync(from, { throwIfNoEntry: false })) renameSync(from, numbered(file, number))
    }
    return true
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const held = statSync(lock, { throwIfNoEntry: false })
    if (held && epochMs() - held.mtimeMs > STALE_MS) rmSync(lock, { force: true })
    return false
  }
}

function numbered(file: string, number: number): string {
  const { dir, name, ext } = parse(file)
  return join(dir, `${name}.${number}${ext}`)
}
