// How the page reaches the panel: questions by POST and news by events. The stream of events is closed while the page is
// hidden, because a browser allows few connections to one server, and continues where it was when the page is shown again.
import type { PageApi, PanelEvents } from '../page-api.ts'

/** The panel refuses the page: the cookie with the token is missing, or belongs to an earlier start of the panel. */
export class TokenError extends Error {}

/** The panel cannot be reached. */
export class GoneError extends Error {}

export function panelApi({ fetch }: Pick<Window & typeof globalThis, 'fetch'>): PageApi {
  const ask = async (method: string, args: readonly unknown[]) => {
    const response = await fetch(`/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    }).catch(() => {
      throw new GoneError('The panel does not answer.')
    })
    if (response.status === 401) throw new TokenError('The panel does not accept this page.')
    const answer = await response.json().catch(() => undefined)
    if (response.ok) return answer === null ? undefined : answer
    throw new Error(
      typeof answer?.error === 'string' ? answer.error : `The panel answered ${response.status}.`,
    )
  }
  // Each method of the interface is a question of the same name.
  return new Proxy({} as PageApi, {
    get: (_, method) => (typeof method === 'string' ? (...args: unknown[]) => ask(method, args) : undefined),
  })
}

type Kind = keyof PanelEvents
const KINDS: readonly Kind[] = ['requests', 'status', 'findings', 'reset']

export interface PanelNews {
  heard<K extends Kind>(kind: K, data: PanelEvents[K]): void
  /** `lost` each time that the panel could not be reached. */
  connection(state: 'open' | 'lost'): void
}

/** Starts to listen. While the panel cannot be reached, it is tried again, less and less often. */
export function listenToPanel(window: Window & typeof globalThis, news: PanelNews): void {
  const firstRetryMs = 1000
  const longestRetryMs = 30_000
  const { document } = window
  let source: EventSource | undefined
  let lastId = ''
  let retry: number | undefined
  let retryMs = firstRetryMs

  const stop = () => {
    window.clearTimeout(retry)
    source?.close()
    source = undefined
  }
  const start = () => {
    stop()
    if (document.visibilityState === 'hidden') return
    const opened = new window.EventSource(`/events${lastId ? `?after=${encodeURIComponent(lastId)}` : ''}`)
    source = opened
    opened.addEventListener('open', () => {
      retryMs = firstRetryMs
      news.connection('open')
    })
    // The browser's own retries are as frequent as ever after hours, and end for ever at the first refusal.
    opened.addEventListener('error', () => {
      stop()
      retry = window.setTimeout(start, retryMs)
      retryMs = Math.min(2 * retryMs, longestRetryMs)
      news.connection('lost')
    })
    for (const kind of KINDS) {
      opened.addEventListener(kind, (event) => {
        lastId = event.lastEventId || lastId
        news.heard(kind, JSON.parse(event.data))
      })
    }
  }
  document.addEventListener('visibilitychange', () => {
    retryMs = firstRetryMs
    start()
  })
  window.addEventListener('pagehide', stop)
  window.addEventListener('pageshow', (event) => event.persisted && start())
  start()
}
