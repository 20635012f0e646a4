// A listener or a file that fails is the business of nobody else: it is counted, shown once, and tried again.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createProfiler } from '../../src/index.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { temporaryFolder } from '../temporary-folder.ts'

vi.mock('../../src/host/real-time.ts', () => import('../replaceable-time.ts'))

const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
afterEach(() => {
  warned.mockClear()
  vi.useRealTimers()
})

test.each([
  [
    'throws',
    () => {
      throw new Error('planned, with a secret')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('planned, with a secret')
    },
  ],
  [
    'gives a promise of another kind, and that one fails',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise of another kind
      then: (_resolve: unknown, reject: (error: Error) => void) =>
        reject(new Error('planned, with a secret')),
    }),
  ],
])('a listener that %s is counted and shown once; the others are told', async (_what, listener) => {
  const rejections: unknown[] = []
  const hear = (error: unknown) => rejections.push(error)
  process.on('unhandledRejection', hear)
  const told: string[] = []
  const profiler = createProfiler({ listeners: [listener as never, (_report, { name }) => told.push(name)] })
  const results = []
  for (let number = 0; number < 3; number++) {
    results.push(await profiler.trace(`job ${number}`, () => number))
    await profiler.settled()
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.removeListener('unhandledRejection', hear)
  expect(results).toEqual([0, 1, 2])
  expect(told).toEqual(['job 0', 'job 1', 'job 2'])
  expect(rejections).toEqual([])
  expect(profiler.report().cut.internalErrors).toBe(3)
  expect(warned).toHaveBeenCalledTimes(1)
  const [text] = warned.mock.calls[0] as [string]
  expect(text).toContain('a listener failed')
  expect(text).toContain('listeners.test.ts')
  expect(text).not.toContain('secret')
})

test('a listener that works is not shown', async () => {
  const profiler = createProfiler({ listeners: [async () => {}, () => {}] })
  await profiler.trace('job', () => {})
  await profiler.settled()
  expect(warned).not.toHaveBeenCalled()
})

test('a report that cannot be written is shown once, and written when it can be again', async () => {
  const folder = join(temporaryFolder(), 'deep')
  mkdirSync(folder)
  const file = join(folder, 'report.json')
  const profiler = createProfiler({ console: 'off', outputs: { json: file } })
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const closeOne = () => {
    coreOf(profiler).startTrace({ kind: 'job', name: 'job' }).close({ now: true })
    vi.advanceTimersByTime(60_000)
  }
  rmSync(folder, { recursive: true })
  for (let turn = 0; turn < 3; turn++) closeOne()
  expect(warned).toHaveBeenCalledTimes(1)
  expect(warned.mock.calls[0]?.[0]).toContain('the report could not be written: ENOENT')
  mkdirSync(folder)
  closeOne()
  expect(JSON.parse(readFileSync(file, 'utf8')).traces).toBe(4)
})

test.skipIf(process.platform !== 'linux')(
  'a full disk ends the recording of traces, and nothing else',
  async () => {
    const profiler = createProfiler({ console: 'off', outputs: { traces: '/dev/full' } })
    for (let number = 0; number < 3; number++) {
      expect(await profiler.trace('job', () => number)).toBe(number)
      await profiler.settled()
    }
    const { traces, cut } = profiler.report()
    expect([traces, cut.unrecorded, cut.internalErrors]).toEqual([3, 3, 0])
    expect(warned).toHaveBeenCalledTimes(1)
    expect(warned.mock.calls[0]?.[0]).toContain('recording ends: ENOSPC')
  },
)
