// Facts about the set-up in one process, as plain data: they can be written to a file, read by another process, and explained
// there. They contain no live object, no value of the application, and no judgement.
import type { Frame } from '../types/query.ts'

export interface SetupFacts {
  v: 1
  /** `NODE_ENV`, where it is set. */
  nodeEnv?: string | undefined
  /** `pg-loupe/register` was loaded and is on. */
  isRegistered: boolean
  /** An HTTP server of this process has answered a request, or listens. */
  isServer: boolean
  /** The process is about to end, so that what has not been seen does not come. */
  isEnding: boolean
  /** Copies of drivers that were found. */
  drivers: readonly PackageFacts[]
  /** Connections to a PostgreSQL server that no driver in `drivers` has opened; empty where connections are not watched. */
  unknownConnections: readonly UnknownConnection[]
  frameworks: readonly PackageFacts[]
  orms: readonly OrmFacts[]
  profilers: readonly ProfilerFacts[]
  sources: readonly SourceFacts[]
  requests: RequestFacts
  catalogs: readonly CatalogFacts[]
  /** The application's bundle that holds pg-loupe; absent where none does. */
  bundle?: BundleFacts | undefined
  /** Further facts about the process. Absent when they were not requested. */
  surroundings?: SurroundingFacts | undefined
}

/** Circumstances that affect the profiler without being part of the set-up. */
export interface SurroundingFacts {
  /** Version of Node.js, without the `v`. */
  node: string
  /** The versions of pg-loupe that were loaded. */
  versions: readonly string[]
  /** Profilers that are off: in production, or by an option or variable. */
  profilersOff: number
  /** A sentence for each variable PG_LOUPE_* that does not exist or has a wrong value. */
  wrongVariables: readonly string[]
  /** Comments `pg-loupe-ignore` that leave nothing out, each with the line of its query. */
  wrongComments: readonly WrongComment[]
  /** In a process of a test runner, and below one. */
  tests?: TestNotes | undefined
}

export interface BundleFacts {
  file: string
  hasSourceMap: boolean
  /** False when PostgreSQL's parser was asked for and not found. */
  hasParser: boolean
}

export interface WrongComment {
  why: 'no reason' | 'unknown detector' | 'wrong day'
  place?: Frame | undefined
}

export type RunnerName = 'vitest' | 'jest' | 'mocha' | 'node:test'

export interface TestNotes {
  /** Absent in a process that is not the runner's own, such as a server that a test has started. */
  runner?: RunnerName | undefined
  /** The set-up file of pg-loupe has been loaded. */
  hasSetUp: boolean
  /** Tests that ran in a trace of their own. */
  traced: number
}

export interface PackageFacts {
  name: string
  /** As in its package.json. */
  version?: string | undefined
}

export interface UnknownConnection {
  /** The package that opened it; absent where it was code of the application, or in a bundle. */
  usedBy?: string | undefined
  place?: Frame | undefined
  connections: number
}

export interface OrmFacts extends PackageFacts {
  /** Queries in traces that it sent, as far as they were looked at: only the first ones of each pool and client are. */
  queries: number
  /** Number of these queries without a known line of the application. */
  queriesWithoutLine: number
}

/** `asked`: the application has called `report` or `analyze`. */
export type ProfilerOutput = 'console' | 'listener' | 'report' | 'traces' | 'collected' | 'panel' | 'asked'

/** A profiler that is on; other facts name it by its position. */
export interface ProfilerFacts {
  isDefault: boolean
  /** Calls of `profileRequests` with this profiler. */
  middlewares: number
  /** Requests that passed them. */
  requests: number
  /** True when queries outside of any trace get traces of their own. */
  collectsUntraced: boolean
  /** Where its findings go, as far as they go anywhere. */
  outputs?: readonly ProfilerOutput[] | undefined
}

/** A pool, or a client that belongs to none. */
export interface SourceFacts {
  kind: 'pool' | 'client'
  /** The name of its driver: `pg`, `postgres.js`. */
  driver?: string | undefined
  /** Name of its database. */
  database?: string | undefined
  /** Most connections of a pool. */
  size?: number | undefined
  /** Position of the profiler that profiles it; absent when none does. */
  profiler?: number | undefined
  /** `unprofilePool` or `unprofileClient` took the profiler off. */
  isLeftOut?: boolean | undefined
  /** The package that uses it; absent when the application does. */
  usedBy?: string | undefined
  /** Line of the application that used it first, as far as known. */
  place?: Frame | undefined
  /** Line of the application in a burst outside, as far as known. */
  outsidePlace?: Frame | undefined
  uses: SourceUses
}

/** How often it was used. A use is a call of `pool.query` or `pool.connect`, or a query of a client without a pool. */
export interface SourceUses {
  /** In a trace of its own profiler. */
  captured: number
  /** Not captured, in a request or job that another profiler traces; of a source that is not profiled, that any traces. */
  inOtherTraces: number
  /** Not captured, in a request to a server of this process that no profiler traces. */
  inUntracedRequests: number
  /** In no request and no trace. */
  outside: number
  /** Times when it was used several times in quick succession outside, after the application had started. */
  bursts: number
}

interface RequestFacts {
  /** Requests to HTTP servers of this process. */
  seen: number
  traced: number
  /** By their method and route where it is known; the first ones only. */
  routes: readonly { name: string; requests: number }[]
  /** Requests without a trace in which a profiled pool or client was used, by their method and route where it is known. */
  untraced: readonly { name: string; requests: number }[]
  /** Requests in which one was used before their trace began. */
  tracedLate: readonly { name: string; requests: number }[]
}

export interface CatalogFacts {
  database?: string | undefined
  /** `off`: by default, and not by the option `catalog`. `failed`: it was asked for, and could not be read. */
  state: 'read' | 'off' | 'failed'
  /** SQLSTATE of the database's error, or the code of Node.js. */
  errorCode?: string | undefined
}
