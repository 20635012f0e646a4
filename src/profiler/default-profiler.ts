// The profiler that every function of this package uses when it is given none: one in each process, made with the options
// of the configuration file and the environment variables.
import { defaultOptions } from '../config/default-options.ts'
import { createProfiler, type Profiler } from './profiler.ts'
import { sharedState } from './shared-state.ts'

export function defaultProfiler(): Profiler {
  const state = sharedState()
  state.defaultProfiler ??= createProfiler(defaultOptions())
  return state.defaultProfiler
}

/** @throws TypeError when `value`, the last argument of `caller`, is no profiler. */
export function assertProfiler(value: unknown, caller: string): asserts value is Profiler {
  if (typeof (value as Profiler | null)?.startTrace === 'function') return
  const got = value === null ? 'null' : `a value of type ${typeof value}`
  throw new TypeError(
    `pg-loupe: ${caller} takes a profiler from createProfiler() as its last argument, but got ${got}`,
  )
}
