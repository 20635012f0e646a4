// The functions that are called for one kind of event. An error in one of them, thrown or rejected, is counted and shown once; it keeps
// neither the application nor the other listeners from going on.

export interface Listeners<Args extends readonly unknown[]> {
  /** Nobody listens, so the arguments need not be made. */
  readonly isEmpty: boolean
  /** Returns the function that removes the listener. */
  add(listener: (...args: Args) => unknown): () => void
  call(...args: Args): void
}

export function listenersOf<Args extends readonly unknown[]>(
  onError: (error: unknown) => void,
): Listeners<Args> {
  const listeners = new Set<(...args: Args) => unknown>()
  return {
    get isEmpty() {
      return listeners.size === 0
    },
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    call(...args) {
      for (const listener of listeners) {
        try {
          const result = listener(...args)
          // Without this, the rejection of an asynchronous listener would end the process.
          if (isPromiseLike(result)) result.then(undefined, onError)
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
