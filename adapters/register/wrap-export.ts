// Has the function of postgres.js, which is an ES module, passed through `globalThis` before the application gets it. The exports
// of an ES module cannot be changed after it has been loaded, so its text is changed while Node.js loads it: one line, in its
// place, so that no line of a stack moves.
import { existsSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** The name under which the changed module finds the function that wraps its export. */
export const WRAPPER = Symbol.for('pg-loupe.postgres')

const NODE_MAJOR = Number.parseInt(process.versions.node, 10)

interface Loaded {
  format?: string | null
  source?: string | Uint8Array | null
}

interface HookingModule {
  /** Since Node.js 22.15. Until version 24 the process cannot load anything once `register` or `--loader` has added hooks, too. */
  registerHooks?(hooks: {
    load(url: string, context: object, nextLoad: (url: string, context: object) => Loaded): Loaded
  }): void
  /** Starts a thread, which takes some time. */
  register?(specifier: string): void
}

/** Wraps the export whenever the module is loaded from now on. */
export function wrapExport(): void {
  const { registerHooks, register } = Module as unknown as HookingModule
  if (registerHooks && NODE_MAJOR >= 24) {
    registerHooks({ load: (url, context, nextLoad) => passedOn(url, nextLoad(url, context)) })
  } else if (register && isInstalledNear() && !hasOtherPreloads()) {
    register(`data:text/javascript,${encodeURIComponent(THREAD)}`)
  }
}

/** This function is also sent to another thread as text, so it uses nothing but its arguments. */
function passedOn(url: string, loaded: Loaded): Loaded {
  if (loaded.format !== 'module' || !loaded.source || !/[\\/]src[\\/]index\.js(?:\?|$)/.test(url))
    return loaded
  const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
  if (!text.includes("import Connection from './connection.js'")) return loaded
  const wrapped = 'export default globalThis[Symbol.for("pg-loupe.postgres")]?.(Postgres) ?? Postgres'
  return { ...loaded, source: text.replace(/^export default Postgres$/m, wrapped) }
}

const THREAD = `
const passedOn = ${passedOn}
export const load = async (url, context, nextLoad) => passedOn(url, await nextLoad(url, context))`

/**
 * The thread loads everything that NODE_OPTIONS preloads once more, while this thread waits for it. A preload that waits for
 * this thread, as esbuild-register does, would stop the application for good.
 */
function hasOtherPreloads(): boolean {
  const preloads = process.env.NODE_OPTIONS?.match(
    /(?:^|\s)(?:-r|--require|--import|--(?:experimental-)?loader)(?=[\s=])/g,
  )
  return (preloads?.length ?? 0) > 1
}

/** The thread is only worth its time in an application that has postgres.js. */
function isInstalledNear(): boolean {
  return [process.cwd(), dirname(resolve(process.argv[1] ?? ''))].some((folder) => {
    for (let at = folder; ; at = dirname(at)) {
      if (existsSync(join(at, 'node_modules/postgres/package.json'))) return true
      if (at === dirname(at)) return false
    }
  })
}
