// The options of the default profiler: those of the configuration file, overridden by environment variables. A wrong option
// is reported and ignored: the command should reject it, but an application should still start.
import { type ProfilerOptions, printsByDefault } from '../profiler/options.ts'
import { warnOnce } from '../profiler/warn-once.ts'
import { mergeOptions } from './merge-options.ts'
import { readConfig } from './read-config.ts'
import { readEnvironment } from './read-environment.ts'

/** `overConfiguration` holds options that win over the configuration file, but not over the environment. */
export function defaultOptions(overConfiguration: ProfilerOptions = {}): ProfilerOptions {
  const { options, problems, unknown } = readEnvironment(process.env)
  for (const problem of problems) warnOnce(`${problem}. pg-loupe goes on without it.`)
  unknown.forEach(warnOnce)
  return mergeOptions(mergeOptions(configured(), overConfiguration), options)
}

/** In production there is no configuration, because no file of the project is loaded there. */
function configured(): ProfilerOptions {
  if (process.env.NODE_ENV === 'production') return {}
  try {
    const { console, ...options } = readConfig().options
    // The file says how much the console prints where it does print. It does not switch it on in tests.
    return console === undefined || !printsByDefault() ? options : { ...options, console }
  } catch (error) {
    warnOnce(`pg-loupe goes on without its configuration: ${(error as Error).message}`)
    return {}
  }
}
