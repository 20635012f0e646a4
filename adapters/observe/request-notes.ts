// Knows each request to an HTTP server of this process, whatever answers it, and the code that runs for it. Node.js publishes the
// requests on channels, so nothing is patched.
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { requestTraceOf } from '../../src/http/request-trace.ts'
import { quietly } from './quietly.ts'

/** The facts about one request. */
export interface RequestNote {
  /** A profiler has begun a trace for it. */
  isTraced: boolean
  isOver: boolean
  /** How often a profiled pool or client was used without a trace that captures it. */
  uncaptured: number
  /** The name of its trace, or its method and its route if Express has set it. The name is known when the request ends. */
  name: string
}

export interface RequestNotes {
  /** The note of the request that the calling code runs for. */
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

/** `onEnd` is called for each request after its response has been sent. */
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
    // The trace has the complete pattern of its route by now.
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

/** The name without any part of the path that may be a value. The part that a router puts before the route may contain one. */
function nameOf({ method = 'GET', baseUrl, route }: IncomingRequest): string {
  const path = route?.path
  if (typeof path !== 'string') return method
  return baseUrl === '' ? `${method} ${path}` : `${method} …${path}`
}
