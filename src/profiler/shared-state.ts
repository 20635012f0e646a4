// The state that all copies of pg-loupe in one process share. An application can load two copies, for example one inside a
// bundle and one from node_modules. Both must see the same traces, so the state is stored under one symbol of globalThis.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PanelLink } from '../panel/connect/panel-link.ts'
import { type SetupNotes, startNotes } from '../setup/setup-notes.ts'
import type { ShownFinding } from '../testing/shown-in-failures.ts'
import type { CapturedStack } from '../trace/call-site/call-site.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import type { QueryRecording } from '../trace/query-recording.ts'
import type { Ignore } from '../types/query.ts'
import type { Profiler } from './profiler-interface.ts'
import type { Recorder } from './recorder.ts'

/**
 * Where the next query comes from, told by an adapter that saw the application's frame before the driver did. It is
 * good for one query: what else happens in its context (a new connection's set-up) is not from there.
 */
export interface QueryOrigin {
  /** Where the query was awaited, when that is not on the stack any more once it reaches the driver. */
  stack?: CapturedStack | undefined
  built?: CapturedStack | undefined
  readonly via: string
  tables?: (() => readonly string[]) | undefined
  used?: boolean
  /** The driver's, once the query has been sent. */
  recording?: QueryRecording | undefined
}

interface SharedState {
  defaultProfiler?: Profiler
  /** There is a profiler that is on. */
  isProfiling: boolean
  readonly origin: AsyncLocalStorage<QueryOrigin | undefined>
  /** The reasons of the calls of `ignore` around the running code, outermost first. */
  readonly ignores: AsyncLocalStorage<readonly Ignore[]>
  /** Instrumented objects of other libraries, each with the function that undoes it. */
  readonly instrumented: WeakMap<object, () => void>
  /** Profilers that are on, in the order they were made: the latest ones. */
  readonly profilers: WeakRef<Profiler>[]
  /** The profiler of each pool and client that is profiled, or was. */
  readonly profilerOf: WeakMap<object, Profiler>
  /** Pools and clients from which the application has taken the profiler. */
  readonly leftOut: WeakSet<object>
  /** Watches what the set-up leaves out; the adapter that makes it knows what it is. */
  setupWatch?: unknown
  /** To be called when what it has not watched itself may have to be said. */
  setupChanged?: () => void
  /** Requests to servers that are traced, and their responses, until they are closed; the adapter knows what it keeps of them. */
  requests: Map<object, unknown>
  /** Requests whose sender is known, with the trace it sent them in. */
  readonly requestParents: WeakMap<object, LiveTrace>
  /** Profilers that want the lines of Drizzle's queries. */
  readonly drizzleRecorders: Set<Recorder>
  /** The ids of the users' detectors of all profilers. Calls of `ignore` may name them. */
  readonly ruleIds: Set<string>
  readonly setupNotes: SetupNotes
  /** Findings in the messages of assertions that failed, the tests that failed by such, and the file that says so. */
  readonly failedVerdicts: {
    readonly pending: Map<string, readonly ShownFinding[]>
    readonly tests: Set<string>
    file?: string | undefined
  }
  /** The links to live panels, by the address of the panel. The empty text stands for the panel of this machine. */
  readonly panels: Map<string, PanelLink>
  /** Warnings that have been given and are not repeated. */
  readonly warnings: Set<string>
  /** Work to do before the process ends, in this order. */
  readonly lastActs: Set<() => void>
  /** The part of this work that is also correct when the process continues. */
  readonly flushes: Set<() => void>
}

const KEY = Symbol.for('pg-loupe')
/** jest 30 deletes the properties of what it finds on the global object of a finished test file, unless they are marked so. */
const KEPT_BY_JEST = Symbol.for('$$jest-protect-from-deletion')

export function sharedState(): SharedState {
  const holder = globalThis as { [KEY]?: SharedState }
  const known = holder[KEY]
  if (known) return known
  const state: SharedState = {
    isProfiling: false,
    origin: new AsyncLocalStorage(),
    ignores: new AsyncLocalStorage(),
    instrumented: new WeakMap(),
    profilers: [],
    profilerOf: new WeakMap(),
    leftOut: new WeakSet(),
    requests: new Map(),
    requestParents: new WeakMap(),
    drizzleRecorders: new Set(),
    ruleIds: new Set(),
    setupNotes: startNotes(),
    failedVerdicts: { pending: new Map(), tests: new Set() },
    panels: new Map(),
    warnings: new Set(),
    lastActs: new Set(),
    flushes: new Set(),
  }
  // An empty list stands for all properties.
  Object.defineProperty(state, KEPT_BY_JEST, { value: [] })
  holder[KEY] = state
  return state
}

/** Does it, synchronously, when the process exits; more than once where that is announced before. One listener serves all. */
export function atExit(act: () => void): void {
  const { lastActs } = sharedState()
  if (lastActs.size === 0) {
    process.once('exit', actLast)
  }
  lastActs.add(act)
}

/** For code that knows that the process is about to be killed without an exit event. */
export function actLast(): void {
  const { lastActs, setupNotes } = sharedState()
  doAll(lastActs)
  // Traces that were open have closed by now.
  setupNotes.leave?.()
}

/** An error of one task must not prevent the next one. It cannot be reported any more. */
export function doAll(acts: ReadonlySet<() => void>): void {
  for (const act of acts) {
    try {
      act()
    } catch {}
  }
}

/** The origin of the query that is being sent, once. */
export function takeOrigin(): QueryOrigin | undefined {
  const origin = sharedState().origin.getStore()
  if (!origin || origin.used) return undefined
  origin.used = true
  return origin
}
