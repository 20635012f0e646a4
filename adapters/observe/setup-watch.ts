// Watches how an application is set up while it runs, to report which parts are not captured. The watch only counts: it profiles
// nothing, changes nothing that the application sees, and stops when it has seen enough.
import Module from 'node:module'
import { now } from '../../src/host/real-time.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import type { BundleFacts, OrmFacts, SetupFacts, SourceFacts } from '../../src/setup/setup-facts.ts'
import { isParserMissing } from '../../src/sql/index.ts'
import { type OwnBundle, ownBundle } from '../../src/trace/call-site/own-bundle.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import type { Driver } from './driver.ts'
import { lookAtStack, type StackLook } from './look-at-stack.ts'
import { packageOf } from './package-of.ts'
import { quietly } from './quietly.ts'
import { noteRequests, type RequestNote } from './request-notes.ts'
import {
  isLeftOut,
  noteLook,
  noteOutside,
  profilerOfObject,
  type Source,
  SourceUseCounts,
  type UseKind,
} from './source-uses.ts'
import { watchClasses } from './watch-classes.ts'
import { watchConnections } from './watch-connections.ts'

export interface SetupWatch {
  /** `profileRequests` was called. */
  middlewareMade(profiler: Profiler): void
  /** A profiler begins a trace for the request that the calling code runs for. */
  requestTraced(profiler: Profiler): void
  /** A pool or client was profiled: from now on, others of its class are watched too. */
  sourceProfiled(source: object, driver: Driver, kind: 'pool' | 'client'): void
  /** The same for a pool of a driver whose class cannot be reached from it. */
  poolProfiled(source: object, driver: Driver, copy: { prototype: object; version: string | undefined }): void
  /** Looks for copies of drivers that have been loaded since. */
  findDrivers(): void
  facts(isEnding?: boolean): SetupFacts
  /** Stops watching. The facts remain. */
  stop(): void
}

interface WatchOptions {
  /** Called when the facts may tell something that they did not tell before. */
  onChange?(): void
  /** Also watches for connections to PostgreSQL that no known driver opens. */
  watchesConnections?: boolean
  /** The watch stops after so many requests and uses. */
  most: { requests: number; uses: number }
}

/** For each source, so many stacks of uses inside requests are read, and as many of uses outside. */
const LOOKS = 10
/** So many different names of requests are kept. */
const MOST_NAMES = 20
/** Uses within this time belong to the start of the application, unless a request has come before. */
const START_MS = 10_000
/** At these requests copies of drivers are searched for that were loaded late. */
const REQUESTS_TO_FIND_AT: ReadonlySet<number> = new Set([1, 10, 100])

export function createSetupWatch({
  onChange = () => {},
  watchesConnections = false,
  most,
}: WatchOptions): SetupWatch {
  const sources = new SourceUseCounts()
  const orms = new Map<string, { -readonly [Name in keyof OrmFacts]: OrmFacts[Name] }>()
  const middlewares = new Map<Profiler, { middlewares: number; requests: number }>()
  const requests = {
    seen: 0,
    traced: 0,
    routes: new Map<string, number>(),
    untraced: new Map<string, number>(),
    tracedLate: new Map<string, number>(),
  }
  const startedMs = now()
  let uses = 0
  let isExpress = false
  let isStopped = false
  let bundle: { known: OwnBundle | undefined } | undefined

  const classes = watchClasses({
    pool: quietly((pool, driver, below) => {
      const profiler = profilerOfObject(pool)
      if (!profiler && isOurs(pool)) return
      noteUse(sources.ofPool(pool, driver), profiler, pool, below)
    }),
    client: quietly((client, driver, below) => {
      const profiler = profilerOfObject(client)
      if (!profiler && isOurs(client)) return
      noteUse(sources.ofClient(client, driver, profiler), profiler, client, below)
    }),
  })
  const notes = noteRequests((note, isOfExpress) => {
    isExpress ||= isOfExpress
    requests.seen++
    if (note.isTraced) requests.traced++
    count(requests.routes, note.name)
    if (note.uncaptured > 0) {
      const names = note.isTraced ? requests.tracedLate : requests.untraced
      count(names, note.name)
    }
    if (note.uncaptured > 0 || sources.all().some(({ isFirstUserGone }) => isFirstUserGone)) onChange()
    if (REQUESTS_TO_FIND_AT.has(requests.seen)) classes.find()
    if (requests.seen >= most.requests) stop()
  })
  const connections = watchesConnections ? watchConnections(onChange) : undefined
  classes.find()
  sharedState().setupChanged = onChange

  function noteUse(
    source: Source | undefined,
    profiler: Profiler | undefined,
    object: object,
    below: (...args: never[]) => unknown,
  ): void {
    if (!source) return
    if (++uses >= most.uses) stop()
    const kind = kindOfUse(profiler, notes.current())
    if (!kind) return
    source.uses[kind]++
    if (source.looks < LOOKS) {
      const look = lookAtStack(below)
      noteLook(source, look)
      noteOrms(look, kind === 'captured' ? profiler : undefined)
    }
    if (kind === 'outside') {
      const hasStarted = requests.seen > 0 || now() - startedMs > START_MS
      if (hasStarted && noteOutside(source)) {
        source.outsidePlace ??= lookAtStack(below).place
        onChange()
      }
    } else if (kind !== 'captured' && !isLeftOut(object)) {
      source.isFirstUserGone ??= whetherGone(notes.current(), traceOfAnother(profiler))
      onChange()
    }
  }

  function kindOfUse(profiler: Profiler | undefined, note: RequestNote | undefined): UseKind | undefined {
    const own = profiler && openTraceOf(profiler)
    if (own) return 'captured'
    const other = traceOfAnother(profiler)
    // A test may use what it wants for its own set-up.
    if (other?.kind === 'test') return undefined
    if (other) return 'inOtherTraces'
    if (note && !note.isOver) {
      if (profiler) note.uncaptured++
      return 'inUntracedRequests'
    }
    return profiler && coreOf(profiler).collectsUntraced ? 'captured' : 'outside'
  }

  /** `profiler` is given for a query that it captures. */
  function noteOrms({ place, packages }: StackLook, profiler: Profiler | undefined): void {
    const drizzle = packages.find(({ name }) => name === 'drizzle-orm')
    if (!drizzle) return
    const known = orms.get(drizzle.name)
    const orm = known ?? {
      name: drizzle.name,
      version: versionAt(drizzle.file, drizzle.name),
      queries: 0,
      queriesWithoutLine: 0,
    }
    orms.set(drizzle.name, orm)
    // Queries that are only counted have no line anyway.
    if (!profiler || !coreOf(profiler).isRecording()) return
    orm.queries++
    if (place === undefined && !sharedState().drizzleRecorders.has(coreOf(profiler))) {
      orm.queriesWithoutLine++
      onChange()
    }
  }

  function stop(): void {
    if (isStopped) return
    isStopped = true
    notes.stop()
    classes.undo()
    connections?.undo()
    onChange()
  }

  const bundleFacts = (): BundleFacts | undefined => {
    // Determined as late as possible, because this may read a large source map.
    bundle ??= { known: ownBundle() }
    return bundle.known && { ...bundle.known, hasParser: !isParserMissing() }
  }

  return {
    middlewareMade(profiler) {
      const known = middlewares.get(profiler)
      if (known) known.middlewares++
      else middlewares.set(profiler, { middlewares: 1, requests: 0 })
    },
    requestTraced(profiler) {
      if (isStopped) return
      const known = middlewares.get(profiler)
      if (known) known.requests++
      const note = notes.current()
      if (note) note.isTraced = true
    },
    sourceProfiled(source, driver, kind) {
      sources.profiled(source)
      classes.addClassOf(source, driver, kind)
      classes.find()
    },
    poolProfiled(source, driver, { prototype, version }) {
      sources.profiled(source)
      classes.find()
      classes.addClass(prototype, driver, version)
    },
    findDrivers: classes.find,
    facts(isEnding = false) {
      const state = sharedState()
      const profilers = profilersOn()
      return {
        v: 1,
        nodeEnv: process.env.NODE_ENV,
        isRegistered: state.instrumented.has(Module),
        isServer: requests.seen > 0 || middlewares.size > 0 || isListening(),
        isEnding,
        drivers: classes.drivers.map(({ name, version }) => ({ name, version })),
        unknownConnections: connections?.all() ?? [],
        frameworks: isExpress ? [{ name: 'express' }] : [],
        orms: [...orms.values()].map((orm) => ({ ...orm })),
        profilers: profilers.map((profiler) => ({
          isDefault: profiler === state.defaultProfiler,
          middlewares: 0,
          requests: 0,
          ...middlewares.get(profiler),
          collectsUntraced: coreOf(profiler).collectsUntraced,
          outputs: [...coreOf(profiler).outputs],
        })),
        sources: sources.all().map((source) => factsOf(source, profilers, isEnding)),
        requests: {
          seen: requests.seen,
          traced: requests.traced,
          routes: listed(requests.routes),
          untraced: listed(requests.untraced),
          tracedLate: listed(requests.tracedLate),
        },
        catalogs: profilers.flatMap((profiler) => coreOf(profiler).catalogs()),
        bundle: bundleFacts(),
      }
    },
    stop,
  }
}

/** Whether this is for a connection that the profiler itself has opened. */
function isOurs(object: object): boolean {
  return sharedState().instrumented.has(object)
}

function openTraceOf(profiler: Profiler): LiveTrace | undefined {
  const trace = coreOf(profiler).currentTrace()
  return trace && (!trace.closed || trace.mode === 'unsampled') ? trace : undefined
}

function traceOfAnother(profiler: Profiler | undefined): LiveTrace | undefined {
  for (const other of profilersOn()) {
    const trace = other === profiler ? undefined : openTraceOf(other)
    if (trace) return trace
  }
  return undefined
}

/** Returns whether the request, or the job of another profiler, is over. */
function whetherGone(note: RequestNote | undefined, trace: LiveTrace | undefined): () => boolean {
  return () => note?.isOver ?? trace?.closed ?? true
}

/** An ORM sends queries of its own on a new connection before it calls the hook in which the application profiles it. */
function isAwaited({ kind, object, isFirstUserGone }: Source): boolean {
  return kind === 'client' && !profilerOfObject(object.deref()) && isFirstUserGone?.() === false
}

function profilersOn(): Profiler[] {
  return sharedState().profilers.flatMap((profiler) => profiler.deref() ?? [])
}

function factsOf(source: Source, profilers: readonly Profiler[], isEnding: boolean): SourceFacts {
  const { kind, driver, database, size, place, outsidePlace, usedBy, uses } = source
  const object = source.object.deref()
  const profiler = profilerOfObject(object)
  const position = profiler ? profilers.indexOf(profiler) : -1
  return {
    kind,
    driver,
    database,
    size,
    ...(position < 0 ? {} : { profiler: position }),
    ...(isLeftOut(object) ? { isLeftOut: true } : {}),
    usedBy,
    place,
    outsidePlace,
    uses: { ...uses, ...(isAwaited(source) && !isEnding ? { inOtherTraces: 0, inUntracedRequests: 0 } : {}) },
  }
}

function count(names: Map<string, number>, name: string): void {
  if (names.has(name) || names.size < MOST_NAMES) names.set(name, (names.get(name) ?? 0) + 1)
}

function listed(names: ReadonlyMap<string, number>): { name: string; requests: number }[] {
  return [...names].map(([name, requests]) => ({ name, requests }))
}

function versionAt(file: string, name: string): string | undefined {
  const folder = file.slice(0, file.replaceAll('\\', '/').lastIndexOf(`/${name}/`) + name.length + 1)
  return packageOf(`${folder}/package.json`)?.version
}

function isListening(): boolean {
  return process.getActiveResourcesInfo().includes('TCPServerWrap')
}
