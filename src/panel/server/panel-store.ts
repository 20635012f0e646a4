// Everything that the panel knows, within limits by count and by bytes. It takes messages of processes and tells what changed;
// adding a request costs the same however many there are.
import { RouteStatistics } from '../../report/route-statistics.ts'
import type { RouteSummary } from '../../types/report.ts'
import type { CountedMessage, TraceMessage } from '../messages.ts'
import { PanelError, type PanelStatus, type RequestDetail, type RequestRow } from '../panel-api.ts'
import { countedRow, requestRow } from '../request-row.ts'
import { readMessage } from './read-message.ts'
import { StoredFindings } from './stored-findings.ts'
import { StoredLines } from './stored-lines.ts'
import { StoredProcesses } from './stored-processes.ts'
import { StoredRequests } from './stored-requests.ts'

export interface PanelLimits {
  /** Rows of the list that are not pinned. Default 10,000: one minute of heavy load, or a day of clicking. */
  requests: number
  /** Characters of all these rows. Default 16 million. */
  requestCharacters: number
  /** Bytes of all traces that are not pinned. Default 64 MB. */
  traceBytes: number
  pins: number
  /** Bytes of all pinned traces. Default 32 MB. */
  pinnedBytes: number
  /** Default 5000, as in a report. */
  findings: number
  /** Characters of all findings. Default 32 million. */
  findingCharacters: number
  /** Names in the statistics of routes. Default 1000, as in a report. */
  routes: number
}

const MEGABYTE = 1024 * 1024

const LIMITS: PanelLimits = {
  requests: 10_000,
  requestCharacters: 16 * MEGABYTE,
  traceBytes: 64 * MEGABYTE,
  pins: 100,
  pinnedBytes: 32 * MEGABYTE,
  findings: 5000,
  findingCharacters: 32 * MEGABYTE,
  routes: 1000,
}

/** Requests whose traces were read last. Comparing and judging read some of them again and again. */
const READ_AGAIN = 8
/** Larger traces are read each time that they are asked for. */
const READ_AGAIN_BYTES = 4 * MEGABYTE

export interface StoreListener {
  /** A request is new, or its row changed. */
  request(row: RequestRow, isNew: boolean): void
  findings(): void
  status(): void
}

export class PanelStore {
  readonly requests: StoredRequests
  readonly findings: StoredFindings
  readonly processes = new StoredProcesses()
  readonly #lines: StoredLines
  readonly #routes: RouteStatistics
  readonly #listeners = new Set<StoreListener>()
  readonly #read = new Map<string, RequestDetail>()
  readonly #dropped = { requests: 0, traces: 0, findings: 0, unsent: 0, unreadable: 0 }
  #newest = 0

  constructor(given: Partial<PanelLimits> = {}) {
    const limits = { ...LIMITS, ...given }
    this.#routes = new RouteStatistics(limits.routes)
    this.requests = new StoredRequests(limits, (row) => this.#forgetRequest(row))
    this.#lines = new StoredLines(limits, (id) => this.#forgetTrace(id))
    this.findings = new StoredFindings(limits, {
      request: (id) => this.tryToRead(id),
      restartedAt: (process) => this.processes.restartedAt(process),
      displaced: () => this.#dropped.findings++,
    })
  }

  /** Returns the function that ends it. */
  listen(listener: StoreListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get newest(): number {
    return this.#newest
  }

  /** `line` is the message as it arrived. A message with a known id is left out, because it was sent twice. */
  addTrace({ id, trace, findings }: TraceMessage, line: Buffer, process: string): void {
    if (this.requests.get(id)) return
    const hasTrace = this.#lines.add(id, line)
    if (!hasTrace) this.#dropped.traces++
    const row = { ...requestRow({ id, number: ++this.#newest, process }, trace, findings), hasTrace }
    this.#routes.add(row.route, row.queries, row.durationMs ?? 0, row.databaseMs ?? 0)
    this.requests.add(row)
    const isChanged = this.findings.addCaptured(row, trace, findings)
    this.#tell((listener) => listener.request(row, true))
    if (isChanged) this.tellFindings()
  }

  addCounted(message: CountedMessage, process: string): void {
    if (this.requests.get(message.id)) return
    const row = countedRow({ id: message.id, number: ++this.#newest, process }, message)
    this.#routes.add(row.route, row.queries, message.durationMs, message.databaseMs)
    this.requests.add(row)
    this.findings.addCounted(row)
    this.#tell((listener) => listener.request(row, true))
  }

  countUnsent(process: string, traces: number): void {
    this.#dropped.unsent += traces
    this.processes.countDropped(process, traces)
    this.tellStatus()
  }

  countUnreadable(): void {
    this.#dropped.unreadable++
    this.tellStatus()
  }

  tellStatus(): void {
    this.#tell((listener) => listener.status())
  }

  tellFindings(): void {
    this.#tell((listener) => listener.findings())
  }

  /** @throws PanelError when the request or its trace is not kept (any more). */
  read(id: string): RequestDetail {
    const detail = this.tryToRead(id)
    if (detail) return detail
    const row = this.row(id)
    throw new PanelError(
      row.capture === 'counted'
        ? 'This request was only counted, because it sent what its route always sends. Ask for full capture of its route and send it again.'
        : 'The trace of this request was displaced by newer ones. Send the request again, and pin the traces that you need for longer.',
    )
  }

  /** @throws PanelError when the request is not kept (any more). */
  row(id: string): RequestRow {
    const row = this.requests.get(id)
    if (row) return row
    throw new PanelError(
      'There is no request with this id: it has not arrived yet, or newer requests displaced it. List the requests to see which are kept.',
    )
  }

  tryToRead(id: string): RequestDetail | undefined {
    const request = this.requests.get(id)
    const line = this.#lines.get(id)
    if (!request || !line) return undefined
    const known = this.#read.get(id)
    if (known) return known
    const message = readMessage(line)
    if (message?.type !== 'trace') return undefined
    const detail = { request, trace: message.trace, findings: message.findings }
    if (line.length <= READ_AGAIN_BYTES) this.#remember(id, detail)
    return detail
  }

  /** @throws PanelError when too much is pinned. */
  pin(id: string, isPinned: boolean): void {
    const row = this.row(id)
    if (isPinned === (row.pinned ?? false)) return
    if (isPinned) this.#pin(row)
    else {
      this.requests.unpin(row)
      this.#lines.unpin(id)
    }
    if (this.requests.get(id)) this.#tell((listener) => listener.request(row, false))
  }

  routes(): RouteSummary[] {
    return this.#routes.summaries()
  }

  status(): Pick<
    PanelStatus,
    'processes' | 'newest' | 'requests' | 'withoutQueries' | 'traces' | 'bytes' | 'dropped'
  > {
    return {
      processes: this.processes.all(),
      newest: this.#newest,
      requests: this.requests.count,
      withoutQueries: this.requests.countWithoutQueries(),
      traces: this.#lines.count,
      bytes: this.#lines.bytes,
      dropped: { ...this.#dropped },
    }
  }

  #pin(row: RequestRow): void {
    if (!this.requests.pin(row))
      throw new PanelError('Too many requests are pinned. Unpin one that is no longer needed.')
    if (this.#lines.pin(row.id)) return
    this.requests.unpin(row)
    throw new PanelError('The pinned traces are too large together. Unpin one that is no longer needed.')
  }

  #remember(id: string, detail: RequestDetail): void {
    this.#read.set(id, detail)
    const [oldest] = this.#read.keys()
    if (this.#read.size > READ_AGAIN && oldest !== undefined) this.#read.delete(oldest)
  }

  #forgetRequest(row: RequestRow): void {
    this.#dropped.requests++
    if (!row.hasTrace) return
    this.#lines.delete(row.id)
    this.#forgetTrace(row.id, row)
  }

  #forgetTrace(id: string, row = this.requests.get(id)): void {
    this.#dropped.traces++
    this.#read.delete(id)
    if (!row) return
    row.hasTrace = false
    this.findings.forgetTrace(row)
    if (this.requests.get(id)) this.#tell((listener) => listener.request(row, false))
  }

  #tell(about: (listener: StoreListener) => void): void {
    for (const listener of this.#listeners) about(listener)
  }
}
