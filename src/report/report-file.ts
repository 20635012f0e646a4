// Keeps the merged report in a file. It is written once when the profiler is made, so that a path that cannot be written
// fails there. It is written again while traces close, at most once a second and less often when it is large, and a last time
// when the process exits.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { clearTimeout, now, setTimeout, type Timer } from '../host/real-time.ts'
import { temporaryName } from '../host/temporary-name.ts'

const REWRITE_MS = 1000
/** The application waits while a large report is written. Writing takes at most one part in this many of the time. */
const ONE_PART_OF = 50
const LONGEST_PAUSE_MS = 60_000

interface KeptFile {
  format: string
  file: string
  /** Makes the text of the file. It throws when the code of the format fails. */
  render: () => string
  onFormatError: (error: unknown) => void
  atExit: (act: () => void) => void
}

/**
 * Writes the file, and returns the function that announces a change of the report.
 *
 * @throws Error that names the option and the path when the file cannot be written.
 */
export function keepReportFile({ format, file, render, onFormatError, atExit }: KeptFile): () => void {
  let timer: Timer | undefined
  let hasFailed = false
  let pauseMs = REWRITE_MS
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    const started = now()
    const text = tryToRender()
    if (text !== undefined) replaceFile(file, text)
    const tookMs = now() - started
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(REWRITE_MS, ONE_PART_OF * tookMs))
  }
  const tryToRender = (): string | undefined => {
    try {
      return render()
    } catch (error) {
      onFormatError(error)
      return undefined
    }
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
    throw new Error(`pg-loupe: option outputs.${format}: cannot write ${file}: ${reason}`, { cause: error })
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
