// The clock and the timers of this package, read when it is loaded. Fake timers that a test installs later replace the
// globals, but not these. All other files in src and adapters use these instead of the globals, which the linter enforces. If
// the globals are already fake when this file is loaded, the time comes from node:perf_hooks, which no library of fake timers
// replaces, and the timers come from AbortSignal.timeout. The fakes themselves are never touched, because they belong to the
// test.
import { performance } from 'node:perf_hooks'
import timers from 'node:timers'

/** The common part of these timers and those of Node.js. */
export interface Timer {
  refresh(): Timer
  /** Lets the process exit before the timer fires. */
  unref(): Timer
}

const host = {
  Date,
  AbortSignal,
  dateNow: Date.now,
  parse: Date.parse,
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
}

/** A timeout that is long enough not to fire while its class is examined. */
const PROBE_MS = 60_000

/**
 * Milliseconds since a fixed moment in the past. They never go back. Called as a method, because a spy replaces only the
 * property of the object.
 */
export const now: () => number = (Object.getPrototypeOf(performance) as typeof performance).now.bind(
  performance,
)

/** Start time of this process or thread, in milliseconds since 1970. */
export const processStartMs: number = performance.timeOrigin

/** Milliseconds since 1970. */
export const epochMs: () => number = isNative(host.dateNow) ? host.dateNow : () => processStartMs + now()

export function isoTime(atEpochMs: number): string {
  return new host.Date(atEpochMs).toISOString()
}

/** The milliseconds since 1970 of a date in text form, or NaN. */
export const parseTime: (text: string) => number = host.parse

export const setTimeout: (act: () => void, ms: number) => Timer = hasRealTimeout()
  ? host.setTimeout
  : (act, ms) => new SignalTimer(act, ms)

export function clearTimeout(timer: Timer | undefined): void {
  if (timer instanceof SignalTimer) timer.stop()
  else host.clearTimeout(timer as NodeJS.Timeout | undefined)
}

export const setImmediate: (act: () => void) => { unref(): unknown } = hasRealImmediate()
  ? host.setImmediate
  : (act) => new SignalTimer(act, 0)

/** A timer for use when the real ones are not available. It never keeps the process alive. */
class SignalTimer implements Timer {
  readonly #act: () => void
  readonly #ms: number
  #round = 0

  constructor(act: () => void, ms: number) {
    this.#act = act
    this.#ms = ms
    this.refresh()
  }

  refresh(): this {
    const round = ++this.#round
    const fire = () => {
      if (round === this.#round) this.#act()
    }
    host.AbortSignal.timeout(this.#ms).addEventListener('abort', fire, { once: true })
    return this
  }

  unref(): this {
    return this
  }

  stop(): void {
    this.#round++
  }
}

function isNative(fn: unknown): boolean {
  return Function.prototype.toString.call(fn).includes('[native code]')
}

/** Node.js keeps the callback of a timer under this name. No fake timer does. */
function hasRealTimeout(): boolean {
  const probe = host.setTimeout(() => {}, PROBE_MS)
  host.clearTimeout(probe)
  return typeof probe === 'object' && '_onTimeout' in probe
}

function hasRealImmediate(): boolean {
  const probe = host.setImmediate(() => {})
  timers.clearImmediate(probe)
  return typeof probe === 'object' && '_onImmediate' in probe
}
