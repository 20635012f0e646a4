// pg-loupe/testing: assertions for any test runner. Each runs the code in a trace of its own, so that tests may run at
// once, and counts the queries of that trace and of the requests it made to an application in the same process.
import { assertProfiler, defaultProfiler, type Profiler } from './profiler.ts'
import { formatFinding } from './report/reporters/console.ts'
import type { LiveTrace } from './trace/live-trace.ts'
import type { Finding, Report, Trace } from './types.ts'

/** What failed an assertion, with the report it read. */
export class QueryAssertionError extends Error {
  override name = 'QueryAssertionError'
  readonly report: Report

  constructor(message: string, report: Report) {
    super(message)
    this.report = report
  }
}

/**
 * Runs `fn` and resolves with what it returned, unless it sent a query for each row, reading or writing.
 *
 * @throws QueryAssertionError that names each N+1, its line and its remedy, or says that no query was seen at all.
 *   Errors of `fn` are thrown as they are.
 */
export async function expectNoNPlusOne<T>(
  fn: () => T | PromiseLike<T>,
  profiler: Profiler = defaultProfiler(),
): Promise<T> {
  const { result, report } = await observe(fn, profiler, 'expectNoNPlusOne')
  const findings = report.findings.filter(({ detector }) => LOOPS.has(detector))
  if (findings.length === 0) return result
  throw failure(expectNoNPlusOne, describeFindings(findings, report), report)
}

const LOOPS: ReadonlySet<string> = new Set(['n-plus-one', 'n-plus-one-write'])

async function observe<T>(
  fn: () => T | PromiseLike<T>,
  profiler: Profiler,
  assertion: string,
): Promise<{ result: T; report: Report }> {
  assertProfiler(profiler, assertion)
  if (typeof fn !== 'function')
    throw new TypeError(`pg-loupe: ${assertion} takes a function, but got ${typeof fn}`)
  if (!profiler.enabled) {
    throw new Error(`pg-loupe: ${assertion} sees no query while the profiler is off; is NODE_ENV production?`)
  }
  const trace = profiler.startTrace({ kind: 'test', name: assertion })
  let result: T
  try {
    // Awaited inside: what supertest returns sends its request only when it is awaited.
    result = await profiler.context.run(trace, async () => await fn())
  } finally {
    trace.end()
    await trace.settled()
  }
  const report = profiler.analyze(finishedTraces(trace))
  if (report.queries === 0) {
    throw failure(
      observe,
      `${assertion} saw no query, so it proves nothing. Is the pool profiled (profilePool), by this profiler? ` +
        'Does the code run in this process, called from the function given?',
      report,
    )
  }
  return { result, report }
}

function finishedTraces(trace: LiveTrace): Trace[] {
  const own = trace.finished && trace.finished.queries.length > 0 ? [trace.finished] : []
  return [...own, ...trace.children.flatMap(finishedTraces)]
}

function describeFindings(findings: readonly Finding[], report: Report): string {
  const options = { color: process.stderr.hasColors?.() ?? false, cwd: process.cwd() }
  const count = findings.length === 1 ? 'an N+1' : `${findings.length} N+1s`
  const blocks = findings.map(
    (finding) => `  in ${finding.route}\n${formatFinding(finding, report, options)}`,
  )
  return `expected no N+1, but found ${count}:\n\n${blocks.join('\n')}`
}

function failure(
  assertion: (...args: never[]) => unknown,
  message: string,
  report: Report,
): QueryAssertionError {
  const error = new QueryAssertionError(message, report)
  Error.captureStackTrace(error, assertion)
  return error
}
