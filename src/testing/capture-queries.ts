// The engine of all assertions: runs code in its own trace, and returns the queries of that trace and of the requests made
// inside it. It judges nothing.

import { clearTimeout, parseTime, setTimeout, type Timer } from '../host/real-time.ts'
import { assertProfiler, defaultProfiler } from '../profiler/default-profiler.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { coreOf, type ProfilerCore } from '../profiler/profiler-core.ts'
import { withoutTestFile } from '../report/test-code.ts'
import { loadParser } from '../sql/index.ts'
import { describeValue } from '../text/describe-value.ts'
import type { LiveTrace, LiveTraceStart } from '../trace/live-trace.ts'
import type { Query } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { followRequests, type RequestLog } from './requests/follow-requests.ts'
import { findUnprovenLoops, type UnprovenLoop } from './unproven-loops.ts'

/** Everything that was seen while a function ran. */
export interface CapturedQueries<T = unknown> {
  /** The value that the function returned. */
  result: T
  /** Number of queries, including those that were not kept because there were too many. */
  count: number
  /** The queries of all traces, in the order in which they started. */
  queries: readonly Query[]
  /** The function's own trace, if it sent queries itself, followed by the traces of the requests that it made. */
  traces: readonly Trace[]
  /** The findings in these traces. */
  report: Report
}

/**
 * Runs `fn` and resolves with its result and the queries that it sent, directly or through requests to servers in this
 * process. Asserts nothing: it is up to the caller to judge a run without queries.
 *
 * @throws Error when the profiler is switched off. Errors of `fn` are passed through unchanged.
 */
export async function captureQueries<T>(
  fn: () => T | PromiseLike<T>,
  profiler: Profiler = defaultProfiler(),
): Promise<CapturedQueries<T>> {
  return capture('captureQueries', fn, profiler)
}

/**
 * The same as `captureQueries` for an assertion. Its name appears in errors, and names the trace outside of a test.
 *
 * @throws TypeError when `fn` is no function or `profiler` no profiler.
 */
export async function capture<T>(
  caller: string,
  fn: () => T | PromiseLike<T>,
  profiler: Profiler,
): Promise<CapturedQueries<T>> {
  assertProfiler(profiler, caller)
  if (typeof fn !== 'function')
    throw new TypeError(`pg-loupe: ${caller} takes a function, but got ${describeValue(fn)}`)
  if (!profiler.enabled) {
    throw new Error(`pg-loupe: ${caller} sees no query while the profiler is off; is NODE_ENV production?`)
  }
  const core = coreOf(profiler)
  const trace = core.startTrace({
    kind: 'test',
    name: caller,
    ...identityOfTest(core),
    findsSingleValues: true,
  })
  const requests = followRequests(trace, core)
  const untracedBefore = core.untraced
  let result: T
  let cutShort: readonly string[] = []
  try {
    // The result is awaited inside of the trace, because supertest sends its request only when the result is awaited.
    result = await trace.run(async () => await fn())
  } finally {
    trace.end()
    cutShort = await closed(trace)
    requests.stop()
  }
  const traces = allTraces(trace).flatMap(({ finished }) =>
    finished && finished.queries.length > 0 ? [finished] : [],
  )
  // An assertion is also about the test's own code, so that code counts as application code here.
  const report = profiler.analyze(traces.map(withoutTestFile))
  const captured = { result, count: report.queries, queries: inOrder(traces), traces, report }
  // The parser is needed to decide whether a statement can return several rows.
  await loadParser()
  const loops = allTraces(trace).flatMap(({ finished, singleValues }) =>
    finished ? findUnprovenLoops(finished.queries, singleValues) : [],
  )
  const untraced = core.untraced - untracedBefore
  circumstances.set(captured, { requests: requests.log, loops, untraced, cutShort })
  return captured
}

/** Circumstances that matter only when the queries themselves show nothing. */
interface Circumstances {
  requests: RequestLog
  loops: readonly UnprovenLoop[]
  /** Queries during the run that belonged to no trace. */
  untraced: number
  /** Names of the traces that were still sending queries when the assertion stopped waiting for them. */
  cutShort: readonly string[]
}

/** The circumstances are kept outside of the captured queries, which are public. */
const circumstances = new WeakMap<object, Circumstances>()

export function circumstancesOf(captured: CapturedQueries): Circumstances | undefined {
  return circumstances.get(captured)
}

/** The key of a finding contains the name of its trace. The test's name stays the same when the assertion is exchanged. */
function identityOfTest(core: ProfilerCore): Pick<LiveTraceStart, 'name' | 'labels'> | undefined {
  const around = core.currentTrace()
  if (around?.kind !== 'test') return undefined
  const { name, labels } = around
  return { name, labels: { ...labels } }
}

/**
 * Maximum wait after the function. Work after a response follows within moments, and a stream that never ends must not block
 * the test.
 */
export const LONGEST_MS = 2000

/** Returns the names of the traces that were closed while still busy. */
async function closed(trace: LiveTrace): Promise<readonly string[]> {
  let timer: Timer | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_MS)
  })
  await Promise.race([trace.settled(), late])
  clearTimeout(timer)
  const busy = allTraces(trace).filter(({ isBusy }) => isBusy)
  closeNow(trace)
  return [...new Set(busy.map(({ name }) => name))]
}

function closeNow(trace: LiveTrace): void {
  for (const child of trace.children) closeNow(child)
  trace.close({ now: true })
}

function allTraces(trace: LiveTrace): LiveTrace[] {
  return [trace, ...trace.children.flatMap(allTraces)]
}

function inOrder(traces: readonly Trace[]): Query[] {
  const timed = traces.flatMap(({ startedAt = '', queries }) =>
    queries.map((query) => ({ query, at: parseTime(startedAt) + (query.startMs ?? 0) })),
  )
  return timed.sort((a, b) => a.at - b.at).map(({ query }) => query)
}
