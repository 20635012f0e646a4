// Findings that a failed test has shown in the message of its assertion. The process that runs the test writes them into the
// folder of PG_LOUPE_COLLECT, and whoever reports the run does not print them a second time.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { collectFolder } from '../collect/collect-traces.ts'
import { createFile } from '../collect/create-file.ts'
import { withoutNumber } from '../detectors/identify.ts'
import type { Finding } from '../types/finding.ts'

/** What is shown, and in how many traces. */
export type ShownFinding = readonly [identity: string, occurrences: number]

/** A line of the file. A test that is run again and passes has shown nothing: runners do not print its first failure. */
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
 * What the test shows from now on instead of what it has shown before, where findings are collected. `file` is the one
 * that was returned last.
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
    // The finding is printed again, which is no loss.
    return undefined
  }
}

/** Says whether all that a finding of the run is about was shown; to be asked when all processes are done. */
export function readShown(folder: string): (finding: Finding) => boolean {
  const byTest = new Map<string, ShownFinding[]>()
  for (const name of readdirSync(folder).filter((name) => SHOWN.test(name))) {
    for (const { test, shown } of linesOf(join(folder, name))) {
      // A test that fails in each of its attempts shows it in each of them.
      byTest.set(test, shown.length === 0 ? [] : [...(byTest.get(test) ?? []), ...shown])
    }
  }
  const counts = new Map<string, number>()
  for (const [identity, occurrences] of [...byTest.values()].flat()) {
    counts.set(identity, (counts.get(identity) ?? 0) + occurrences)
  }
  return (finding) => {
    const shown = counts.get(identityOf(finding)) ?? 0
    // What a request shows may have come up in another test as well; what the test's own code does cannot.
    const isOfOneTest =
      byTest.has(finding.route) && finding.key.startsWith(`${finding.detector} | ${finding.route}`)
    return shown >= finding.occurrenceCount || (shown > 0 && isOfOneTest)
  }
}

/** The number of a place in its function depends on what else was found; its line does not, within one run. */
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
        // The end of the file, or of a process that was killed.
        return []
      }
    })
}
