// The engine under every assertion: runs code in a trace of its own, and gives what that trace and those of the requests
// made inside it have seen. It judges nothing.

import { clearTimeout, parseTime, setTimeout, type Timer } from '../host/real-time.ts'
import { assertProfiler, defaultProfiler, type Profiler } from '../profiler/profiler.ts'
import { withoutTestFile } from '../report/test-code.ts'
import { loadParser } from '../sql/index.ts'
import { describeValue } from '../text/describe-value.ts'
import type { LiveTrace, TraceStart } from '../trace/live-trace.ts'
import type { Query } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { followRequests, type RequestLog } from './requests/follow-requests.ts'
import { findUnprovenLoops, type UnprovenLoop } from './unproven-loops.ts'

/** What was seen while a function ran. */
export interface CapturedQueries<T = unknown> {
  /** What the function returned. */
  result: T
  /** How many queries there were, those included that were too many to be kept. */
  count: number
  /** The queries of all traces, in the order they started. */
  queries: readonly Query[]
  /** The function's own trace, if it sent queries itself, and then those of the requests it made. */
  traces: readonly Trace[]
  /** What is to be found in these traces. */
  report: Report
}

/**
 * Runs `fn` and resolves with what it returned and the queries it sent, itself or through requests to servers in this
 * process. Asserts nothing: that there was no query is for the caller to judge.
 *
 * @throws Error when the profiler is switched off. Errors of `fn` are thrown as they are.
 */
export async function captureQueries<T>(
  fn: () => T | PromiseLike<T>,
  profiler: Profiler = defaultProfiler(),
): Promise<CapturedQueries<T>> {
  return capture('captureQueries', fn, profiler)
}

/**
 * The same for an assertion, whose name stands in what it throws and where no test has given its own.
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
  const trace = profiler.startTrace({
    kind: 'test',
    name: caller,
    ...identityOfTest(profiler),
    findsSingleValues: true,
  })
  const requests = followRequests(trace, profiler)
  const untracedBefore = profiler.untraced
  let result: T
  let cutShort: readonly string[] = []
  try {
    // Awaited inside: what supertest returns sends its request only when it is awaited.
    result = await profiler.context.run(trace, async () => await fn())
  } finally {
    trace.end()
    cutShort = await closed(trace)
    requests.stop()
  }
  const traces = allTraces(trace).flatMap(({ finished }) =>
    finished && finished.queries.length > 0 ? [finished] : [],
  )
  // What is asserted is asked of the test's own code too.
  const report = profiler.analyze(traces.map(withoutTestFile))
  const captured = { result, count: report.queries, queries: inOrder(traces), traces, report }
  // Reading whether a statement can return several rows takes the parser.
  await loadParser()
  const loops = allTraces(trace).flatMap(({ finished, singleValues }) =>
    finished ? findUnprovenLoops(finished.queries, singleValues) : [],
  )
  const untraced = profiler.untraced - untracedBefore
  circumstances.set(captured, { requests: requests.log, loops, untraced, cutShort })
  return captured
}

/** What is of interest only where the queries themselves show nothing. */
interface Circumstances {
  requests: RequestLog
  loops: readonly UnprovenLoop[]
  /** Queries meanwhile that belonged to no trace. */
  untraced: number
  /** Names of the traces that were still sending queries when the assertion stopped waiting for them. */
  cutShort: readonly string[]
}

/** Beside what was captured, which is for everybody to read. */
const circumstances = new WeakMap<object, Circumstances>()

export function circumstancesOf(captured: CapturedQueries): Circumstances | undefined {
  return circumstances.get(captured)
}

/** Findings are known by the name of their trace: that of the test outlives a change of the assertion. */
function identityOfTest(profiler: Profiler): Pick<TraceStart, 'name' | 'labels'> | undefined {
  const around = profiler.currentTrace()
  if (around?.kind !== 'test') return undefined
  const { name, labels } = around
  return { name, labels: { ...labels } }
}

/** What a response leaves to be done follows within moments; a stream that never ends must not hold the test up. */
export const LONGEST_MS = 2000

/** Returns the names of the traces that were cut short. */
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
