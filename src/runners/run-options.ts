// What the reporter of a test runner can be told, checked before the first test runs. Runners that take no options for it
// read them from PG_LOUPE_RUN, as JSON; what is given in code wins.
import * as v from 'valibot'
import type { CheckedConfig } from '../config/config.ts'
import { type GateSettings, gateSettings } from '../config/gate-settings.ts'
import { readConfig } from '../config/read-config.ts'
import type { Editor } from '../editor-link.ts'
import {
  type CheckedOptions,
  checkOptions,
  describeIssue,
  type ProfilerOptions,
  record,
} from '../profiler/options.ts'
import { FAIL_ON, type FailOn } from '../report/gate.ts'
import { reporters } from '../report/reporters/index.ts'

type Format = keyof typeof reporters

export interface RunOptions {
  /** Files to write when the run is over, by format: `{ json: 'pg-loupe.json', sarif: 'pg-loupe.sarif' }`. */
  outputs?: { [format in Format]?: string }
  /** A trace file with the traces of all workers, for `pg-loupe analyze`, `merge` and `report`. */
  traces?: string
  /**
   * Fails the run when it has a finding as severe as this, or worse, or a `new` one that is not in the baseline. Default:
   * what the configuration file says, or `new` with a baseline, or false: findings are only reported.
   */
  failOn?: FailOn | false
  /** Accepts what is in this file of `pg-loupe baseline`. Default: that of the configuration file, where there is one. */
  baseline?: string
  /** Options by detector, as `createProfiler` takes them. */
  detectors?: ProfilerOptions['detectors']
  /** Reports also what the tests themselves repeat, beside what the application does. Default: false. */
  testCode?: boolean
  /** Prints the summary. Default: true. */
  summary?: boolean
}

export type CheckedRunOptions = Required<Omit<RunOptions, 'traces' | 'detectors' | 'failOn' | 'baseline'>> & {
  traces: string | undefined
  detectors: CheckedOptions['detectors']
  suppress: CheckedOptions['suppress']
  roundTripMs: number
  editor: Editor | undefined
  /** Absent when nothing fails the run. */
  gate: GateSettings | undefined
}

/**
 * Fills in the defaults.
 *
 * @throws TypeError that names each wrong option, what it got and what it takes; Error that names the configuration file or
 *   the baseline and what is wrong with it.
 */
export function checkRunOptions(options: RunOptions = {}): CheckedRunOptions {
  const result = v.safeParse(runOptions, isObject(options) ? { ...fromEnvironment(), ...options } : options)
  if (!result.success) throw new TypeError(result.issues.map((issue) => describeIssue(issue)).join('\n'))
  const { detectors, failOn, baseline, ...rest } = result.output
  const config: CheckedConfig = readConfig()
  const { suppress, roundTripMs } = config.options
  const editor = process.env.PG_LOUPE_EDITOR?.trim() || config.options.editor
  const checked = checkOptions({
    detectors: { ...config.options.detectors, ...detectors },
    ...(suppress ? { suppress } : {}),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(editor ? { editor } : {}),
  })
  return {
    ...rest,
    traces: rest.traces,
    outputs: rest.outputs as CheckedRunOptions['outputs'],
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

const FORMATS = Object.keys(reporters)

const runOptions = record({
  outputs: v.optional(
    record(Object.fromEntries(FORMATS.map((name) => [name, v.optional(v.string('a file path'))]))),
    {},
  ),
  traces: v.optional(v.string('a file path')),
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
