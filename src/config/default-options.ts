// The configuration file for the profiler of a running application. What is wrong with it is said and done without: it is
// for the command to refuse it, and no reason for an application not to start.
import type { ProfilerOptions } from '../options.ts'
import { readConfig } from './read-config.ts'

/** Nothing in production, where no file of the project is loaded. */
export function defaultOptions(): ProfilerOptions {
  if (process.env.NODE_ENV === 'production') return {}
  try {
    return readConfig().options
  } catch (error) {
    process.emitWarning(`pg-loupe goes on without its configuration: ${(error as Error).message}`)
    return {}
  }
}
