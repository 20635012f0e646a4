// The options of a test runner's reporter, checked before the first test runs. Runners that cannot pass options to a reporter
// read them as JSON from PG_LOUPE_RUN; options given in code take precedence.
import * as v from 'valibot'
import type { CheckedConfig } from '../config/config.ts'
import { type GateSettings, gateSettings } from '../config/gate-settings.ts'
import { mergeOptions } from '../config/merge-options.ts'
import { type CheckedOutputs, checkOutputs, type OutputFiles } from '../config/output-files.ts'
import { readConfig } from '../config/read-config.ts'
import type { Editor } from '../editor-link.ts'
import { describeIssue, record } from '../profiler/option-shapes.ts'
import {
  type CheckedOptions,
  checkOptions,
  namingOption,
  outputFiles,
  type ProfilerOptions,
} from '../profiler/options.ts'
import { FAIL_ON, type FailOn } from '../report/gate.ts'

export interface RunOptions {
  /**
   * Files to write at the end of the run, by format: `{ json: 'pg-loupe.json', './my-format.js': 'out.txt' }`. `traces` is a
   * trace file with the traces of all workers, for `pg-loupe analyze`, `merge` and `report`.
   */
  outputs?: OutputFiles
  /**
   * Fails the run when it has a finding of this severity or a worse one, or, with `new`, a finding that is not in the
   * baseline. Default: the setting of the configuration file, otherwise `new` with a baseline and false without one, so that
   * findings are only reported.
   */
  failOn?: FailOn | false
  /** A file of `pg-loupe baseline` with accepted findings. Default: the baseline of the configuration file. */
  baseline?: string
  /** Options by detector, as `createProfiler` takes them. */
  detectors?: ProfilerOptions['detectors']
  /** Also reports queries that the tests themselves repeat, not only those of the application. Default: false. */
  testCode?: boolean
  /** Prints the summary. Default: true. */
  summary?: boolean
}

export type CheckedRunOptions = Required<
  Omit<RunOptions, 'outputs' | 'detectors' | 'failOn' | 'baseline'>
> & {
  outputs: CheckedOutputs
  detectors: CheckedOptions['detectors']
  suppress: CheckedOptions['suppress']
  roundTripMs: number
  editor: Editor | undefined
  /** Absent when no finding fails the run. */
  gate: GateSettings | undefined
}

/**
 * Fills in the defaults.
 *
 * @throws TypeError that names each wrong option, its value and the allowed values; Error that names the configuration file
 * or the baseline and the problem with it.
 */
export function checkRunOptions(options: RunOptions = {}): CheckedRunOptions {
  const result = v.safeParse(runOptions, isObject(options) ? { ...fromEnvironment(), ...options } : options)
  if (!result.success) throw new TypeError(result.issues.map((issue) => describeIssue(issue)).join('\n'))
  const { outputs, detectors, failOn, baseline, ...rest } = result.output
  const config: CheckedConfig = readConfig()
  const { suppress, roundTripMs } = config.options
  const editor = process.env.PG_LOUPE_EDITOR?.trim() || config.options.editor
  const checked = checkOptions({
    ...mergeOptions({ detectors: config.options.detectors ?? {} }, { detectors: detectors ?? {} }),
    ...(suppress ? { suppress } : {}),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(editor ? { editor } : {}),
  })
  return {
    ...rest,
    outputs: namingOption(() => checkOutputs(outputs)),
    detectors: checked.detectors,
    suppress: checked.suppress,
    roundTripMs: checked.roundTripMs,
    editor: checked.editor,
    gate: gateSettings({ failOn, baseline }, config),
  }
}

function fromEnvironment(): object {
  const text = process.env.PG_LOUPE_RUN?.trim()
  if (!text) return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new TypeError(`pg-loupe: PG_LOUPE_RUN takes options as JSON: ${(error as Error).message}`)
  }
}

const runOptions = record({
  outputs: outputFiles(),
  failOn: v.optional(
    v.union([v.picklist(FAIL_ON), v.literal(false)], "'error', 'warning', 'info', 'new' or false"),
  ),
  baseline: v.optional(v.string('a file path')),
  detectors: v.optional(
    v.custom<NonNullable<ProfilerOptions['detectors']>>(isObject, 'an object of options by detector'),
  ),
  testCode: v.optional(v.boolean('true or false'), false),
  summary: v.optional(v.boolean('true or false'), true),
})

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
