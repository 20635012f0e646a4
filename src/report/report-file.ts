// Keeps the merged report in a file: written once when the profiler is made, so that a path that cannot be written
// fails there, then again as traces close, at most once a second and less often when it is large, and a last time when
// the process exits.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { clearTimeout, now, setTimeout, type Timer } from '../host/real-time.ts'
import { temporaryName } from '../host/temporary-name.ts'
import type { Report } from '../types/report.ts'
import { jsonReporter } from './reporters/json.ts'

const REWRITE_MS = 1000
/** A large report takes time to write, which the application waits for: at most one part of so many of all time. */
const ONE_PART_OF = 50
const LONGEST_PAUSE_MS = 60_000

/**
 * Returns the listener that notes a change.
 *
 * @throws Error that names the option and the path when it cannot be written.
 */
export function keepReportFile(
  file: string,
  currentReport: () => Report,
  atExit: (act: () => void) => void,
): () => void {
  let timer: Timer | undefined
  let hasFailed = false
  let pauseMs = REWRITE_MS
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    const started = now()
    replaceFile(file, jsonReporter(currentReport()))
    const tookMs = now() - started
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(REWRITE_MS, ONE_PART_OF * tookMs))
  }
  const tryToWrite = () => {
    try {
      write()
    } catch (error) {
      // Writing is tried again, but reported only once, because a full disk stays full for some time.
      if (hasFailed) return
      hasFailed = true
      process.emitWarning(`pg-loupe: the report could not be written: ${(error as Error).message}`)
    }
  }
  try {
    write()
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(`pg-loupe: option artifacts.report: cannot write ${file}: ${reason}`, { cause: error })
  }
  atExit(() => timer && tryToWrite())
  return () => {
    timer ??= setTimeout(tryToWrite, pauseMs).unref()
  }
}

/** A reader never sees half a report. */
function replaceFile(file: string, text: string): void {
  const temporary = temporaryName(file)
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
