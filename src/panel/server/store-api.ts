// Answers the questions of page, commands and agents from the store of the running panel.
import { clearTimeout, isoTime, setTimeout, type Timer } from '../../host/real-time.ts'
import { plural } from '../../text/plural.ts'
import { VERSION } from '../../version.ts'
import { compareRequests } from '../compare-requests.ts'
import {
  type FindingStatus,
  type PanelApi,
  PanelError,
  type PanelStatus,
  type RequestFilter,
  type RequestRow,
} from '../panel-api.ts'
import type { ConnectedProcesses } from './connected-processes.ts'
import type { PanelStore } from './panel-store.ts'
import { matchesFilter, planTree } from './unfinished.ts'

const LISTED_REQUESTS = 100
/** Commands and pages that wait at once. */
const MOST_WAITING = 100
const LONGEST_WAIT_MS = 600_000
/** A route answers many users, and only some of these requests can show whether a finding is fixed. */
const CAPTURED_TO_VERIFY = 20

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
      )
    })
  }

  const findingOf = (key: string) => {
    const row = store.findings.get(key)
    if (row) return row
    throw new PanelError('There is no finding with this key. List the findings to see their keys.')
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

  const verify = async (key: string, timeoutMs: number): Promise<FindingStatus> => {
    const { route } = findingOf(key).finding
    const asked = connected.capture(route, CAPTURED_TO_VERIFY)
    let undecided: FindingStatus | undefined
    let ran = 0
    const decided = await wait(timeoutMs, (row): FindingStatus | undefined => {
      if (row.route !== route) return undefined
      ran++
      const detail = store.tryToRead(row.id) ?? { request: row, findings: [] }
      const judgement = store.findings.judge(key, detail)
      if (!judgement)
        throw new PanelError('The finding was displaced by newer ones. List the findings again.')
      const { state, reason } = judgement
      const result = { state, reason, request: row.id }
      if (state !== 'inconclusive') return result
      undecided = result
      return undefined
    })
    if (decided) return decided
    if (undecided) {
      const rest = ran > 1 ? ` (${plural(ran, 'request')} of ${route} ran, and none decided.)` : ''
      return { ...undecided, reason: `${undecided.reason}${rest}` }
    }
    const reason =
      asked === 0
        ? `No process of the application is connected, so ${route} could not run. Start the application under pg-loupe dev.`
        : `${route} did not run while this waited. Send a request to it and ask again.`
    return { state: 'not_exercised', reason }
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
