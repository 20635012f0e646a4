// The recorded queries of a piece of work, for tests that compare them with the queries that were sent.
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'

/** Runs `fn` in a trace of its own and gives the queries of that trace, once it has closed. */
export async function recorded(
  profiler: Profiler,
  fn: () => PromiseLike<unknown>,
): Promise<readonly RecordedQuery[]> {
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'recorded' })
  try {
    await trace.run(async () => await fn())
  } finally {
    trace.end()
    await trace.settled()
  }
  return trace.queries
}

/** Makes a promise of what takes a callback last. */
export function called<T = unknown>(
  call: (done: (error?: unknown, result?: T) => void) => unknown,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)))
  })
}
