// Options from two places as one: the second place wins option by option, also inside of the groups of options, so that a
// variable that sets one detector leaves the detectors of the configuration file as they are.
import type { ProfilerOptions } from '../profiler/options.ts'

/** Options that are groups of options, which may come from both places. */
const GROUPS = ['application', 'artifacts', 'detectors', 'limits'] as const

export function mergeOptions(first: ProfilerOptions, second: ProfilerOptions): ProfilerOptions {
  const groups = GROUPS.flatMap((name) =>
    first[name] && second[name] ? [[name, { ...first[name], ...second[name] }]] : [],
  )
  return { ...first, ...second, ...Object.fromEntries(groups) }
}
