// Ties a request to the code that sent it, when a server of this process answers it: the request's context ends at the
// socket, and what the server does would belong to nobody. Nothing is added to the request, so nothing can reach the
// outside: both ends of a connection within one process are known by the same pair of addresses, and no other
// connection has it. The hooks are there while an assertion runs, and are taken away after the last one.
import { pageNames, pageOfShape } from '../../http/page-names.ts'
import { pathShape } from '../../http/path-shape.ts'
import type { Profiler } from '../../profiler/profiler.ts'
import { sharedState } from '../../profiler/shared-state.ts'
import type { LiveTrace } from '../../trace/live-trace.ts'
import { type Connections, pairedConnections } from './connections.ts'
import { hearIncoming } from './incoming.ts'
import { isWithin } from './is-within.ts'
import { hearOutgoing } from './outgoing.ts'

/** What became of the requests that were sent while a function ran. */
export interface RequestLog {
  /** Hosts that were asked, with the requests to each and how many of them a server of this process got. */
  readonly hosts: ReadonlyMap<string, { sent: number; arrived: number }>
  /** Requests that servers of this process got, from nobody knows whom. */
  readonly strangers: number
}

/** One assertion while it runs. */
interface Follower {
  trace: LiveTrace
  profiler: Profiler
  hosts: Map<string, { sent: number; arrived: number }>
  strangers: number
}

/** A request on its way. */
interface Sent {
  follower: Follower
  trace: LiveTrace
  host: string
}

/** Those that run now, in the order they began. */
const followers = new Set<Follower>()
/** Requests with their traces: one that asks whether it may go on is emitted twice. */
const units = new WeakMap<object, LiveTrace>()
let stopHearing: (() => void) | undefined

/** Follows what is sent inside `trace`, until the function it returns is called. */
export function followRequests(trace: LiveTrace, profiler: Profiler): { log: RequestLog; stop(): void } {
  const follower: Follower = { trace, profiler, hosts: new Map(), strangers: 0 }
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
      const trace = unitOf(request, sender, follower.profiler)
      return { trace, context: follower.profiler.context, end: (status) => endUnit(trace, status) }
    },
  })
  return () => {
    stopOutgoing()
    stopIncoming()
  }
}

/** Who sends now: the innermost assertion whose trace, or a trace inside it, is that of the calling code. */
function senderNow(host: string): Sent | undefined {
  for (const follower of [...followers].reverse()) {
    const trace = openTrace(follower.profiler.currentTrace())
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
 * Each request is a unit of work of its own, also where nobody else traces it: three requests of a test are no loop of the
 * application. What the application's own middleware begins is inside, and then nothing is said of this one.
 */
function unitOf(request: object, sender: LiveTrace, profiler: Profiler): LiveTrace {
  const { requestParents } = sharedState()
  const known = units.get(request)
  if (known) return known
  const { method = 'GET', url = '' } = request as { method?: string; url?: string }
  const shape = `${method} ${pathShape(url)}`
  const unit = profiler.startTrace({
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

/** No framework tells a route here: the shape of the path names the request. */
function endUnit(unit: LiveTrace, status: number): void {
  if (unit.hasEnded) return
  unit.name = `${unit.labels.method} ${pageNames.nameOf(pageOfShape(unit.shape), status)}`
  unit.end()
}

function followerOf(trace: LiveTrace): Follower | undefined {
  return [...followers].reverse().find((follower) => isWithin(trace, follower.trace))
}

/** The trace, or the nearest one around it that still takes queries. */
function openTrace(trace: LiveTrace | undefined): LiveTrace | undefined {
  let open = trace
  while (open?.closed) open = open.parent
  return open
}
