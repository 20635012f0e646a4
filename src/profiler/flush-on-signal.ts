// Writes recorded data to its files when SIGINT or SIGTERM ends the process, which Node.js does without an exit event. The
// end of the process is not changed: without another listener the process dies of the signal, and with other listeners they
// decide. They do not see this listener, because some of them count listeners.
import { isMainThread } from 'node:worker_threads'
import { setImmediate } from '../host/real-time.ts'
import { actLast, atExit, doAll, sharedState } from './shared-state.ts'

/**
 * Does it, synchronously, when the process exits, and when a signal comes that may end it. It must be right to go on
 * afterwards. Before a signal that does end the process, all that was given to `atExit` is done.
 */
export function atExitOrSignal(flush: () => void): void {
  const { flushes } = sharedState()
  if (flushes.size === 0 && isMainThread) for (const signal of SIGNALS) listen(signal)
  flushes.add(flush)
  atExit(flush)
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

function listen(signal: NodeJS.Signals): void {
  const heard = () => {
    process.removeListener(signal, heard)
    if (process.listenerCount(signal) > 0) {
      doAll(sharedState().flushes)
      setImmediate(() => process.prependListener(signal, heard)).unref()
      return
    }
    actLast()
    process.kill(process.pid, signal)
  }
  // First, so that listeners that are called only once are still there to be counted.
  process.prependListener(signal, heard)
}
