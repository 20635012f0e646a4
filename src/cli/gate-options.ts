// The options by which a command passes or fails for what it found, with what the configuration file says of them. All
// of it is read and checked before any work is done.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type Command, Option } from 'commander'
import type { CheckedConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { type CheckedOptions, checkOptions, detectorsOn } from '../options.ts'
import { type Baseline, parseBaseline } from '../report/baseline.ts'
import { FAIL_ON, type FailOn, judge } from '../report/gate.ts'
import type { Report } from '../types.ts'
import { parseSettings } from './detector-settings.ts'
import { verdictLines } from './verdict-lines.ts'

export interface GateOptions {
  config?: string
  failOn?: FailOn
  baseline?: string
  /** Of `addDetectorOption`, where the command has it. */
  set?: readonly string[]
}

export interface Gate {
  detectors: CheckedOptions['detectors']
  suppress: CheckedOptions['suppress']
  /** What a round trip takes, where the configuration says so. */
  roundTripMs: { roundTripMs?: number }
  /** Tells the verdict on standard error where one was asked for; false when the report fails. */
  passes(report: Report): boolean
}

export const BASELINE = 'pg-loupe-baseline.json'

export function addGateOptions(command: Command): Command {
  return addConfigOption(command)
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with status 1 for findings of this severity or worse, or for new ones: those that are not in the baseline',
      ).choices(FAIL_ON),
    )
    .option(
      '--baseline <file>',
      `accept what is in it, and fail for what is new (--fail-on new) or has grown`,
    )
}

export function addConfigOption(command: Command): Command {
  return command.option('--config <file>', 'the configuration, instead of the nearest pg-loupe.config.*')
}

/** @throws Error that names the option or the file, and what is wrong with it. */
export function prepareGate({ config: configFile, failOn, baseline: file, set }: GateOptions): Gate {
  const config = readConfig(configFile)
  const { roundTripMs } = config.options
  const detectors = parseSettings(set ?? [], config.options.detectors)
  // A baseline that is asked for by hand is there to be held against; one in the configuration is for whoever asks.
  const asked = failOn ?? (file === undefined ? config.failOn : 'new')
  const baseline = asked === undefined ? undefined : findBaseline(file, config, asked)
  return {
    detectors,
    suppress: checkOptions({ suppress: config.options.suppress }).suppress,
    roundTripMs: roundTripMs === undefined ? {} : { roundTripMs },
    passes(report) {
      if (asked === undefined) return true
      const verdict = judge(report, {
        failOn: asked,
        ...(baseline ? { baseline: baseline.content } : {}),
        // Without `set` the report was made elsewhere, with detectors that are not known here.
        ...(set ? { detectors: detectorsOn(detectors) } : {}),
      })
      const hint = baseline?.isMissing
        ? [`there is no ${baseline.name} yet: pg-loupe baseline write makes it from the report of such a run`]
        : []
      for (const line of [...verdictLines(verdict, baseline?.name), ...hint]) {
        process.stderr.write(line.startsWith(' ') ? `${line}\n` : `pg-loupe: ${line}\n`)
      }
      return verdict.passed
    },
  }
}

/** Where the baseline is when it is not named: where the configuration says, or beside it, or here. */
export function baselineFile(file: string | undefined, config: CheckedConfig): string {
  return file ?? config.baseline ?? (config.file ? join(dirname(config.file), BASELINE) : BASELINE)
}

/** @throws Error that says how to make one, when there is none. */
export function readBaseline(path: string): { content: Baseline; name: string } {
  const name = relative(process.cwd(), path) || path
  if (!existsSync(path)) {
    throw new Error(`there is no baseline ${name}; pg-loupe baseline write makes one from a report`)
  }
  return { content: parseBaseline(read(path), name), name }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`)
  }
}

/** One that is not there accepts nothing: the first run is the one that it will be made from. */
function findBaseline(
  file: string | undefined,
  config: CheckedConfig,
  failOn: FailOn,
): { content: Baseline; name: string; isMissing: boolean } | undefined {
  const isNamed = file !== undefined || config.baseline !== undefined
  if (!isNamed && failOn !== 'new') return undefined
  const path = baselineFile(file, config)
  if (existsSync(path)) return { ...readBaseline(path), isMissing: false }
  return { content: { v: 1, findings: [] }, name: relative(process.cwd(), path) || path, isMissing: true }
}
