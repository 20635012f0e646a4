// Runs code in the asynchronous context in which this package was loaded. A socket or timer keeps the context in which it was
// made for as long as it lives: one that is made while a request runs would keep the request's AsyncLocalStorage stores.
import { AsyncResource } from 'node:async_hooks'

const loading = new AsyncResource('pg-loupe')

export function outsideContext<Result>(fn: () => Result): Result {
  return loading.runInAsyncScope(fn)
}
