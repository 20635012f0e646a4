// Which lines of the application led to a query. Capturing keeps V8's unformatted stack, which is cheap; turning it
// into frames is done only for what is reported. Nothing that an application has done to `Error` may break a query:
// where no stack can be had, there is no line, and the finding says so.
import { dirname, sep } from 'node:path'
import type { CallSite } from '../types.ts'
import { type ApplicationCode, applicationRule } from './application-code.ts'
import { toSource } from './source-position.ts'
import { type CapturedStack, type FormattedStack, formatStack, framesOf } from './stack-frames.ts'

export type { CapturedStack }

/** Every ORM measured shows the application's frame within 25; the rest is for wrappers of the application's own. */
const STACK_FRAMES = 40
/** Loops of one shape repeat the same few stacks; the memory is emptied when it is full. */
const REMEMBERED = 2000

const { captureStackTrace } = Error

/** Captures the stack above `below`, the function of ours that the application called. */
export function captureStack(below: (...args: never[]) => unknown, frames = STACK_FRAMES): CapturedStack {
  const captured: { stack?: unknown } = {}
  const limit = Error.stackTraceLimit as number | undefined
  // Reflect instead of an assignment: on a frozen Error it says no and throws nothing.
  const raised = limit !== frames && Reflect.set(Error, 'stackTraceLimit', frames)
  captureStackTrace(captured, below)
  if (raised) {
    if (limit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
    else Reflect.set(Error, 'stackTraceLimit', limit)
  }
  return captured
}

/** Returns the application's frames of a captured stack, innermost first; empty where there are none. Never throws. */
export type ResolveCallSite = (captured: CapturedStack) => CallSite

export function callSiteResolver(
  application: ApplicationCode = {},
  remembered = REMEMBERED,
): ResolveCallSite {
  const isApplication = applicationRule(application, isOwn)
  const known = new Map<string, CallSite>()

  const resolve = (stack: FormattedStack): CallSite =>
    framesOf(stack).flatMap((frame) => {
      // Installed code is mapped only when it counts: there is a lot of it.
      if (!isApplication(frame.file)) return []
      const source = toSource(frame)
      return source === frame || isApplication(source.file, frame.file) ? [source] : []
    })

  return (captured) => {
    try {
      const stack = formatStack(captured)
      if (typeof stack.text !== 'string') return resolve(stack)
      const callSite = known.get(stack.text) ?? resolve(stack)
      if (known.size >= remembered) known.clear()
      known.set(stack.text, callSite)
      return callSite
    } catch {
      return []
    }
  }
}

/**
 * The folders of this package's own code, found through a stack of its own: the only way that works in both module
 * systems and agrees with the file names that source maps put into other stacks.
 */
function findOwnFolders(): string[] {
  const file = framesOf(formatStack(captureStack(findOwnFolders)))[0]?.file
  // In a bundle this file has become a part of another, whose folder is the application's.
  if (!file || !/[\\/]trace[\\/]call-site\.[jt]s$/.test(file)) return []
  const source = dirname(dirname(file))
  return [`${source}${sep}`, `${dirname(source)}${sep}adapters${sep}`]
}

const ownFolders = findOwnFolders()

function isOwn(file: string): boolean {
  return ownFolders.some((folder) => file.startsWith(folder))
}
