// Writes a bundle that is committed: a source file that the build makes from other source files.
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'

/** An up-to-date file stays untouched. A new one gets this date, so that it does not make the build outdated. */
export function writeBundle(file, text, date) {
  if (read(file) === text) return
  writeFileSync(file, text)
  utimesSync(file, date, date)
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
