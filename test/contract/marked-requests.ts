// Concurrent requests that mark their queries, for the contracts of context stores. The recorded trace is compared with the mark,
// because the context of the continuation proves nothing.
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Namespace } from 'cls-hooked'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'

const REQUESTS = 50
export const MARK = /\/\* (request-\d+) \*\//

/** The contexts of the application's own. */
export interface ApplicationContexts {
  storage: AsyncLocalStorage<string>
  namespace: Namespace
}

/** Runs `send` once for each request, all at once, and returns which contexts were lost where `heard` was called. */
export async function sendMarked(
  profiler: Profiler,
  contexts: ApplicationContexts,
  send: (mark: string, heard: () => void) => PromiseLike<unknown>,
): Promise<{ traces: readonly LiveTrace[]; lost: ReadonlySet<string> }> {
  const { storage, namespace } = contexts
  const lost = new Set<string>()
  const traces = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, number) => {
      const mark = `request-${number}`
      const trace = coreOf(profiler).startTrace({ kind: 'http', name: mark })
      const heard = () => {
        if (profiler.currentTrace() !== trace) lost.add('trace')
        if (storage.getStore() !== mark) lost.add("the application's AsyncLocalStorage")
        if (namespace.get('mark') !== mark) lost.add("the application's namespace")
      }
      await inApplication(contexts, mark, () => trace.run(async () => await send(mark, heard)))
      trace.end()
      await trace.settled()
      return trace
    }),
  )
  return { traces, lost }
}

/** Runs `fn` in contexts of the application's own. */
export function inApplication<T>({ storage, namespace }: ApplicationContexts, mark: string, fn: () => T): T {
  return storage.run(mark, () =>
    namespace.runAndReturn(() => {
      namespace.set('mark', mark)
      return fn()
    }),
  )
}

/** Queries in a trace that is not theirs. */
export function strangersIn(traces: readonly LiveTrace[]): string[] {
  return traces.flatMap(({ name, queries }) =>
    queries
      .filter(({ sql }) => sql.includes('/*') && MARK.exec(sql)?.[1] !== name)
      .map(({ sql }) => `${sql} in ${name}`),
  )
}
