// Shows how far the reading is, in one line of a terminal that is rewritten and finally removed. There is no such line when
// standard error is no terminal.
import { statSync } from 'node:fs'
import { now } from '../host/real-time.ts'

export interface ProgressLine {
  show(bytes: number): void
  clear(): void
}

/** Faster than this nobody reads. */
const REFRESH_MS = 100
const ERASE_LINE = '\r\u001b[2K'

export function progressLine(
  files: readonly string[],
  output: NodeJS.WriteStream = process.stderr,
): ProgressLine {
  if (!output.isTTY) return { show() {}, clear() {} }
  const total = totalSize(files)
  let shownAt = now()
  let isShown = false
  return {
    show(bytes) {
      if (now() - shownAt < REFRESH_MS) return
      shownAt = now()
      isShown = true
      const share = total ? ` of ${megabytes(total)}, ${Math.floor((bytes / total) * 100)} %` : ''
      output.write(`${ERASE_LINE}reading ${megabytes(bytes)}${share}`)
    },
    clear() {
      if (isShown) output.write(ERASE_LINE)
      isShown = false
    },
  }
}

/** Unknown for standard input and pipes. */
function totalSize(files: readonly string[]): number | undefined {
  let total = 0
  for (const file of files) {
    const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })
    if (!stat?.isFile()) return undefined
    total += stat.size
  }
  return total
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
