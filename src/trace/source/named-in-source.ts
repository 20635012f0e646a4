// Which names the source of a function holds, for those who would say that nobody reads a column: another branch of the
// function may. It reads the file once, looks at code alone (not at strings, comments and lists of selected columns) and
// knows nothing of what it cannot read. Lexical, so it may take a name for more than it is, and then somebody says less.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallSite, Frame, Query, RowUsage } from '../../types/query.ts'
import { codeOnly } from './source-code.ts'

type Watched = Query & { usage?: RowUsage }

/** Adds to the usage of rows which unread columns the functions on the call site name. */
export function noteNamed(queries: readonly Watched[]): void {
  for (const query of queries) {
    const { usage, callSite = [], builtAt } = query
    if (!usage || usage.unread.length === 0 || usage.named) continue
    const sites: CallSite = builtAt ? [builtAt, ...callSite] : callSite
    const named = usage.unread.filter((column) => sites.some((frame) => isNamed(column, frame)))
    if (named.length > 0) query.usage = { ...usage, named }
  }
}

/** Functions remembered; all are forgotten when there are more, and read again. */
const KNOWN_FUNCTIONS = 1000
const known = new Map<string, ReadonlySet<string> | undefined>()

function isNamed(column: string, frame: Frame): boolean {
  const key = `${frame.file}:${frame.line}:${frame.column}`
  if (!known.has(key)) {
    if (known.size >= KNOWN_FUNCTIONS) known.clear()
    known.set(key, namesAround(frame))
  }
  const names = known.get(key)
  if (!names) return false
  const name = column.slice(column.lastIndexOf('.') + 1)
  return names.has(name) || names.has(name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
}

function namesAround({ file, line, column = 1 }: Frame): ReadonlySet<string> | undefined {
  const source = readSource(file)
  if (!source) return undefined
  const { code, functions } = source
  let at = 0
  for (let number = 1; number < line; number++) {
    at = code.indexOf('\n', at) + 1
    if (at === 0) return undefined
  }
  at += column - 1
  const around = functions.filter(([start, end]) => start < at && at < end)
  const innermost = around.reduce<readonly [number, number] | undefined>(
    (least, one) => (!least || one[0] > least[0] ? one : least),
    undefined,
  )
  return innermost && new Set(code.slice(...innermost).match(/[\p{L}_$][\p{L}\p{N}_$]*/gu))
}

interface Source {
  code: string
  /** Where the bodies of functions begin and end. */
  functions: readonly (readonly [number, number])[]
}

/** Longer ones are bundles. */
const LONGEST_FILE_BYTES = 256 * 1024
const KNOWN_FILES = 16
const files = new Map<string, Source | undefined>()

function readSource(file: string): Source | undefined {
  if (files.has(file)) return files.get(file)
  if (files.size >= KNOWN_FILES) files.delete(files.keys().next().value as string)
  let source: Source | undefined
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    if (isAbsolute(path) && statSync(path).size <= LONGEST_FILE_BYTES) {
      const code = codeOnly(readFileSync(path, 'utf8'))
      source = { code, functions: functionBodies(code) }
    }
  } catch {
    // It is not there, or not for us to read: nothing is known.
  }
  files.set(file, source)
  return source
}

/** Blocks behind `=>`, and behind the brackets of parameters. */
function functionBodies(code: string): [number, number][] {
  const bodies: [number, number][] = []
  const open: { start: number; isBody: boolean }[] = []
  const brackets: number[] = []
  let lastOpened = 0
  for (let at = 0; at < code.length; at++) {
    const character = code[at]
    if (character === '(') brackets.push(at)
    else if (character === ')') lastOpened = brackets.pop() ?? 0
    else if (character === '{') open.push({ start: at, isBody: isBody(code, at, lastOpened) })
    else if (character === '}') {
      const block = open.pop()
      if (block?.isBody) bodies.push([block.start, at])
    }
  }
  return bodies
}

/** Text before a block that is looked at: a type of what is returned may stand there. */
const HEAD_LENGTH = 200

function isBody(code: string, at: number, lastOpened: number): boolean {
  const before = code.slice(Math.max(0, at - HEAD_LENGTH), at).trimEnd()
  if (before.endsWith('=>')) return true
  const closed = before.lastIndexOf(')')
  if (closed < 0 || /[;{}]/.test(before.slice(closed + 1))) return false
  if (closed < before.length - 1 && before[closed + 1] !== ':') return false
  const head = code.slice(Math.max(0, lastOpened - HEAD_LENGTH), lastOpened).trimEnd()
  return !/\b(?:if|for|while|switch|catch|with|await)$/.test(head)
}
