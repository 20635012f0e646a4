// Answers the questions of page, commands and agents from the store of the running panel.
import { clearTimeout, isoTime, setTimeout, type Timer } from '../../host/real-time.ts'
import { plural } from '../../text/plural.ts'
import { VERSION } from '../../version.ts'
import { compareRequests } from '../compare-requests.ts'
import { matchesFilter } from '../matches-filter.ts'
import {
  type FindingStatus,
  type PanelApi,
  PanelError,
  type PanelStatus,
  type RequestFilter,
  type RequestRow,
} from '../panel-api.ts'
import { planTree } from '../plan-tree.ts'
import type { ConnectedProcesses } from './connected-processes.ts'
import type { PanelStore } from './panel-store.ts'

const LISTED_REQUESTS = 100
/** Questions that wait at once. One whose asker has gone away waits until its time is up. */
const MOST_WAITING = 1000
const LONGEST_WAIT_MS = 600_000
/** A route answers many users, and only some of these requests can show whether a finding is fixed. */
const CAPTURED_TO_VERIFY = 20
/** Requests that came before the question and are judged: as many as can be read in a moment. */
const MOST_JUDGED = 100

export interface RunningPanelApi extends PanelApi {
  /** Captures the next traces of a route in full. Rejects when no process is connected. */
  capture(route: string, traces: number): Promise<void>
}

export function storeApi(
  store: PanelStore,
  connected: ConnectedProcesses,
  startedAtMs: number,
): RunningPanelApi {
  let waiting = 0

  /** Resolves with what `check` returns for the first request that decides, or with undefined when time is up. */
  const wait = <Found>(timeoutMs: number, check: (row: RequestRow) => Found | undefined) => {
    if (waiting >= MOST_WAITING)
      throw new PanelError('Too many questions are waiting for requests. Ask again when they are answered.')
    waiting++
    return new Promise<Found | undefined>((resolve, reject) => {
      let timer: Timer | undefined
      const end = () => {
        waiting--
        clearTimeout(timer)
        stop()
      }
      const stop = store.listen({
        request: (row, isNew) => {
          try {
            const found = isNew ? check(row) : undefined
            if (found === undefined) return
            end()
            resolve(found)
          } catch (error) {
            end()
            reject(error)
          }
        },
        findings: () => {},
        status: () => {},
      })
      timer = setTimeout(
        () => {
          end()
          resolve(undefined)
        },
        Math.min(timeoutMs, LONGEST_WAIT_MS),
      ).unref()
    })
  }

  const findingOf = (key: string) => {
    const row = store.findings.get(key)
    if (row) return row
    throw new PanelError('There is no finding with this key. List the findings to see their keys.')
  }

  const judgeBy = (key: string, row: RequestRow): FindingStatus => {
    const judgement = store.findings.judge(key, store.tryToRead(row.id) ?? { request: row, findings: [] })
    if (!judgement) throw new PanelError('The finding was displaced by newer ones. List the findings again.')
    return { ...judgement, request: row.id }
  }

  const status = (): PanelStatus => ({
    version: VERSION,
    startedAt: isoTime(startedAtMs),
    ...store.status(),
    explains: connected.explains,
  })

  const requests = (filter: RequestFilter): RequestRow[] => {
    const { after, before = store.newest + 1, limit = LISTED_REQUESTS } = filter
    const rows = after === undefined ? store.requests.before(before) : store.requests.after(after)
    const found: RequestRow[] = []
    for (const row of rows) {
      if (found.length >= limit) break
      if (matchesFilter(row, filter)) found.push(row)
    }
    return found
  }

  const verify = async (key: string, timeoutMs: number, since = store.newest): Promise<FindingStatus> => {
    const { route } = findingOf(key).finding
    const asked = connected.capture(route, CAPTURED_TO_VERIFY)
    const judged: FindingStatus[] = []
    const judge = (row: RequestRow): FindingStatus | undefined => {
      if (row.route !== route) return undefined
      const status = judgeBy(key, row)
      judged.push(status)
      return status.state === 'inconclusive' ? undefined : status
    }
    // The newest request decides first, because it may be of a newer state of the code.
    for (const row of store.requests.before(store.newest + 1)) {
      if (row.number <= since || judged.length >= MOST_JUDGED) break
      const decided = judge(row)
      if (decided) return decided
    }
    judged.reverse()
    const decided = await wait(timeoutMs, judge)
    return decided ?? describeUndecided(judged, route, asked > 0)
  }

  return {
    status: async () => status(),
    findings: async () => store.findings.all(),
    finding: async (key) => findingOf(key),
    requests: async (filter = {}) => requests(filter),
    request: async (id) => store.read(id),
    routes: async () => store.routes(),
    async awaitRequest({ timeoutMs, ...filter }) {
      const [known] = requests({ ...filter, limit: 1 })
      return known ?? (await wait(timeoutMs, (row) => (matchesFilter(row, filter) ? row : undefined)))
    },
    verify,
    compare: async (before, after) => compareRequests(store.read(before), store.read(after)),
    async explain(id, position) {
      const { request, trace } = store.read(id)
      const query = trace.queries[position]
      if (!query)
        throw new PanelError(
          `This request has ${plural(trace.queries.length, 'captured query', 'captured queries')}, counted from 0.`,
        )
      const sender = request.process === undefined ? undefined : store.processes.get(request.process)
      const json = await connected.explain(query.sql, sender)
      return { sql: query.sql, plan: planTree(json), json }
    },
    async pin(id, isPinned) {
      store.pin(id, isPinned)
    },
    async capture(route, traces) {
      if (connected.capture(route, traces) > 0) return
      throw new PanelError('No process of the application is connected. Start the application again.')
    },
  }
}

function describeUndecided(
  judged: readonly FindingStatus[],
  route: string,
  isConnected: boolean,
): FindingStatus {
  const latest = judged.at(-1)
  if (latest && judged.length === 1) return latest
  if (latest) {
    const others = `${plural(judged.length, 'request')} of ${route} came, and none of them decided.`
    return { ...latest, reason: `${latest.reason} ${others}` }
  }
  const reason = isConnected
    ? `${route} did not run while this waited. Send a request to it and ask again.`
    : `No process of the application is connected, so ${route} did not run. Start the application under pg-loupe dev.`
  return { state: 'not_exercised', reason }
}
