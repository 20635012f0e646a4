// Assigns a request to the code that sent it, when a server of this process answers it. The async context of the request ends
// at the socket, so that the server's work would otherwise belong to no trace. Nothing is added to the request, so nothing
// can leave the process: both ends of a connection are matched by their pair of addresses. The hooks exist only while an
// assertion runs.
import { pageNames, pageOfShape } from '../../http/page-names.ts'
import { pathShape } from '../../http/path-shape.ts'
import type { ProfilerCore } from '../../profiler/profiler-core.ts'
import { sharedState } from '../../profiler/shared-state.ts'
import type { LiveTrace } from '../../trace/live-trace.ts'
import { type Connections, pairedConnections } from './connections.ts'
import { hearIncoming } from './incoming.ts'
import { isWithin } from './is-within.ts'
import { hearOutgoing } from './outgoing.ts'

/** The fate of the requests that were sent while a function ran. */
export interface RequestLog {
  /** The requested hosts, with the number of requests to each and how many of them arrived at a server of this process. */
  readonly hosts: ReadonlyMap<string, { sent: number; arrived: number }>
  /** Number of requests with an unknown sender that arrived at servers of this process. */
  readonly strangers: number
}

/** One running assertion. */
interface Follower {
  trace: LiveTrace
  core: ProfilerCore
  hosts: Map<string, { sent: number; arrived: number }>
  strangers: number
}

/** A request under way. */
interface Sent {
  follower: Follower
  trace: LiveTrace
  host: string
}

/** The running assertions, in the order in which they began. */
const followers = new Set<Follower>()
/** The traces of requests. Needed because a request with `Expect: 100-continue` is emitted twice. */
const units = new WeakMap<object, LiveTrace>()
let stopHearing: (() => void) | undefined

/** Follows the requests that are sent inside of `trace`, until the returned function is called. */
export function followRequests(trace: LiveTrace, core: ProfilerCore): { log: RequestLog; stop(): void } {
  const follower: Follower = { trace, core, hosts: new Map(), strangers: 0 }
  followers.add(follower)
  stopHearing ??= hear()
  return {
    log: follower,
    stop() {
      followers.delete(follower)
      if (followers.size > 0) return
      stopHearing?.()
      stopHearing = undefined
    },
  }
}

function hear(): () => void {
  const connections = pairedConnections<Sent>()
  const stopOutgoing = hearOutgoing(senderNow, (socket, sent) => connections.sent(socket, sent))
  const stopIncoming = hearIncoming({
    arrived: (request, socket) => noteArrival(request, socket, connections),
    traceOf: (request) => {
      const sender = sharedState().requestParents.get(request)
      const follower = sender && followerOf(sender)
      if (!sender || !follower) return undefined
      const trace = unitOf(request, sender, follower.core)
      return { trace, core: follower.core, end: (status) => endUnit(trace, status) }
    },
  })
  return () => {
    stopOutgoing()
    stopIncoming()
  }
}

/** The assertion that sends now: the innermost one whose trace contains the trace of the calling code. */
function senderNow(host: string): Sent | undefined {
  for (const follower of [...followers].reverse()) {
    const trace = openTrace(follower.core.currentTrace())
    if (!trace || !isWithin(trace, follower.trace)) continue
    const counts = follower.hosts.get(host) ?? { sent: 0, arrived: 0 }
    counts.sent++
    follower.hosts.set(host, counts)
    return { follower, trace, host }
  }
  return undefined
}

function noteArrival(request: object, socket: object, connections: Connections<Sent>): void {
  const sent = connections.arrived(socket)
  const trace = openTrace(sent?.trace)
  if (sent && trace) {
    const counts = sent.follower.hosts.get(sent.host)
    if (counts) counts.arrived++
    sharedState().requestParents.set(request, trace)
    return
  }
  for (const follower of followers) follower.strangers++
}

/**
 * Each request is a unit of work of its own, even when no middleware traces it: three requests of a test are no loop of the
 * application. When the application's own middleware begins a trace inside of this one, this one stays empty and is not
 * reported.
 */
function unitOf(request: object, sender: LiveTrace, core: ProfilerCore): LiveTrace {
  const { requestParents } = sharedState()
  const known = units.get(request)
  if (known) return known
  const { method = 'GET', url = '' } = request as { method?: string; url?: string }
  const shape = `${method} ${pathShape(url)}`
  const unit = core.startTrace({
    kind: 'http',
    name: `${method} *`,
    labels: { method },
    shape,
    parent: sender,
  })
  unit.isStandIn = true
  units.set(request, unit)
  requestParents.set(request, unit)
  return unit
}

/** No framework provides a route here, so the request is named after the shape of its path. */
function endUnit(unit: LiveTrace, status: number): void {
  if (unit.hasEnded) return
  unit.name = `${unit.labels.method} ${pageNames.nameOf(pageOfShape(unit.shape), status)}`
  unit.end()
}

function followerOf(trace: LiveTrace): Follower | undefined {
  return [...followers].reverse().find((follower) => isWithin(trace, follower.trace))
}

/** The trace, or the nearest enclosing one that still accepts queries. */
function openTrace(trace: LiveTrace | undefined): LiveTrace | undefined {
  let open = trace
  while (open?.closed) open = open.parent
  return open
}
