// `profiler.on`: the events of traces, with plain data and the handle of the trace.
import { expect, test, vi } from 'vitest'
import type { EndedTrace, ProfilerEvents, StartedTrace } from '../../src/profiler/events.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import type { TraceHandle } from '../../src/trace/trace-handle.ts'

const quiet = { console: 'off', hints: false } as const

test('start, report and end of a trace come in this order, with the same handle', async () => {
  const profiler = createProfiler({ ...quiet, capture: 'full' })
  const events: unknown[] = []
  const handles = new Set<TraceHandle>()
  profiler.on('traceStart', (trace, facts) => {
    handles.add(trace)
    events.push(['start', facts])
  })
  profiler.on('report', (_report, { name }) => events.push(['report', name]))
  profiler.on('traceEnd', (trace, facts) => {
    handles.add(trace)
    events.push(['end', facts])
  })
  await profiler.trace('import', (trace) => {
    handles.add(trace)
    expect(profiler.currentTrace()).toBe(trace)
    trace.labels.file = 'a.csv'
    trace.name = 'import of a.csv'
    recorderOf(profiler).startQuery({ sql: 'select 1' })?.finished({ rowCount: 1 })
  })
  await profiler.settled()
  const common = { kind: 'job', startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }
  const named = { ...common, name: 'import of a.csv', labels: { file: 'a.csv' } }
  expect(events).toEqual([
    ['start', { ...common, name: 'import', labels: {} }],
    ['report', 'import of a.csv'],
    [
      'end',
      {
        ...named,
        durationMs: expect.any(Number),
        queries: 1,
        databaseMs: expect.any(Number),
        capture: 'full',
        trace: expect.objectContaining({ name: 'import of a.csv', queries: [expect.anything()] }),
      },
    ],
  ])
  expect(handles.size).toBe(1)
})

test('the end of a trace says how much of it was captured', () => {
  const profiler = createProfiler({ ...quiet, capture: 'adaptive' })
  const ends: EndedTrace[] = []
  profiler.on('traceEnd', (_trace, facts) => ends.push(facts))
  const visit = (...statements: string[]) => {
    const trace = coreOf(profiler).startTrace({ kind: 'http', name: 'GET /orders' })
    trace.run(() => {
      for (const sql of statements) recorderOf(profiler).startQuery({ sql })?.finished({ rowCount: 1 })
    })
    trace.close({ now: true })
  }
  while (ends.at(-1)?.capture !== 'counted' && ends.length < 2000) visit('select 1')
  expect(ends[0]?.capture).toBe('full')
  expect(ends.at(-1)).toMatchObject({ capture: 'counted', queries: 1 })
  expect(ends.at(-1)).not.toHaveProperty('trace')
  visit('select 1', 'select now()')
  expect(ends.at(-1)).toMatchObject({
    capture: 'partial',
    queries: 2,
    trace: { queries: [{ sql: 'select now()' }] },
  })
})

test('a trace that sampling leaves out has no events, and keeps nothing that is written to it', async () => {
  const profiler = createProfiler({ ...quiet, capture: 'sampled', sampleRate: 0 })
  const started: StartedTrace[] = []
  profiler.on('traceStart', (_trace, facts) => started.push(facts))
  await profiler.trace('job', (trace) => {
    trace.name = 'other'
    trace.labels.user = 'ada'
  })
  await profiler.trace('job', (trace) => expect([trace.name, { ...trace.labels }]).toEqual(['', {}]))
  expect(started).toEqual([])
})

test('a profiler that is off runs the work with a handle, and has no events', async () => {
  const profiler = createProfiler({ enabled: false })
  const ended = vi.fn()
  profiler.on('traceEnd', ended)
  expect(await profiler.trace('job', (trace) => trace.run(() => typeof trace.end))).toBe('function')
  expect(ended).not.toHaveBeenCalled()
})

test('a listener that was removed is not called, and one that fails is counted and keeps nobody from going on', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const profiler = createProfiler(quiet)
  const started = vi.fn()
  const ended = vi.fn()
  profiler.on('traceStart', () => {
    throw new Error('planned')
  })
  const remove = profiler.on('traceStart', started)
  profiler.on('traceEnd', async () => {
    throw new Error('planned')
  })
  profiler.on('traceEnd', ended)
  expect(await profiler.trace('first', () => 1)).toBe(1)
  remove()
  expect(await profiler.trace('second', () => 2)).toBe(2)
  await profiler.settled()
  expect([started.mock.calls.length, ended.mock.calls.length]).toEqual([1, 2])
  expect(profiler.report().cut.internalErrors).toBe(4)
  expect(warned).toHaveBeenCalledTimes(1)
  expect(warned.mock.calls[0]?.[0]).toContain('a listener failed')
  warned.mockRestore()
})

test.each([
  ['traceStop', () => {}, 'profiler.on takes one of traceStart, traceEnd, report, but got "traceStop"'],
  ['toString', () => {}, 'profiler.on takes one of traceStart, traceEnd, report, but got "toString"'],
  ['traceEnd', 'log', 'profiler.on takes a function as its second argument, but got "log"'],
])('an event %s with %s is refused', (event, listener, message) => {
  const profiler = createProfiler(quiet)
  expect(() => profiler.on(event as keyof ProfilerEvents, listener as never)).toThrow(message)
})
