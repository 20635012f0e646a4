// The functions that receive the report of each trace when it closes. An error in one of them, thrown or rejected, is
// counted and shown once; it keeps neither the application nor the other listeners from going on.
import type { AnalyzedTrace } from '../report/run-analysis.ts'
import type { ReportListener } from '../types/reporter.ts'

export interface ReportListeners {
  /** Returns the function that removes the listener. */
  add(listener: ReportListener): () => void
  call(analyzed: AnalyzedTrace): void
}

export function reportListeners(onError: (error: unknown) => void): ReportListeners {
  const listeners = new Set<ReportListener>()

  const call = (listener: ReportListener, ...args: Parameters<ReportListener>) => {
    try {
      const result: unknown = listener(...args)
      // Without this, the rejection of an asynchronous listener would end the process.
      if (isPromiseLike(result)) result.then(undefined, onError)
    } catch (error) {
      onError(error)
    }
  }

  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    call(analyzed) {
      if (listeners.size === 0) return
      const report = analyzed.report()
      for (const listener of listeners) call(listener, report, analyzed.trace)
    },
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
