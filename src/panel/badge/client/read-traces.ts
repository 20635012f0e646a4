/// <reference lib="dom" />
// Reads which requests of the page have a trace, from the Server-Timing header that the browser keeps for each response. Nothing
// of the page is patched for that.

export interface TracedRequest {
  /** The id of the trace. */
  id: string
  /** The path of the request. */
  path: string
  isPageLoad: boolean
}

const METRIC = 'pg-loupe'
const ID = /^[\w-]{16,64}$/

/** Calls `tell` for the page itself and for each later request that has a trace. */
export function readTraces(
  { PerformanceObserver, location }: Window & typeof globalThis,
  tell: (requests: readonly TracedRequest[]) => void,
): void {
  const observer = new PerformanceObserver((list) => {
    const traced = (list.getEntries() as PerformanceResourceTiming[]).flatMap((entry) => {
      const id = entry.serverTiming?.find(({ name }) => name === METRIC)?.description ?? ''
      if (!ID.test(id)) return []
      return [{ id, path: pathOf(entry.name, location.href), isPageLoad: entry.entryType === 'navigation' }]
    })
    if (traced.length > 0) tell(traced)
  })
  for (const type of ['navigation', 'resource']) observer.observe({ type, buffered: true })
}

function pathOf(address: string, page: string): string {
  try {
    return new URL(address, page).pathname
  } catch {
    return address
  }
}
