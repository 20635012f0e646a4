// The clock and the timers of the package while a test has replaced those of the process, before and after it is loaded.
import { mock } from 'node:test'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

type RealTime = typeof import('../src/host/real-time.ts')

const realDate = Date
const realDateNow = Date.now
const realSetTimeout = setTimeout
const pause = () => new Promise((resolve) => realSetTimeout(resolve, 5))

const ALL = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'Date',
  'performance',
  'hrtime',
  'queueMicrotask',
] as const

const FAKES: Record<string, () => void> = {
  'those of Vitest, Jest and Sinon': () => void vi.useFakeTimers({ toFake: [...ALL], now: 0 }),
  'those of node:test': () =>
    mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'setInterval', 'Date'], now: 0 }),
  'spies on single methods': () => {
    vi.spyOn(performance, 'now').mockReturnValue(Number.NaN)
    vi.spyOn(Date, 'now').mockReturnValue(0)
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(() => 1 as never)
  },
  'a Date that always is the same': () => {
    globalThis.Date = Object.assign(() => new realDate(0), { now: () => 0, parse: () => 0 }) as never
  },
}

describe.each(Object.entries(FAKES))('under fakes: %s', (_name, install) => {
  afterEach(() => {
    vi.useRealTimers()
    mock.timers.reset()
    vi.restoreAllMocks()
    globalThis.Date = realDate
  })

  describe.each([
    ['loaded before them', loadThenInstall],
    ['loaded under them', installThenLoad],
  ])('%s', (_order, load) => {
    let time: RealTime
    beforeEach(async () => {
      vi.resetModules()
      time = await load(install)
    })

    test('time passes, and is that of the system', async () => {
      const [nowMs, epochMs] = [time.now(), time.epochMs()]
      await pause()
      expect(time.now()).toBeGreaterThan(nowMs)
      expect(time.epochMs()).toBeGreaterThan(epochMs)
      expect(Math.abs(time.epochMs() - realDateNow())).toBeLessThan(60_000)
      expect(time.processStartMs).toBeLessThan(time.epochMs())
    })

    test('a timer fires, again after a refresh, and not once it is cleared', async () => {
      const fired: string[] = []
      const cleared = time.setTimeout(() => fired.push('cleared'), 1)
      time.clearTimeout(cleared)
      await new Promise<void>((resolve) => {
        const timer = time.setTimeout(() => {
          fired.push('fired')
          if (fired.length === 1) timer.refresh().unref()
          else resolve()
        }, 1)
      })
      expect(fired).toEqual(['fired', 'fired'])
    })

    test('an immediate fires', async () => {
      await new Promise<void>((resolve) => void time.setImmediate(resolve))
    })
  })
})

test('a date is written and read although Date is replaced later', async () => {
  vi.resetModules()
  const time = await loadThenInstall(FAKES['a Date that always is the same'] as () => void)
  const text = time.isoTime(86_400_000)
  const read = time.parseTime(text)
  globalThis.Date = realDate
  expect([text, read]).toEqual(['1970-01-02T00:00:00.000Z', 86_400_000])
})

async function loadThenInstall(install: () => void): Promise<RealTime> {
  const time = await import('../src/host/real-time.ts')
  install()
  return time
}

/** The real timers are needed to load it here; it is evaluated under the fakes. */
async function installThenLoad(install: () => void): Promise<RealTime> {
  install()
  return await import('../src/host/real-time.ts')
}
