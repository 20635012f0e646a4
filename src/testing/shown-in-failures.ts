// Records findings that a failed test has shown in the message of its assertion. The process of the test writes them into the
// folder of PG_LOUPE_COLLECT, and the process that reports the run does not print them again.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { collectFolder } from '../collect/collect-traces.ts'
import { createFile } from '../collect/create-file.ts'
import { withoutNumber } from '../detectors/identify.ts'
import type { Finding } from '../types/finding.ts'

/** The identity of a shown finding, and the number of its traces. */
export type ShownFinding = readonly [identity: string, occurrences: number]

/**
 * A line of the file. For a test that passes when it is run again the list is empty, because runners do not print its first
 * failure.
 */
interface Line {
  test: string
  shown: readonly ShownFinding[]
}

const EXTENSION = 'shown'
const SHOWN = /^\d+-\d+-\d+\.shown$/

export function shownFinding(finding: Finding): ShownFinding {
  return [identityOf(finding), finding.occurrenceCount]
}

/**
 * Replaces the findings that the test has shown so far, if traces are collected. `file` is the result of the previous call.
 */
export function writeShown(line: Line, file: string | undefined): string | undefined {
  const folder = collectFolder()
  if (folder === undefined) return undefined
  const text = `${JSON.stringify(line)}\n`
  try {
    if (file === undefined || dirname(file) !== folder) return createFile(folder, EXTENSION, text)
    appendFileSync(file, text)
    return file
  } catch {
    // The only consequence is that the finding is printed again.
    return undefined
  }
}

/** Returns a function that says whether all occurrences of a finding were shown. Called when all processes have ended. */
export function readShown(folder: string): (finding: Finding) => boolean {
  const byTest = new Map<string, ShownFinding[]>()
  for (const name of readdirSync(folder).filter((name) => SHOWN.test(name))) {
    for (const { test, shown } of linesOf(join(folder, name))) {
      // A test that fails in each of its attempts shows the finding each time.
      byTest.set(test, shown.length === 0 ? [] : [...(byTest.get(test) ?? []), ...shown])
    }
  }
  const counts = new Map<string, number>()
  for (const [identity, occurrences] of [...byTest.values()].flat()) {
    counts.set(identity, (counts.get(identity) ?? 0) + occurrences)
  }
  return (finding) => {
    const shown = counts.get(identityOf(finding)) ?? 0
    // A finding in a request may also occur in another test; a finding in the test's own code cannot.
    const isOfOneTest =
      byTest.has(finding.route) && finding.key.startsWith(`${finding.detector} | ${finding.route}`)
    return shown >= finding.occurrenceCount || (shown > 0 && isOfOneTest)
  }
}

/** The number of a place in its function depends on the other findings, but its line is constant within one run. */
function identityOf({ key, callSite }: Finding): string {
  return `${withoutNumber(key)} | ${callSite[0]?.line ?? ''}`
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Line]
      } catch {
        // The end of the file, or a line that was cut off when a process was killed.
        return []
      }
    })
}
