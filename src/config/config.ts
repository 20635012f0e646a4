// The options of `pg-loupe.config.*` and their check: a wrong option is reported with the name of the file, its value and the
// allowed values.
import { isAbsolute, join } from 'node:path'
import type { DetectorRule } from '../detectors/detector-settings.ts'
import { checkOptions, type ProfilerOptions } from '../profiler/options.ts'
import { FAIL_ON, type FailOn } from '../report/gate.ts'
import { describeValue } from '../text/describe-value.ts'
import { loadRules } from './load-rules.ts'

/** Options of the profiler that are the same for the running application, its tests and the command. */
type SharedOptions<Rules extends readonly DetectorRule[] = readonly DetectorRule[]> = Pick<
  ProfilerOptions<Rules>,
  'suppress' | 'detectors' | 'application' | 'roundTripMs' | 'console' | 'editor'
>

export interface LoupeConfig<Rules extends readonly DetectorRule[] = readonly DetectorRule[]>
  extends SharedOptions<Rules> {
  /**
   * Findings that make the command exit with status 1: those of this severity or a worse one, or, with `new`, those that are
   * not in the baseline.
   */
  failOn?: FailOn
  /** The baseline, relative to the file of the configuration. */
  baseline?: string
}

export interface CheckedConfig {
  /** Absent when there is none. */
  file?: string
  /** The options as the file gives them. Detectors that it names by path are loaded. */
  options: SharedOptions
  failOn?: FailOn
  /** As a path from the root. */
  baseline?: string
}

const OPTIONS: Readonly<Record<keyof Required<SharedOptions>, true>> = {
  suppress: true,
  detectors: true,
  application: true,
  roundTripMs: true,
  console: true,
  editor: true,
}
const NAMES = [...Object.keys(OPTIONS), 'failOn', 'baseline']

/** Returns the options that it gets, so that an editor completes them and the compiler checks them. */
export function defineConfig<Rules extends readonly DetectorRule[] = readonly []>(
  config: LoupeConfig<Rules>,
): LoupeConfig<Rules> {
  return config
}

/** @throws TypeError that names the file and each wrong option, what it got and what it takes. */
export function checkConfig(config: unknown, file: string): CheckedConfig {
  const problem = (text: string) => new TypeError(`${file}: ${text}`)
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw problem(`it gives ${describeValue(config)}, but takes an object with ${NAMES.join(', ')}`)
  }
  const unknown = Object.keys(config).find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw problem(`there is no option ${unknown}; it is one of ${NAMES.join(', ')}`)
  const { failOn, baseline, ...given } = config as Partial<Record<keyof LoupeConfig, unknown>>
  if (failOn !== undefined && !FAIL_ON.includes(failOn as FailOn)) {
    throw problem(`option failOn got ${describeValue(failOn)}, but takes one of ${FAIL_ON.join(', ')}`)
  }
  if (baseline !== undefined && (typeof baseline !== 'string' || baseline.trim() === '')) {
    throw problem(`option baseline got ${describeValue(baseline)}, but takes a file path`)
  }
  let options: typeof given
  try {
    options = loadRules(given, file)
    checkOptions(options)
  } catch (error) {
    throw problem((error as Error).message.replaceAll('pg-loupe: ', ''))
  }
  return {
    file,
    options: options as SharedOptions,
    ...(failOn === undefined ? {} : { failOn: failOn as FailOn }),
    ...(baseline === undefined
      ? {}
      : { baseline: isAbsolute(baseline) ? baseline : join(file, '..', baseline) }),
  }
}
