// Knows of each request to an HTTP server of this process, whoever answers it, and of code that runs for it. It hears of them
// by channels that Node.js publishes itself, so nothing is patched.
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { requestTraceOf } from '../../src/http/request-trace.ts'
import { quietly } from './quietly.ts'

/** What is known of one request. */
export interface RequestNote {
  /** A profiler has begun a trace for it. */
  isTraced: boolean
  isOver: boolean
  /** Uses of a profiled pool or client that no trace has captured. */
  uncaptured: number
  /** That of its trace, or its method and its route where Express has told it; known at its end. */
  name: string
}

export interface RequestNotes {
  /** Of the request that the calling code runs for. */
  current(): RequestNote | undefined
  stop(): void
}

const START = 'http.server.request.start'
const FINISH = 'http.server.response.finish'

interface Message {
  request: IncomingRequest
}

interface IncomingRequest {
  method?: string
  baseUrl?: unknown
  route?: { path?: unknown } | null
}

/** `onEnd` is told of each request once its response has been sent. */
export function noteRequests(onEnd: (note: RequestNote, isExpress: boolean) => void): RequestNotes {
  const storage = new AsyncLocalStorage<RequestNote | undefined>()
  const notes = new WeakMap<object, RequestNote>()
  const started = (message: unknown) => {
    const note: RequestNote = { isTraced: false, isOver: false, uncaptured: 0, name: '' }
    notes.set((message as Message).request, note)
    storage.enterWith(note)
  }
  const finished = (message: unknown) => {
    const { request } = message as Message
    const note = notes.get(request)
    if (!note) return
    note.isOver = true
    // A trace has the whole pattern of its route by now.
    note.name = requestTraceOf(request)?.trace.name ?? nameOf(request)
    onEnd(note, request.baseUrl !== undefined)
  }
  const onStart = quietly(started)
  const onFinish = quietly(finished)
  subscribe(START, onStart)
  subscribe(FINISH, onFinish)
  return {
    current: () => storage.getStore(),
    stop() {
      unsubscribe(START, onStart)
      unsubscribe(FINISH, onFinish)
      storage.disable()
    },
  }
}

/** Nothing of a path that may be a value: what a router has put before the route may hold one. */
function nameOf({ method = 'GET', baseUrl, route }: IncomingRequest): string {
  const path = route?.path
  if (typeof path !== 'string') return method
  return baseUrl === '' ? `${method} ${path}` : `${method} …${path}`
}
