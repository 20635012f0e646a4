// Notes each use of the pools and clients of all known drivers, profiled or not, at the methods that each use passes. This only
// looks: arguments, results and errors stay as they are, and the methods can be restored.
import { prototypesWith } from '../../src/host/prototypes-with.ts'
import { aroundMethod, type Method } from '../../src/host/replace-method.ts'
import type { Driver, DriverClass } from './driver.ts'
import { DRIVERS } from './drivers.ts'
import { moduleCache } from './module-cache.ts'
import { packageOf } from './package-of.ts'

/** A copy of a driver whose classes are watched. */
interface FoundDriver {
  name: string
  version?: string | undefined
}

/** `below` is the function that the application called, to look at the stack above it. */
type OnUse = (source: object, driver: Driver, below: Method) => void

export interface WatchedClasses {
  /** Copies of drivers that were found in the module cache. */
  readonly drivers: readonly FoundDriver[]
  /** Looks for copies of drivers that have been loaded since. */
  find(): void
  /** Watches the class of this pool or client, wherever it was loaded from. */
  addClassOf(source: object, driver: Driver, kind: DriverClass['kind']): void
  /** Watches this class of a copy that is in no module cache. */
  addClass(prototype: object, driver: Driver, version: string | undefined): void
  undo(): void
}

/** Whether a module that was just loaded may be a file of a driver. */
export function looksLikeDriver(filename: string, exported: unknown): boolean {
  return DRIVERS.some(({ classes }) => classes.some(({ file }) => file.looksLike(filename, exported)))
}

export function watchClasses(onUse: { pool: OnUse; client: OnUse }): WatchedClasses {
  const drivers: FoundDriver[] = []
  const known = new WeakSet<object>()
  const undos: (() => void)[] = []
  const looked = new Set<string>()

  const watch = (prototype: object, driver: Driver, { kind, method, sourceOf }: DriverClass) => {
    if (known.has(prototype)) return
    known.add(prototype)
    const use = onUse[kind]
    undos.push(
      aroundMethod(prototype, method, (target, original, args, below) => {
        const source = sourceOf ? sourceOf(target) : target
        if (source) use(source, driver, below)
        return Reflect.apply(original, target, args)
      }),
    )
  }
  const look = (filename: string, exported: unknown) => {
    for (const driver of DRIVERS) {
      const found = driver.classes.find(({ file }) => file.looksLike(filename, exported))
      if (!found || looked.has(filename)) continue
      looked.add(filename)
      const itsPackage = packageOf(filename)
      if (itsPackage?.name !== found.file.package) continue
      // pg-pool is no driver of its own.
      if (found.kind === 'client' || found.classIn) drivers.push({ ...itsPackage, name: found.name })
      const { prototype } = found.classIn?.(exported) ?? (exported as { prototype: object })
      watch(prototype, driver, found)
    }
  }

  return {
    drivers,
    find() {
      for (const [filename, module] of Object.entries(moduleCache())) {
        if (module?.loaded) look(filename, module.exports)
      }
    },
    addClassOf(source, driver, kind) {
      const itsClass = driver.classes.find((one) => one.kind === kind)
      const prototype = itsClass && prototypesWith(source, itsClass.method).at(-1)
      if (prototype) watch(prototype, driver, itsClass)
    },
    addClass(prototype, driver, version) {
      const [itsClass] = driver.classes
      if (!itsClass || known.has(prototype)) return
      drivers.push({ name: itsClass.name, version })
      watch(prototype, driver, itsClass)
    },
    undo() {
      for (const undo of undos.reverse()) undo()
    },
  }
}
