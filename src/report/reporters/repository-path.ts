// Where a file lies in the repository, as machines want it: relative to its root, with forward slashes, on any system. By
// text alone; the disk is not asked.
import { withFrames } from '../../finding-frames.ts'
import type { Finding } from '../../types/finding.ts'
import type { ReporterOptions } from '../../types/reporter.ts'
import { printable } from './printable.ts'

/** Undefined for what is no file or lies outside of the repository: a path there would name another file or none. */
export function repositoryPath(
  file: string,
  { cwd, root = cwd }: Pick<ReporterOptions, 'cwd' | 'root'>,
): string | undefined {
  if (file === '' || HAS_SCHEME.test(file)) return undefined
  if (root === undefined) return isAbsolute(file) ? undefined : inside(resolve('', file), [])
  return inside(resolve(cwd ?? root, file), resolve('', root))
}

/** With the names that files have in the repository, where they have one. */
export function inRepository(finding: Finding, options: ReporterOptions): Finding {
  return withFrames(finding, (frame) => ({
    ...frame,
    file: repositoryPath(frame.file, options) ?? frame.file,
  }))
}

/**
 * Named by formats that take no finding without a file. It stands for the application as a whole, and is where nobody looks
 * for the line of a query.
 */
export const NO_FILE = 'package.json'

/** `node:fs`, `webpack://…`; one letter is the drive of a Windows path. */
const HAS_SCHEME = /^[a-z][a-z\d+.-]+:/i

function isAbsolute(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path)
}

/** The steps of a path from where its drive or `/` is, `.` and `..` followed. */
function resolve(folder: string, path: string): string[] {
  const steps = isAbsolute(path) ? [] : split(folder)
  for (const step of split(path)) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps
}

/** A backslash may be part of a name where `/` parts folders, but nobody calls a source file so. */
function split(path: string): string[] {
  return path.split(/[/\\]/).filter((step) => step !== '')
}

function inside(steps: readonly string[], root: readonly string[]): string | undefined {
  const isBelow = root.every((step, at) => sameStep(step, steps[at], at))
  const rest = steps.slice(root.length)
  return isBelow && rest.length > 0 && rest[0] !== '..' ? withoutControls(rest.join('/')) : undefined
}

/** Names of files may hold anything; spaces stay as they are. */
function withoutControls(path: string): string {
  return path.replace(/[^ ]+/g, printable)
}

/** The letter of a drive is the same large and small. */
function sameStep(a: string, b: string | undefined, at: number): boolean {
  return a === b || (at === 0 && /^[a-z]:$/i.test(a) && a.toLowerCase() === b?.toLowerCase())
}
