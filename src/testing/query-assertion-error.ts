// The error of a failed assertion. Its stack is recorded when the assertion is called, because the call has long returned
// when the assertion fails.
import { captureStack } from '../trace/call-site/call-site.ts'
import type { Report } from '../types/report.ts'
import type { Verdict } from './verdict.ts'

/** The error of a failed assertion, with the report that it judged. */
export class QueryAssertionError extends Error {
  override name = 'QueryAssertionError'
  readonly report: Report
  /** For runners that show the actual value beside the expected one. Absent when the message says more. */
  declare readonly actual?: unknown
  declare readonly expected?: unknown

  constructor(message: string, report: Report) {
    super(message)
    this.report = report
    // The report is not enumerable: it is meant for code, and printed below each failure it would hide the message.
    Object.defineProperty(this, 'report', { enumerable: false })
  }
}

/**
 * Returns a function that creates the error of a verdict with the present stack. `assertion` is the function that was called.
 */
export type Fail = (verdict: Verdict, report: Report) => QueryAssertionError

/** Called before the assertion waits for anything. */
export function failureAt(assertion: (...args: never[]) => unknown): Fail {
  const caller = captureStack(assertion)
  return (verdict, report) => {
    const error = new QueryAssertionError(verdict.message, report)
    if ('expected' in verdict) Object.assign(error, { actual: verdict.actual, expected: verdict.expected })
    const { stack } = caller
    if (typeof stack === 'string') {
      const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
      const value = [`${error.name}: ${error.message}`, ...frames].join('\n')
      Object.defineProperty(error, 'stack', { value, writable: true, configurable: true, enumerable: false })
    }
    return error
  }
}
