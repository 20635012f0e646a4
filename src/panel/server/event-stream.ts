// Tells connected pages what is new, as server-sent events. Changes are collected for a moment, so that a page gets at most
// ten messages a second however many requests arrive. A page that was away for a short time gets what it missed; any other
// page, and one that reads too slowly, has to ask again.
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { clearTimeout, now, setTimeout, type Timer } from '../../host/real-time.ts'
import type { PanelStatus, RequestRow } from '../panel-api.ts'
import type { PanelStore } from './panel-store.ts'

const PAUSE_MS = 100
/** Counts change with each request, and the page asks for the findings itself after their event. */
const STATUS_PAUSE_MS = 1000
const HEARTBEAT_MS = 15_000
/** A page on the same machine reads at once. One that lets so much wait has stopped reading. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024
/** Rows that are kept for pages that come back: some seconds of heavy load. */
const KEPT_ROWS = 2000
/** Pages open at once. A browser opens at most six connections to one address. */
const MOST_PAGES = 50

interface Change {
  number: number
  rows: readonly RequestRow[]
}

export class EventStream {
  readonly #status: () => Promise<PanelStatus>
  readonly #pages = new Set<ServerResponse>()
  readonly #start = randomBytes(6).toString('hex')
  readonly #kept: Change[] = []
  #keptRows = 0
  #number = 0
  #changed = new Set<RequestRow>()
  #findingsChanged = false
  #statusChanged = false
  #flushTimer: Timer | undefined
  #flushedAt = Number.NEGATIVE_INFINITY
  #toldAt = Number.NEGATIVE_INFINITY
  readonly #heartbeat: Timer
  readonly #stopListening: () => void

  constructor(store: PanelStore, status: () => Promise<PanelStatus>) {
    this.#status = status
    this.#stopListening = store.listen({
      request: (row) => {
        this.#changed.add(row)
        this.#statusChanged = true
        this.#flushSoon()
      },
      findings: () => {
        this.#findingsChanged = true
        this.#flushSoon()
      },
      status: () => {
        this.#statusChanged = true
        this.#flushSoon()
      },
    })
    this.#heartbeat = setTimeout(() => {
      this.#send(': still here\n\n')
      this.#heartbeat.refresh()
    }, HEARTBEAT_MS).unref()
  }

  /** `after` is the id of the last event that the page got. Returns false when too many pages are open. */
  async serve(response: ServerResponse, after: string | undefined): Promise<boolean> {
    if (this.#pages.size >= MOST_PAGES) return false
    const status = await this.#status()
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    })
    const missed = after === undefined ? [] : this.#missedSince(after)
    response.write(
      [
        `retry: 1000\n${event('status', status, this.#id)}`,
        missed === undefined ? event('reset', {}, this.#id) : '',
        missed && missed.length > 0 ? event('requests', missed, this.#id) : '',
        after === undefined ? '' : event('findings', {}, this.#id),
      ].join(''),
    )
    this.#pages.add(response)
    response.on('error', () => response.destroy())
    response.once('close', () => this.#pages.delete(response))
    return true
  }

  close(): void {
    this.#stopListening()
    clearTimeout(this.#heartbeat)
    clearTimeout(this.#flushTimer)
    for (const page of this.#pages) page.destroy()
  }

  get #id(): string {
    return `${this.#start}-${this.#number}`
  }

  /** Undefined when it is not kept any more, or when the id is of an earlier start of the panel. */
  #missedSince(id: string): RequestRow[] | undefined {
    const [, start, digits] = /^([\da-f]{12})-(\d{1,15})$/.exec(id) ?? []
    const number = Number(digits)
    const oldest = this.#kept[0]?.number ?? this.#number + 1
    if (start !== this.#start || number > this.#number || number < oldest - 1) return undefined
    const rows = new Set(this.#kept.filter((change) => change.number > number).flatMap(({ rows }) => rows))
    return [...rows].sort(oldestFirst)
  }

  #flushSoon(): void {
    const wait = Math.max(0, PAUSE_MS - (now() - this.#flushedAt))
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined
      this.#flushedAt = now()
      void this.#flush()
    }, wait)
  }

  async #flush(): Promise<void> {
    let text = ''
    if (this.#changed.size > 0) {
      const rows = [...this.#changed].sort(oldestFirst)
      this.#changed = new Set()
      this.#keep(rows)
      if (this.#pages.size > 0) text += event('requests', rows, this.#id)
    }
    const mayTell = now() - this.#toldAt >= STATUS_PAUSE_MS
    if (mayTell && (this.#findingsChanged || this.#statusChanged)) {
      this.#toldAt = now()
      if (this.#findingsChanged) text += event('findings', {}, this.#id)
      if (this.#statusChanged && this.#pages.size > 0) text += event('status', await this.#status(), this.#id)
      this.#findingsChanged = false
      this.#statusChanged = false
    }
    if (text !== '') this.#send(text)
    if (this.#findingsChanged || this.#statusChanged) this.#flushSoon()
  }

  #keep(rows: readonly RequestRow[]): void {
    this.#number++
    this.#kept.push({ number: this.#number, rows })
    this.#keptRows += rows.length
    while (this.#keptRows > KEPT_ROWS) this.#keptRows -= this.#kept.shift()?.rows.length ?? 0
  }

  #send(text: string): void {
    for (const page of this.#pages) {
      if (page.writableLength > MOST_WAITING_BYTES) page.destroy()
      else page.write(text)
    }
  }
}

/** JSON has no line ends, which would end the data. */
function event(name: string, data: unknown, id: string): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}

function oldestFirst(a: RequestRow, b: RequestRow): number {
  return a.number - b.number
}
