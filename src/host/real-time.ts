// The clock and the timers of this package, taken when it is loaded: fake timers that a test installs later replace the
// globals, but not these. All other files in src and adapters use these and not the globals (the linter refuses them).
// If the globals are fake already when this file is loaded, the time comes from node:perf_hooks, which no library of fake
// timers replaces, and the timers from AbortSignal.timeout. It refuses to touch the fakes: they belong to the test.
import { performance } from 'node:perf_hooks'
import timers from 'node:timers'

/** What the timers have in common with those of Node.js. */
export interface Timer {
  refresh(): Timer
  /** The process may end before the timer has fired. */
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

/** Long enough not to fire while it is looked at. */
const PROBE_MS = 60_000

/** Milliseconds since some moment in the past. They never go back. (A spy replaces the method on the object only.) */
export const now: () => number = (Object.getPrototypeOf(performance) as typeof performance).now.bind(
  performance,
)

/** When this process or thread began, in milliseconds since 1970. */
export const processStartMs: number = performance.timeOrigin

/** Milliseconds since 1970. */
export const epochMs: () => number = isNative(host.dateNow) ? host.dateNow : () => processStartMs + now()

export function isoTime(atEpochMs: number): string {
  return new host.Date(atEpochMs).toISOString()
}

/** The milliseconds since 1970 that a text stands for, or NaN. */
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

/** A timer where there is no real one: it never keeps the process alive. */
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

/** Timers of Node.js hold what they call under this name, and no fake does. */
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
