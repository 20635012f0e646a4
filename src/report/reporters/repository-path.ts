// Paths of files for machines: relative to the root of the repository, with forward slashes, on any system. They are computed
// from the text alone, without access to the disk.
import { withFrames } from '../../finding-frames.ts'
import type { Finding } from '../../types/finding.ts'
import type { ReporterOptions } from '../../types/reporter.ts'
import { printable } from './printable.ts'

/** Undefined when the text names no file or a file outside of the repository, because a path for it would be wrong. */
export function repositoryPath(
  file: string,
  { cwd, root = cwd }: Pick<ReporterOptions, 'cwd' | 'root'>,
): string | undefined {
  if (file === '' || HAS_SCHEME.test(file)) return undefined
  if (root === undefined) return isAbsolute(file) ? undefined : inside(resolve('', file), [])
  return inside(resolve(cwd ?? root, file), resolve('', root))
}

/** Names files by their paths in the repository where they have one. */
export function inRepository(finding: Finding, options: ReporterOptions): Finding {
  return withFrames(finding, (frame) => ({
    ...frame,
    file: repositoryPath(frame.file, options) ?? frame.file,
  }))
}

/**
 * The file that is named by formats that require one for each finding. It stands for the application as a whole, and nobody
 * expects the line of a query in it.
 */
export const NO_FILE = 'package.json'

/** `node:fs`, `webpack://…`. A single letter is the drive of a Windows path. */
const HAS_SCHEME = /^[a-z][a-z\d+.-]+:/i

function isAbsolute(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path)
}

/** The steps of a path from its drive or `/`, with `.` and `..` resolved. */
function resolve(folder: string, path: string): string[] {
  const steps = isAbsolute(path) ? [] : split(folder)
  for (const step of split(path)) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps
}

/** On systems with `/` a backslash may be part of a name, but source files have no such names. */
function split(path: string): string[] {
  return path.split(/[/\\]/).filter((step) => step !== '')
}

function inside(steps: readonly string[], root: readonly string[]): string | undefined {
  const isBelow = root.every((step, at) => sameStep(step, steps[at], at))
  const rest = steps.slice(root.length)
  return isBelow && rest.length > 0 && rest[0] !== '..' ? withoutControls(rest.join('/')) : undefined
}

/** Names of files may contain anything. Spaces are kept. */
function withoutControls(path: string): string {
  return path.replace(/[^ ]+/g, printable)
}

/** The letter of a drive has no case. */
function sameStep(a: string, b: string | undefined, at: number): boolean {
  return a === b || (at === 0 && /^[a-z]:$/i.test(a) && a.toLowerCase() === b?.toLowerCase())
}
