// Finds Drizzle by the queries it sends: an ES module cannot be watched while it is loaded, but its frames are on the
// stack when it calls pg. The copy that sent the query is the one whose builders are then watched, so all of its queries
// but the very first name their line. Looks at the first queries of each pool and client only.
import Module from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { profileDrizzle } from '../drizzle/index.ts'
import { packageOf } from '../observe/package-of.ts'
import { rawFiles } from '../observe/raw-files.ts'

/** A pool that Drizzle uses is rarely used by others first, other than for a health check. */
const LOOKS = 10

interface Driver {
  drizzle?: { mock?: (config: object) => never }
}

/** Returns what has to be called with the pool or client of each query, from the frames of its sender. */
export function drizzleFinder(profiler: Profiler): (sender: object) => void {
  const { countInternalError } = recorderOf(profiler)
  const looks = new WeakMap<object, number>()
  const found = new Set<string>()

  const look = (sender: object) => {
    const count = looks.get(sender) ?? 0
    if (count >= LOOKS) return
    looks.set(sender, count + 1)
    const session = rawFiles().find((file) => SESSION.test(file))
    if (!session || found.has(session)) return
    looks.set(sender, LOOKS)
    found.add(session)
    const path = session.startsWith('file:') ? fileURLToPath(session) : session
    if (packageOf(path)?.name !== 'drizzle-orm') return
    const watch = ({ drizzle }: Driver) => {
      if (drizzle?.mock) profileDrizzle(drizzle.mock(STANDING_IN), profiler)
    }
    const driver = join(dirname(path), `driver${extname(path)}`)
    const required = cache[driver]
    if (required) watch(required.exports)
    else void importFile(pathToFileURL(driver).href).then(watch).catch(countInternalError)
  }

  return (sender) => {
    try {
      look(sender)
    } catch (error) {
      countInternalError(error)
    }
  }
}

const SESSION = /[\\/]node-postgres[\\/]session\.c?js$/
const cache = (Module as unknown as { _cache: Record<string, { exports: Driver } | undefined> })._cache
/** A relation, so that Drizzle 1.0 shows the class of its relational queries; 0.45 does not look at it. */
const STANDING_IN = { relations: { table: { name: 'table', table: {} } } }

/** Written so that it stays an import in CommonJS too. */
const importFile = new Function('url', 'return import(url)') as (url: string) => Promise<Driver>
