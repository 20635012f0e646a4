// The options of the default profiler: those of the configuration file, overridden by environment variables. A wrong option
// is reported and ignored: the command should reject it, but an application should still start.
import type { ProfilerOptions } from '../profiler/options.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { mergeOptions } from './merge-options.ts'
import { readConfig } from './read-config.ts'
import { readEnvironment } from './read-environment.ts'

export function defaultOptions(): ProfilerOptions {
  const { options, problems, unknown } = readEnvironment(process.env)
  for (const problem of problems) warnOnce(`${problem}. pg-loupe goes on without it.`)
  unknown.forEach(warnOnce)
  return mergeOptions(configured(), options)
}

/** Nothing in production, where no file of the project is loaded. */
function configured(): ProfilerOptions {
  if (process.env.NODE_ENV === 'production') return {}
  try {
    return readConfig().options
  } catch (error) {
    warnOnce(`pg-loupe goes on without its configuration: ${(error as Error).message}`)
    return {}
  }
}

/** Register, a set-up file and the application may all ask for the options in one process. */
export function warnOnce(warning: string): void {
  const { warnings } = sharedState()
  if (warnings.has(warning)) return
  warnings.add(warning)
  process.emitWarning(warning)
}
