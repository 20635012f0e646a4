// Which lines of the application led to a query. Capturing keeps V8's unformatted stack, which is cheap; turning it
// into frames is done only for what is reported. The text is read through `.stack`, so that whatever maps stacks in
// this process (--enable-source-maps, tsx, a test runner) has mapped it: going around it would name generated code.
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallSite, Frame } from '../types.ts'

/** A stack as V8 holds it; reading `.stack` formats it. */
export interface CapturedStack {
  readonly stack?: unknown
}

/** Every ORM measured shows the application's frame within 25; the rest is for wrappers of the application's own. */
const STACK_FRAMES = 40
/** Loops of one shape repeat the same few stacks; the cache is emptied when it is full. */
const PARSED_STACKS = 2000

/** Captures the stack above `below`, the function of ours that the application called. */
export function captureStack(below: (...args: never[]) => unknown): CapturedStack {
  const captured: { stack?: unknown } = {}
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = STACK_FRAMES
    Error.captureStackTrace(captured, below)
  } finally {
    Error.stackTraceLimit = limit
  }
  return captured
}

const parsed = new Map<string, CallSite>()

/** The application's frames of a captured stack, innermost first; empty where there are none. */
export function resolveCallSite(captured: CapturedStack): CallSite {
  const text = captured.stack
  if (typeof text !== 'string') return []
  const known = parsed.get(text)
  if (known) return known
  if (parsed.size >= PARSED_STACKS) parsed.clear()
  const frames = parseStack(text).filter(isApplication)
  parsed.set(text, frames)
  return frames
}

function parseStack(stack: string): Frame[] {
  const frames: Frame[] = []
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line)
    if (frame) frames.push(frame)
  }
  return frames
}

/** `at fn (file:1:2)`, `at async fn (file:1:2)`, `at file:1:2`, `at new Thing [as alias] (file:1:2)` */
const FRAME = /^\s*at (?:async )?(?:(.+?) \()?(.+?):(\d+):(\d+)\)?$/

function parseFrame(line: string): Frame | undefined {
  const match = FRAME.exec(line)
  if (!match) return undefined
  const [, name, location = '', row, column] = match
  const frame: Frame = { file: toPath(location), line: Number(row), column: Number(column) }
  const shortName = name?.replace(/ \[as .+\]$/, '').replace(/^(?:Object|Module|_)\.(?=\w)/, '')
  if (shortName && shortName !== '<anonymous>' && shortName !== 'eval') frame.function = shortName
  return frame
}

function toPath(location: string): string {
  if (!location.startsWith('file:')) return location
  try {
    return fileURLToPath(location.replace(/[?#].*$/, ''))
  } catch {
    return location
  }
}

function isApplication({ file }: Frame): boolean {
  if (file.startsWith('node:') || file.startsWith('<') || file.startsWith('internal/')) return false
  if (file.includes(`${sep}node_modules${sep}`) || file.includes('/node_modules/')) return false
  return !ownFolders.some((folder) => file.startsWith(folder))
}

/**
 * The folders of this package's own code, found through a stack of its own: the only way that works in both module
 * systems and agrees with the file names that source maps put into other stacks.
 */
function findOwnFolders(): string[] {
  const here = captureStack(findOwnFolders).stack
  const file = typeof here === 'string' ? parseStack(here)[0]?.file : undefined
  if (!file) return []
  const source = dirname(dirname(file))
  return [`${source}${sep}`, `${dirname(source)}${sep}adapters${sep}`]
}

const ownFolders = findOwnFolders()
