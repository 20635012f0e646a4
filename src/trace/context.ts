// How a query finds its trace: a value that follows asynchronous control flow. AsyncLocalStorage is the default; an
// adapter may bring another store (cls-hooked), so nothing else in the house names one.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

/** Carries one value along asynchronous calls. */
export interface ContextStore<T> {
  get(): T | undefined
  /** `undefined` is no value: what runs then belongs to nothing. */
  run<R>(value: T | undefined, fn: () => R): R
  /** Ties `fn` to the context of this moment; `this` and the arguments stay the caller's. */
  bind<F extends (...args: never[]) => unknown>(fn: F): F
}

export function asyncLocalContext<T>(): ContextStore<T> {
  const storage = new AsyncLocalStorage<T | undefined>()
  return {
    get: () => storage.getStore(),
    run: (value, fn) => storage.run(value, fn),
    bind: (fn) =>
      AsyncResource.bind(fn as unknown as (...args: unknown[]) => unknown) as unknown as typeof fn,
  }
}
