// Loads the detectors that a configuration file names by the paths of their modules.
import { dirname } from 'node:path'
import { loadModule } from './load-module.ts'

/**
 * Replaces each path in `detectors.rules` by the default export of its module. A path is relative to the file. Everything
 * else stays as it is, because the options are checked afterwards.
 *
 * @throws Error that names the option, the path and why the module cannot be loaded.
 */
export function loadRules<Options extends { detectors?: unknown }>(options: Options, file: string): Options {
  const { rules } = Object(options.detectors) as { rules?: unknown }
  if (!Array.isArray(rules)) return options
  const loaded = rules.map((rule: unknown, at) =>
    typeof rule === 'string' ? loadRule(rule, at, file) : rule,
  )
  return { ...options, detectors: { ...Object(options.detectors), rules: loaded } }
}

function loadRule(name: string, at: number, file: string): unknown {
  try {
    return loadModule(name, dirname(file))
  } catch (error) {
    throw new Error(
      `option detectors.rules.${at} got "${name}", but takes the path of a module whose default export is a detector: ` +
        (error as Error).message,
    )
  }
}
