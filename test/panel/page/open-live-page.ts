// Opens the live page in a window without layout, over a panel that answers from memory.
import { Window } from 'happy-dom'
import type { TestContext } from 'vitest'
import { matchesFilter } from '../../../src/panel/matches-filter.ts'
import type { PanelNews } from '../../../src/panel/page/panel-client.ts'
import { startLivePage } from '../../../src/panel/page/start-live-page.ts'
import { pageAnswers } from '../../../src/panel/page-answers.ts'
import type { OpenTarget, PageApi } from '../../../src/panel/page-api.ts'
import {
  PanelError,
  type PanelStatus,
  type ProcessState,
  type RequestRow,
} from '../../../src/panel/panel-api.ts'
import { requestRow } from '../../../src/panel/request-row.ts'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import type { Finding } from '../../../src/types/finding.ts'
import type { RouteSummary } from '../../../src/types/report.ts'
import type { Trace } from '../../../src/types/trace.ts'

/** Longer than the page waits for the next typed key. */
const TYPING_MS = 250

/** A panel in memory that tells its page about each row, as the running panel does. */
export function memoryPanel() {
  const rows: RequestRow[] = []
  const traces = new Map<string, { trace: Trace; findings: readonly Finding[] }>()
  const processes: ProcessState[] = []
  const heard: PanelNews[] = []
  const calls: { captured: [string, number][]; opened: OpenTarget[]; asked: unknown[][] } = {
    captured: [],
    opened: [],
    asked: [],
  }
  let dropped: PanelStatus['dropped'] = { requests: 0, traces: 0, findings: 0, unsent: 0, unreadable: 0 }
  let refusal: Error | undefined

  const status = (): PanelStatus => ({
    version: '0.1.0',
    startedAt: '2026-01-02T10:00:00.000Z',
    processes,
    newest: rows.length,
    requests: rows.length,
    withoutQueries: rows.filter(({ queries }) => queries === 0).length,
    traces: traces.size,
    bytes: 0,
    dropped,
    explains: false,
  })
  const routes = (): RouteSummary[] =>
    [...new Set(rows.map(({ route }) => route))].map((name) => {
      const ofRoute = rows.filter(({ route }) => route === name)
      const spread = (value: number) => ({ min: value, median: value, max: value })
      const queries = Math.max(...ofRoute.map((row) => row.queries))
      return {
        name,
        traces: ofRoute.length,
        queries: spread(queries),
        durationMs: spread(5),
        databaseMs: spread(2),
      }
    })
  const api: Partial<PageApi> = {
    status: async () => status(),
    requests: async (filter = {}) => {
      const found = rows.filter((row) => matchesFilter(row, filter)).reverse()
      return found.slice(0, filter.limit ?? 100)
    },
    async request(id) {
      const kept = traces.get(id)
      const request = rows.find((row) => row.id === id)
      if (!kept || !request) throw new PanelError('This request is not known any more.')
      return { request, ...kept }
    },
    findings: async () => [],
    routes: async () => routes(),
    async pin(id, isPinned) {
      const row = rows.find((one) => one.id === id) as RequestRow
      const { pinned, ...rest } = row
      replace(isPinned ? { ...rest, pinned: true } : rest)
    },
    capture: async (route, count) => void calls.captured.push([route, count]),
    open: async (target) => void calls.opened.push(target),
  }
  Object.assign(api, pageAnswers(api as PageApi))
  const asked = new Proxy(api as PageApi, {
    get(target, method: keyof PageApi) {
      return (...args: never[]) => {
        calls.asked.push([method, ...args])
        if (refusal) return Promise.reject(refusal)
        return (target[method] as (...given: never[]) => unknown)(...args)
      }
    },
  })
  const replace = (row: RequestRow) => {
    rows[row.number - 1] = row
    for (const news of heard) news.heard('requests', [row])
  }
  const push = (row: RequestRow) => {
    rows.push(row)
    for (const news of heard) news.heard('requests', [row])
    return row
  }
  return {
    api: asked,
    calls,
    rows,
    listen(news: PanelNews) {
      heard.push(news)
      news.connection('open')
      news.heard('status', status())
    },
    lose(error: Error) {
      refusal = error
      for (const news of heard) news.connection('lost')
    },
    restore() {
      refusal = undefined
      for (const news of heard) news.connection('open')
    },
    reset() {
      for (const news of heard) news.heard('reset', {})
    },
    /** A request that was only counted. */
    count(route: string, more: Partial<RequestRow> = {}): RequestRow {
      const number = rows.length + 1
      return push({
        id: `counted-${number}`,
        number,
        kind: 'http',
        route,
        status: 200,
        startedAt: '2026-01-02T10:00:01.000Z',
        queries: 3,
        databaseMs: 1.5,
        durationMs: 4,
        capture: 'counted',
        findings: [],
        hasTrace: false,
        ...more,
      })
    },
    /** A captured request with what its detectors find. */
    capture(trace: Trace, more: Partial<RequestRow> = {}): RequestRow {
      const number = rows.length + 1
      const id = `request-${number}`
      const { findings } = createProfiler().analyze([trace])
      traces.set(id, { trace, findings })
      return push({
        ...requestRow({ id, number }, trace, findings),
        startedAt: '2026-01-02T10:00:01.000Z',
        ...more,
      })
    },
    startProcess(id: string, more: Partial<ProcessState> = {}): void {
      processes.push({
        id,
        pid: 4000 + processes.length,
        thread: 0,
        program: 'src/server.js',
        folder: '/app',
        startedAt: `2026-01-02T10:00:0${processes.length}.000Z`,
        nodeVersion: 'v20.19.0',
        version: '0.1.0',
        explains: false,
        isConnected: true,
        dropped: 0,
        ...more,
      })
      for (const news of heard) news.heard('status', status())
    },
    endProcess(id: string): void {
      const index = processes.findIndex((process) => process.id === id)
      processes[index] = { ...(processes[index] as ProcessState), isConnected: false }
      for (const news of heard) news.heard('status', status())
    },
    drop(counts: Partial<PanelStatus['dropped']>): void {
      dropped = { ...dropped, ...counts }
      for (const news of heard) news.heard('status', status())
    },
  }
}

export type MemoryPanel = ReturnType<typeof memoryPanel>

export async function openLivePage(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  panel: MemoryPanel,
  { hash = '' }: { hash?: string } = {},
) {
  const window = new Window({ url: `http://127.0.0.1:4983/${hash}` })
  onTestFinished(() => window.happyDOM.close())
  const { document } = window
  const settle = async (ms = 0) => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    await window.happyDOM.waitUntilComplete()
  }
  startLivePage(window as unknown as Parameters<typeof startLivePage>[0], panel.api, panel.listen)
  await settle()

  const all = (selector: string) => [...document.querySelectorAll(selector)] as unknown as HTMLElement[]
  const find = (selector: string, words = '') => {
    const found = all(selector).find((element) => element.textContent?.includes(words))
    if (!found) throw new Error(`the page has no ${selector} ${words}: ${document.body.textContent}`)
    return found
  }
  return {
    window,
    settle,
    all,
    find,
    text: (selector: string) => find(selector).textContent ?? '',
    texts: (selector: string) => all(selector).map((element) => element.textContent ?? ''),
    hash: () => decodeURIComponent(window.location.hash),
    async click(selector: string, words?: string) {
      find(selector, words).click()
      await settle()
    },
    async press(selector: string, key: string) {
      const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
      find(selector).dispatchEvent(event as unknown as Event)
      await settle()
    },
    async search(words: string) {
      const input = find('#search') as HTMLInputElement
      input.value = words
      input.dispatchEvent(new window.Event('input', { bubbles: true }) as unknown as Event)
      await settle(TYPING_MS)
    },
    async choose(label: string, value: string) {
      const select = find(`select[aria-label='${label}']`) as HTMLSelectElement
      select.value = value
      select.dispatchEvent(new window.Event('change', { bubbles: true }) as unknown as Event)
      await settle()
    },
    async scroll(selector: string, top: number) {
      const element = find(selector)
      element.scrollTop = top
      element.dispatchEvent(new window.Event('scroll') as unknown as Event)
      await settle()
    },
  }
}
