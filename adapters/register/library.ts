import type { RouteNamer } from '../../src/http/route-namer.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import type { LibraryFile } from '../observe/driver.ts'

/** A driver or a framework that `pg-loupe/register` profiles without any change to the application. */
export interface Library {
  /** Files to recognise when Node.js loads them. */
  readonly files?: readonly RegisteredFile[]
  /** Called once, for a library that is not found by the files of `files` alone. */
  watch?(start: () => Registered): void
  /** Names the requests that a framework answers. */
  routes?(profiler: Profiler): RouteNamer
}

interface RegisteredFile extends LibraryFile {
  /**
   * Called once for each loaded copy, with what the file exports. The application gets the value that is returned instead, if
   * one is returned. `start` starts the default profiler, unless it runs, and
   * traces the requests to all HTTP servers. Only a driver calls it: a process that loads no driver is left as it is.
   */
  profile(exported: unknown, start: () => Registered): unknown
}

export interface Registered {
  profiler: Profiler
  /** To be called with the pool or client before each query, while the code that sends the query is on the stack. */
  onQuery: (sender: object) => void
}
