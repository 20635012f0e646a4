// Merges options from two places. The second place wins option by option, also inside groups of options, so that a variable
// that sets one detector leaves the other detectors of the configuration file as they are.
import type { ProfilerOptions } from '../profiler/options.ts'

/** These options are groups of options that may come from both places. */
const GROUPS = ['application', 'detectors', 'limits', 'outputs'] as const

export function mergeOptions(first: ProfilerOptions, second: ProfilerOptions): ProfilerOptions {
  const groups = GROUPS.flatMap((name) =>
    first[name] && second[name] ? [[name, { ...first[name], ...second[name] }]] : [],
  )
  const merged: ProfilerOptions = { ...first, ...second, ...Object.fromEntries(groups) }
  const [ofFirst, ofSecond] = [first.detectors?.rules, second.detectors?.rules]
  // Settings of both places may be about detectors of both lists.
  if (ofFirst && ofSecond)
    merged.detectors = { ...merged.detectors, rules: [...new Set([...ofFirst, ...ofSecond])] }
  return merged
}
