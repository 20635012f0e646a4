// Tests the replacement for a test's function: the runner must not see a difference, whatever form the test has.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { tracedTest } from '../../src/runners/traced-test.ts'
import type { Trace } from '../../src/types/trace.ts'

const place = { file: `${process.cwd()}/test/orders.test.ts`, names: ['orders', 'asks once'], callbackAt: 0 }

describe('the replacement for the function of a test', () => {
  test('has the same name and length, arguments and this', () => {
    const { profiler } = recording()
    function original(this: unknown, a: number, b: number) {
      return [this, a, b]
    }
    const traced = tracedTest(original, place, profiler)
    expect([traced.name, traced.length]).toEqual(['original', 2])
    expect(traced.call('me', 1, 2)).toEqual(['me', 1, 2])
  })

  test('runs in a trace of kind test, named by file, suites and test', async () => {
    const { profiler, closed } = recording()
    let inside: string | undefined
    await tracedTest(
      async () => {
        await undefined
        inside = profiler.currentTrace()?.name
      },
      place,
      profiler,
    )()
    expect(inside).toBe('test/orders.test.ts > orders > asks once')
    expect(profiler.currentTrace()).toBeUndefined()
    expect(await closed()).toMatchObject([
      { kind: 'test', name: inside, labels: { testFile: 'test/orders.test.ts' } },
    ])
  })

  test('awaits a lazy result inside of the trace, and once', async () => {
    const { profiler, closed } = recording()
    const seen: unknown[] = []
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: that is what supertest and query builders return
      then(resolve: (value: string) => void) {
        seen.push(profiler.currentTrace()?.name)
        resolve('sent')
      },
    }
    expect(await tracedTest(() => lazy, place, profiler)()).toBe('sent')
    expect(seen).toEqual(['test/orders.test.ts > orders > asks once'])
    expect(await closed()).toHaveLength(1)
  })

  test('throws and rejects as the function does, and its trace ends', async () => {
    const { profiler, closed } = recording()
    const error = new Error('as it was')
    const throwing = () => {
      throw error
    }
    expect(() => tracedTest(throwing, place, profiler)()).toThrow(error)
    await expect(tracedTest(() => Promise.reject(error), place, profiler)()).rejects.toBe(error)
    expect(await closed()).toHaveLength(2)
  })

  test('with a callback ends its trace when that is called, before the runner continues', async () => {
    const { profiler, closed } = recording()
    const traced = tracedTest(
      (done: (error: unknown) => void) => void setImmediate(done, 'reason'),
      place,
      profiler,
    )
    const around = await new Promise((resolve) => {
      traced((reason) => resolve([reason, profiler.currentTrace()]))
    })
    expect(around).toEqual(['reason', undefined])
    expect(await closed()).toHaveLength(1)
  })

  test('is traced once for each call, also when a runner wraps it again for a retry', async () => {
    const { profiler, closed } = recording()
    const again = tracedTest(
      tracedTest(() => {}, place, profiler),
      place,
      profiler,
    )
    again()
    expect(await closed()).toHaveLength(1)
    again()
    expect(await closed()).toHaveLength(2)
  })

  test.each([
    ['a generator, which the runner drives', function* () {}],
    ['no function at all', undefined],
  ])('is the function itself for %s', (_name, fn) => {
    expect(tracedTest(fn, place, recording().profiler)).toBe(fn)
  })

  test('is the function itself while the profiler is off', () => {
    const fn = () => {}
    expect(tracedTest(fn, place, createProfiler({ enabled: false }))).toBe(fn)
  })

  test('runs without a trace when none can be started', () => {
    const { profiler } = recording()
    const broken = {
      ...profiler,
      startTrace() {
        throw new Error('broken')
      },
      countInternalError() {},
    }
    expect(tracedTest(() => 'ran', place, broken)()).toBe('ran')
  })
})

function recording() {
  const profiler = createProfiler({ console: 'off', catalog: false })
  const traces: Trace[] = []
  profiler.on('report', (_report, trace) => traces.push(trace))
  const closed = async () => {
    await profiler.settled()
    return traces
  }
  return { profiler, closed }
}
