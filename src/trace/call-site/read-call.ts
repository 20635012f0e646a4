// From the application's frames of a stack to the calls they stand for. Above an `await` V8 has lost the call itself; of one
// in Promise.all its number is left, and the source tells where that one stands.
import type { Frame } from '../../types/query.ts'
import { awaitsOneOfSeveral, combinedFrame } from '../source/source-at-frame.ts'
import type { Call } from './call-site.ts'
import type { StackFrame } from './stack-frames.ts'

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

/** The frame stands at the call itself where that can be told; `isUnclear` where it may be any of several. */
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
