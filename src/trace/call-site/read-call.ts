// From the application's frames of a stack to the calls they stand for. Above an `await` V8 has lost the call itself; of one
// in Promise.all its number is left, and the source tells where that one stands.
import type { CallSite, Frame } from '../../types/query.ts'
import { awaitsOneOfSeveral, combinedFrame } from '../source/source-at-frame.ts'
import type { StackFrame } from './stack-frames.ts'

/** The application frames that led to a query, and what the stack leaves open. */
export interface Call {
  /** The application's frames, innermost first; empty where there are none. */
  callSite: CallSite
  /** How many of them were running; the others waited for them at an `await`. */
  running: number
  /** A frame awaits one of several calls, and nothing tells which. */
  isUnclear: boolean
  /** Promise.all asked for the query's `then`, so the stack is that of all that it was given. */
  isCombining: boolean
}

export const NO_CALL: Call = { callSite: [], running: 0, isUnclear: true, isCombining: false }

export function readCall(stack: readonly StackFrame[], isLost = false): Call {
  const running = stack.findIndex(({ awaits }) => awaits)
  const calls = stack.map(readFrame)
  return {
    callSite: calls.map(({ frame }) => frame),
    running: running < 0 ? stack.length : running,
    isUnclear: isLost || stack.length === 0 || calls.some(({ isUnclear }) => isUnclear),
    isCombining: stack[0]?.combines === true,
  }
}

/** The frame has the position of the call itself when it is known. `isUnclear` is true when it may be one of several. */
function readFrame({ awaits, element, combines: _, isLost: __, ran: ___, ...frame }: StackFrame): {
  frame: Frame
  isUnclear: boolean
} {
  if (!awaits) return { frame, isUnclear: false }
  if (element === undefined) return { frame, isUnclear: awaitsOneOfSeveral(frame) }
  const call = combinedFrame(frame, element)
  return typeof call === 'string'
    ? { frame, isUnclear: call === 'unknown' }
    : { frame: call, isUnclear: false }
}
