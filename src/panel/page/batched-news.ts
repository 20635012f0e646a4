// Passes the panel's news on once in a frame, so that a thousand requests a second cost no more drawing than ten.
import type { PanelEvents } from '../page-api.ts'
import type { RequestRow } from '../panel-api.ts'

type Kind = keyof PanelEvents

export function batchedNews(window: Pick<Window, 'requestAnimationFrame'>) {
  const listeners: { [K in Kind]: ((data: PanelEvents[K]) => void)[] } = {
    status: [],
    reset: [],
    requests: [],
    findings: [],
  }
  let requests: RequestRow[] = []
  let waiting: Partial<PanelEvents> = {}
  let isAsked = false

  const tell = <K extends Kind>(kind: K, data: PanelEvents[K] | undefined) => {
    if (data !== undefined) for (const listener of listeners[kind]) listener(data)
  }
  const passOn = () => {
    isAsked = false
    const { status, reset, findings } = waiting
    const rows = requests
    waiting = {}
    requests = []
    tell('status', status)
    tell('reset', reset)
    if (rows.length > 0) tell('requests', rows)
    tell('findings', findings)
  }
  return {
    hear<K extends Kind>(kind: K, listener: (data: PanelEvents[K]) => void) {
      listeners[kind].push(listener)
    },
    heard<K extends Kind>(kind: K, data: PanelEvents[K]) {
      if (kind === 'requests') requests.push(...(data as readonly RequestRow[]))
      else waiting = { ...waiting, [kind]: data }
      if (isAsked) return
      isAsked = true
      window.requestAnimationFrame(passOn)
    },
  }
}
