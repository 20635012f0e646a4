// Finds the lines of the application that led to a query. Capturing keeps V8's unformatted stack, which is cheap; it is
// converted into frames only for queries that are reported. The query must work whatever an application has done to `Error`:
// without a stack there is no line, and the finding says so.
import { dirname, sep } from 'node:path'
import { boundedMemo } from '../bounded-memo.ts'
import { handsOn } from '../source/source-at-frame.ts'
import { type ApplicationCode, applicationRule } from './application-code.ts'
import { type Call, NO_CALL, readCall } from './read-call.ts'
import { toSource } from './source-position.ts'
import {
  type CapturedStack,
  type FormattedStack,
  formatStack,
  framesOf,
  type StackFrame,
} from './stack-frames.ts'

export type { CapturedStack }

/** Every ORM measured shows the application's frame within 25; the rest is for wrappers of the application's own. */
const STACK_FRAMES = 40
/** Stacks whose call is remembered: loops of one shape repeat the same few stacks. */
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

/** Never throws. */
export type ResolveCall = (captured: CapturedStack) => Call

export function callResolver(application: ApplicationCode = {}, remembered = REMEMBERED): ResolveCall {
  const isApplication = applicationRule(application, isOwn)

  const resolve = (stack: FormattedStack): Call => {
    const frames = framesOf(stack)
    const own: StackFrame[] = []
    let inner: StackFrame | undefined
    for (const frame of frames) {
      const called = inner
      // Between what runs and what waits for it stands the queue of Node.js.
      if (!frame.file.startsWith('node:')) inner = frame
      // Installed code is mapped only when it counts: there is a lot of it.
      if (!isApplication(frame.file, frame.ran)) continue
      const source = toSource(frame)
      if (source !== frame && !isApplication(source.file, frame.file)) continue
      if (own.length === 0 || !isMiddleware(source, called)) own.push(source)
    }
    return readCall(own, frames.at(-1)?.isLost)
  }

  /** Middleware that called `next()` is no caller of what came next. `inner` is the frame that it called or awaits. */
  const isMiddleware = (frame: StackFrame, inner: StackFrame | undefined): boolean => {
    if (!inner) return false
    const isOwnFunction = isApplication(inner.file, inner.ran) && (!frame.awaits || inner.function === 'next')
    return !isOwnFunction && handsOn(frame)
  }

  const resolveKnown = boundedMemo(remembered, resolve, ({ text }) => text)

  return (captured) => {
    try {
      const stack = formatStack(captured)
      return typeof stack.text === 'string' ? resolveKnown(stack) : resolve(stack)
    } catch {
      return NO_CALL
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
  if (!file || !/[\\/]trace[\\/]call-site[\\/]call-site\.[jt]s$/.test(file)) return []
  const source = dirname(dirname(dirname(file)))
  return [`${source}${sep}`, `${dirname(source)}${sep}adapters${sep}`]
}

const ownFolders = findOwnFolders()

/** A file of this package. */
export function isOwn(file: string): boolean {
  return ownFolders.some((folder) => file.startsWith(folder))
}
