// Which asynchronous root the running code descends from: the main program, or one call of a timer, of a socket or of a
// message port. It refuses to touch timers and emitters themselves: the application may replace or inspect them, and fake
// timers do. Node.js says before each of its callbacks whose it is, and an AsyncLocalStorage carries what begins there.
import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks'
import { types } from 'node:util'

/** Timers up to this delay only let other work run, as setImmediate does: what follows is a part of the same work. */
const YIELD_MS = 1
/** Work that pauses for this long between two queries is polling for a change; shorter pauses spread a load. */
const SLEEP_MS = 50

export class AsyncRoot {
  /** The same for all that a root becomes when it sleeps and wakes. */
  readonly origin: object
  /** The interval whose call it is, and the origin of what started it. */
  readonly interval: object | undefined
  readonly startedBy: object | undefined

  constructor(origin: object = {}, interval?: object, startedBy?: object) {
    this.origin = origin
    this.interval = interval
    this.startedBy = startedBy
  }
}

const main = new AsyncRoot()
const store = new AsyncLocalStorage<AsyncRoot>()

/**
 * Resources that call with something that has happened outside of the program. Work passes through all the others: promises,
 * files, requests to other servers. Sockets of clients are among these, because promises carry on what waits for an answer.
 */
const EVENTS: ReadonlySet<string> = new Set([
  'FSEVENTWRAP',
  'HTTP2SESSION',
  'HTTP2STREAM',
  'HTTPINCOMINGMESSAGE',
  'MESSAGEPORT',
  'PIPESERVERWRAP',
  'PIPEWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'STATWATCHER',
  'TCPSERVERWRAP',
  'TCPWRAP',
  'TLSWRAP',
  'TTYWRAP',
  'UDPWRAP',
  'WORKER',
])

/** Prototypes of such resources: they are few, and the resources are many. */
const events = new Set<object>()
let timers: object | undefined
/** The origin of what started the timer that is being called, if that was a sleep and nothing has been sent since. */
let woken: object | undefined
let isFollowing = false

/** Begins to follow roots; until then, and for what began before, everything is the main program. */
export function followRoots(): void {
  if (isFollowing) return
  isFollowing = true
  // Not in the types of the oldest supported version, which does not know it and tracks promises too.
  const options = { init, before, trackPromises: false }
  createHook(options).enable()
}

/**
 * The root of the work that is about to send a query. A promise connects the work before a sleep with the work after it, so
 * work that has slept is recognised by the timer that is being called, and gets a new root.
 */
export function rootOfWork(): AsyncRoot {
  const root = store.getStore() ?? main
  if (woken !== root.origin) return root
  woken = undefined
  return enter(new AsyncRoot(root.origin))
}

/** For messages of which several may come in one call of a socket: the work on each is its own. */
export function beginRoot(): void {
  if (isFollowing) enter(new AsyncRoot())
}

function enter(root: AsyncRoot): AsyncRoot {
  store.enterWith(root)
  return root
}

function init(_id: number, type: string, _trigger: number, resource: object): void {
  if (type === 'PROMISE') return
  if (type === 'Timeout') timers ??= Object.getPrototypeOf(resource)
  else if (EVENTS.has(type)) events.add(Object.getPrototypeOf(resource))
}

function before(): void {
  const resource = executionAsyncResource()
  if (resource instanceof Promise) return
  const prototype = Object.getPrototypeOf(resource)
  if (prototype === timers) {
    beginTimer(resource as TimerInside)
  } else if (events.has(prototype)) {
    woken = undefined
    enter(new AsyncRoot())
  } else if (!isWithinCall(resource, prototype)) {
    woken = undefined
  }
}

interface TimerInside {
  readonly _idleTimeout?: number
  readonly _repeat?: number | null
}

function beginTimer(timer: TimerInside): void {
  const { _idleTimeout: delayMs = 0, _repeat: repeatMs } = timer
  // The trigger is still that of the starting code; before Node.js 24, it is that of the last call of an interval.
  const root = store.getStore() ?? main
  const startedBy = (root.interval === timer && root.startedBy) || root.origin
  woken = delayMs >= SLEEP_MS ? startedBy : undefined
  if (delayMs > YIELD_MS) enter(repeatMs ? new AsyncRoot({}, timer, startedBy) : new AsyncRoot())
}

/** Ticks, which are plain objects, promises of other realms and resources of the application's own do not begin a call. */
function isWithinCall(resource: object, prototype: object | null): boolean {
  return prototype === Object.prototype || resource instanceof AsyncResource || types.isPromise(resource)
}
