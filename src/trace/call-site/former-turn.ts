// Takes the turn before out of a stack. A callback that asks for the next row is called when the query of the row before
// has been answered, so the stack shows that callback and, above it, the function that made it, which runs again:
// `load < next < callback of load`. The callback is no caller of the loop. Without it, the later turns have the path of
// the first one, which began with the callers of the loop still running.

import { enclosingFunctions, wordAt } from '../source/source-at-frame.ts'
import type { Call } from './read-call.ts'

export function withoutFormerTurn(call: Call): Call {
  const { callSite, running } = call
  const around = callSite.map(enclosingFunctions)
  const end = callSite.findIndex((_, depth) => continuesTurn(around, depth))
  const callback = callSite[end]
  if (!callback) return call
  const turn = callSite.slice(0, end)
  const name = turn.at(-1)?.function
  // `next(i + 1)` in a callback that `next` made: a function that calls itself.
  if (name !== undefined && name.split('.').at(-1) === wordAt(callback))
    turn.push({ ...callback, function: name })
  return { ...call, callSite: turn, running: Math.min(running, turn.length) }
}

/** The frame is in a callback, and of the functions around it one is on the stack below it and none above it. */
function continuesTurn(around: readonly (readonly string[])[], depth: number): boolean {
  const [, ...makers] = around[depth] ?? []
  return makers.some(
    (maker) =>
      around.slice(0, depth).some(([running]) => running === maker) &&
      !around.slice(depth + 1).some(([running]) => running === maker),
  )
}
