// Finds Drizzle by the queries that it sends: the loading of an ES module cannot be watched, but its frames are on the stack
// when it calls pg. The builders of the copy that sent the query are watched from then on, so all of its queries except the
// very first name their line. Only the first queries of each pool and client are examined.
import Module from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { profileDrizzle } from '../drizzle/index.ts'
import { packageOf } from '../observe/package-of.ts'
import { rawFiles } from '../observe/raw-files.ts'

/** Before Drizzle uses a pool, other code rarely does, except for a health check. */
const LOOKS = 10

interface Driver {
  drizzle?: { mock?: (config: object) => never }
}

/** Returns a function to call with the pool or client before each query, while the sender is on the stack. */
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

const SESSION = /[\\/](?:node-postgres|postgres-js)[\\/]session\.c?js$/
const cache = (Module as unknown as { _cache: Record<string, { exports: Driver } | undefined> })._cache
/** With a relation, Drizzle 1.0 shows the class of its relational queries. Drizzle 0.45 ignores this. */
const STANDING_IN = { relations: { table: { name: 'table', table: {} } } }

/** In this form it remains an import when TypeScript compiles to CommonJS. */
const importFile = new Function('url', 'return import(url)') as (url: string) => Promise<Driver>
