// A trace for each request of every node:http and node:https server in the process. A server hands out a request by
// emitting it, so the trace begins there and everything the listeners do is in it.
import { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import type { Profiler } from '../../src/profiler.ts'
import { type RequestLike, type ResponseLike, traceRequests } from '../express.ts'

type Emit = (this: object, event: string | symbol, ...args: unknown[]) => boolean

/** A listener for `checkContinue` gets the request instead; it may emit it as `request` then. */
const REQUEST_EVENTS: ReadonlySet<string | symbol> = new Set(['request', 'checkContinue'])

export function profileServers(profiler: Profiler): void {
  // An application that has a profiler of its own traces its requests itself.
  const begin = traceRequests(profiler, true)
  for (const { prototype } of [Server, SecureServer]) {
    const original = prototype.emit as Emit
    const emit: Emit = function (event, ...args) {
      if (!REQUEST_EVENTS.has(event)) return original.call(this, event, ...args)
      let heard = false
      begin(args[0] as RequestLike, args[1] as ResponseLike, () => {
        heard = original.call(this, event, ...args)
      })
      return heard
    }
    Object.defineProperty(prototype, 'emit', {
      value: emit,
      writable: true,
      configurable: true,
      enumerable: false,
    })
  }
}
