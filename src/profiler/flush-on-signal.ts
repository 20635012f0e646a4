// What was recorded is in its file when SIGINT or SIGTERM ends the process, which Node.js does without an exit. It refuses
// to decide anything: a process without another listener dies by the signal as it would without this one, and with others
// it lives or dies as they say; they find themselves alone, because some of them count.
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
