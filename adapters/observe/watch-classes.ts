// Hears of each use of pg's pools and clients, profiled or not, at the methods of their classes through which everything
// passes. It only looks: arguments, results and errors stay as they are, and it can be taken off again.
import { prototypesWith } from '../../src/host/prototypes-with.ts'
import { aroundMethod, type Method } from '../../src/host/replace-method.ts'
import { packageOf } from './package-of.ts'
import { likelyPgFile, moduleCache } from './pg-files.ts'

/** A copy of pg whose classes are watched. */
interface FoundDriver {
  name: string
  version?: string | undefined
}

type OnUse = (source: object, below: Method) => void

export interface WatchedClasses {
  /** Copies of pg that were found in the module cache. */
  readonly drivers: readonly FoundDriver[]
  /** Looks for copies of pg that have been loaded since. */
  find(): void
  /** The class of this pool or client, wherever it comes from. */
  addClassOf(source: object, kind: 'pool' | 'client'): void
  undo(): void
}

const NATIVE = /[\\/]native[\\/]client\.js$/
/** The method that each use passes, in the context of whoever uses it. */
const METHODS = { pool: 'connect', client: 'query' } as const

export function watchClasses(onUse: { pool: OnUse; client: OnUse }): WatchedClasses {
  const drivers: FoundDriver[] = []
  const known = new WeakSet<object>()
  const undos: (() => void)[] = []
  const looked = new Set<string>()

  const watch = (prototype: object, kind: 'pool' | 'client') => {
    if (known.has(prototype)) return
    known.add(prototype)
    const use = onUse[kind]
    undos.push(
      aroundMethod(prototype, METHODS[kind], (target, original, args, below) => {
        use(target, below)
        return Reflect.apply(original, target, args)
      }),
    )
  }

  return {
    drivers,
    find() {
      for (const [filename, module] of Object.entries(moduleCache())) {
        if (!module?.loaded) continue
        const file = likelyPgFile(filename, module.exports)
        if (!file || looked.has(filename)) continue
        looked.add(filename)
        const found = packageOf(filename)
        if (found?.name !== file.package) continue
        if (file.kind === 'client')
          drivers.push(NATIVE.test(filename) ? { ...found, name: 'pg.native' } : found)
        watch((module.exports as { prototype: object }).prototype, file.kind)
      }
    },
    addClassOf(source, kind) {
      const prototype = prototypesWith(source, METHODS[kind]).at(-1)
      if (prototype) watch(prototype, kind)
    },
    undo() {
      for (const undo of undos.reverse()) undo()
    },
  }
}
