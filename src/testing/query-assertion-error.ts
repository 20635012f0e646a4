// What a failed assertion throws. Its stack is that of the line that called the assertion, taken at the call: when it
// fails that call has long returned.
import { captureStack } from '../trace/call-site/call-site.ts'
import type { Report } from '../types/report.ts'
import type { Verdict } from './verdict.ts'

/** What failed an assertion, with the report it read. */
export class QueryAssertionError extends Error {
  override name = 'QueryAssertionError'
  readonly report: Report
  /** For runners that show what was got beside what was expected; absent where the message says more. */
  declare readonly actual?: unknown
  declare readonly expected?: unknown

  constructor(message: string, report: Report) {
    super(message)
    this.report = report
    // The report is for code that reads it; printed below each failure it would bury the message.
    Object.defineProperty(this, 'report', { enumerable: false })
  }
}

/** What makes the error of a verdict, with the stack of now; `assertion` is the function that was called. */
export type Fail = (verdict: Verdict, report: Report) => QueryAssertionError

/** To be called before the assertion waits for anything. */
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
