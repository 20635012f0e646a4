// Watches the queries of one copy of postgres.js: where each is made, and when it is handed to the driver. Every form makes a `Query`,
// and every form passes its `handle`. The class is not replaced: its superclass, Promise, gets a subclass in between, whose
// constructor sees where a query is made.
import { replaceMethod } from '../../src/host/replace-method.ts'
import type { Recorder } from '../../src/profiler/recorder.ts'
import { type CapturedStack, captureStack } from '../../src/trace/call-site/call-site.ts'
import { rawFiles } from '../observe/raw-files.ts'
import type { QueryClass, QueryInside } from './postgres-like.ts'

export interface WatchedPool {
  readonly recorder: Recorder
  /** The query is handed to the driver for the first time. `madeAt` is where, if that was captured. */
  handled(query: QueryInside, madeAt: CapturedStack | undefined): void
}

export interface WatchedCopy {
  /** The files on the stack while `make` makes a query. */
  filesMaking(make: () => unknown): readonly string[]
  /** Watches the queries with this canceller, which all queries of one pool share. */
  add(canceller: object, pool: WatchedPool): () => void
}

const copies = new WeakMap<QueryClass, WatchedCopy>()

export function watchCopy(Query: QueryClass): WatchedCopy {
  const known = copies.get(Query)
  if (known) return known
  const copy = newCopy(Query)
  copies.set(Query, copy)
  return copy
}

function newCopy(Query: QueryClass): WatchedCopy {
  const pools = new WeakMap<object, WatchedPool>()
  /** How many pools each recorder records. */
  const recorders = new Map<Recorder, number>()
  let undo: (() => void) | undefined
  let heardFiles: readonly string[] | undefined

  const made = (below: (...args: never[]) => unknown): CapturedStack | undefined => {
    for (const recorder of recorders.keys()) {
      try {
        if (recorder.isRecording()) return captureStack(below)
      } catch (error) {
        recorder.countInternalError(error)
      }
    }
    return undefined
  }

  /** Patches the class while any pool is watched. */
  const patch = (): (() => void) => {
    const Parent = Object.getPrototypeOf(Query) as PromiseConstructor
    class MadeQuery<T> extends Parent<T> {
      #madeAt: CapturedStack | undefined

      constructor(executor: (resolve: (value: T | PromiseLike<T>) => void, reject: () => void) => void) {
        super(executor)
        this.#madeAt = made(Query as never)
        if (heardFiles) heardFiles = rawFiles()
      }

      static madeAt(query: object): CapturedStack | undefined {
        if (!(#madeAt in query)) return undefined
        const query_ = query as MadeQuery<unknown>
        const stack = query_.#madeAt
        query_.#madeAt = undefined
        return stack
      }
    }
    Object.setPrototypeOf(Query, MadeQuery)
    const undoHandle = replaceMethod(Query.prototype, 'handle', (original) => {
      return function handle(this: QueryInside): unknown {
        const pool = this.executed || !this.canceller ? undefined : pools.get(this.canceller)
        if (!pool) return Reflect.apply(original(), this, [])
        const { context, countInternalError } = pool.recorder
        try {
          pool.handled(this, MadeQuery.madeAt(this))
        } catch (error) {
          countInternalError(error)
        }
        const hand = () => Reflect.apply(original(), this, [])
        // A connection that is opened for this query outlives its trace.
        return context.get() === undefined ? hand() : context.run(undefined, hand)
      }
    })
    return () => {
      undoHandle()
      if (Object.getPrototypeOf(Query) === MadeQuery) Object.setPrototypeOf(Query, Parent)
    }
  }

  return {
    filesMaking(make) {
      heardFiles = []
      try {
        make()
        return heardFiles
      } finally {
        heardFiles = undefined
      }
    },
    add(canceller, pool) {
      const { recorder } = pool
      pools.set(canceller, pool)
      recorders.set(recorder, (recorders.get(recorder) ?? 0) + 1)
      undo ??= patch()
      return () => {
        if (!pools.delete(canceller)) return
        const left = (recorders.get(recorder) ?? 1) - 1
        if (left > 0) recorders.set(recorder, left)
        else recorders.delete(recorder)
        if (recorders.size > 0) return
        undo?.()
        undo = undefined
      }
    },
  }
}
