// Counts how often each pool of a process was used, and each client without a pool, and where. Clients without a pool that are
// alike (those of an ORM with a pool of its own) are one source. The number of sources is bounded.

import { now } from '../../src/host/real-time.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import type { SourceFacts, SourceUses } from '../../src/setup/setup-facts.ts'
import type { Driver } from './driver.ts'
import type { StackLook } from './look-at-stack.ts'

/** An application has a few sources; further ones are ignored. */
const MOST_SOURCES = 50
/** Uses outside of requests that follow each other so closely are one burst: one turn of a job, not a timer that pings. */
const BURST_GAP_MS = 100
const USES_OF_BURST = 5
/** A burst that begins sooner than this after the last one is the same turn, interrupted by a slow query. */
const BURSTS_APART_MS = 1_000

export type UseKind = keyof Omit<SourceUses, 'bursts'>

export interface Source {
  readonly kind: 'pool' | 'client'
  readonly driver: string | undefined
  readonly database: string | undefined
  readonly size: number | undefined
  /** The pool, or the first of the clients. */
  readonly object: WeakRef<object>
  readonly uses: { -readonly [Name in keyof SourceUses]: SourceUses[Name] }
  /** How often the stack of a use was read. */
  looks: number
  place: SourceFacts['place']
  usedBy: string | undefined
  outsidePlace: SourceFacts['outsidePlace']
  lastOutsideMs: number
  lastBurstMs: number
  usesOfBurst: number
  /** For a client: whether the request or job that used it first is over. Until then an ORM may be about to profile it. */
  isFirstUserGone: (() => boolean) | undefined
}

export class SourceUseCounts {
  readonly #ofObject = new WeakMap<object, Source>()
  readonly #clients = new Map<string, Source>()
  readonly #sources: Source[] = []

  all(): readonly Source[] {
    return this.#sources
  }

  ofPool(pool: object, driver: Driver): Source | undefined {
    return this.#ofObject.get(pool) ?? this.#add(pool, 'pool', driver)
  }

  /** `undefined` for a client that belongs to a pool, because its uses are counted for the pool. */
  ofClient(client: object, driver: Driver, profiler: Profiler | undefined): Source | undefined {
    const known = this.#ofObject.get(client)
    if (known && profilerOf(known) === profiler) return known
    if (driver.isPooled(client, this.#pools())) return undefined
    const key = JSON.stringify([driver.databaseName(client), profiler !== undefined, isLeftOut(client)])
    const alike = this.#clients.get(key)
    if (alike && profilerOf(alike) === profiler) {
      this.#ofObject.set(client, alike)
      return alike
    }
    const added = this.#add(client, 'client', driver)
    if (added) this.#clients.set(key, added)
    return added
  }

  /**
   * The pool or client is profiled from now on. Earlier queries do not count: an ORM asks for the
   * version or sets the time zone on a new connection before it calls the hook in which the application profiles it.
   */
  profiled(object: object): void {
    const source = this.#ofObject.get(object)
    if (!source || source.object.deref() !== object || source.uses.captured > 0) return
    this.#ofObject.delete(object)
    this.#sources.splice(this.#sources.indexOf(source), 1)
    for (const [key, alike] of this.#clients) if (alike === source) this.#clients.delete(key)
  }

  #add(object: object, kind: 'pool' | 'client', driver: Driver): Source | undefined {
    if (this.#sources.length >= MOST_SOURCES) return undefined
    const source: Source = {
      kind,
      driver: driver.classes[0]?.name,
      database: driver.databaseName(object),
      size: kind === 'pool' ? driver.poolSize(object) : undefined,
      object: new WeakRef(object),
      uses: { captured: 0, inOtherTraces: 0, inUntracedRequests: 0, outside: 0, bursts: 0 },
      looks: 0,
      place: undefined,
      usedBy: undefined,
      outsidePlace: undefined,
      lastOutsideMs: 0,
      lastBurstMs: 0,
      usesOfBurst: 0,
      isFirstUserGone: undefined,
    }
    this.#sources.push(source)
    this.#ofObject.set(object, source)
    return source
  }

  *#pools(): Iterable<object> {
    for (const { kind, object } of this.#sources) {
      const pool = kind === 'pool' ? object.deref() : undefined
      if (pool) yield pool
    }
  }
}

/** Notes a use outside of any request, after the application has started. Returns whether a burst is complete with it. */
export function noteOutside(source: Source): boolean {
  const nowMs = now()
  if (nowMs - source.lastOutsideMs > BURST_GAP_MS) source.usesOfBurst = 0
  source.lastOutsideMs = nowMs
  if (++source.usesOfBurst !== USES_OF_BURST) return false
  if (nowMs - source.lastBurstMs < BURSTS_APART_MS) return false
  source.lastBurstMs = nowMs
  source.uses.bursts++
  return true
}

/** Keeps the place and the package of the first look that has them. */
export function noteLook(source: Source, { place, packages }: StackLook): void {
  source.looks++
  source.place ??= place
  source.usedBy ??= packages[0]?.name
}

export function profilerOfObject(object: object | undefined): Profiler | undefined {
  const { instrumented, profilerOf } = sharedState()
  return object && instrumented.has(object) ? profilerOf.get(object) : undefined
}

function profilerOf({ object }: Source): Profiler | undefined {
  return profilerOfObject(object.deref())
}

export function isLeftOut(object: object | undefined): boolean {
  return object !== undefined && sharedState().leftOut.has(object)
}
