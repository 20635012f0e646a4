// The options that decide whether a command fails because of findings, combined with the configuration file. All of them are
// read and checked before any work starts.
import { type Command, Option } from 'commander'
import { gateSettings, judgeReport } from '../config/gate-settings.ts'
import { readConfig } from '../config/read-config.ts'
import { activeIds } from '../profiler/detector-options.ts'
import { type CheckedOptions, checkOptions } from '../profiler/options.ts'
import { FAIL_ON, type FailOn } from '../report/gate.ts'
import type { ApplicationCode } from '../trace/call-site/application-code.ts'
import type { Finding } from '../types/finding.ts'
import type { BaselineStates, Report } from '../types/report.ts'
import { parseSettings } from './set-option.ts'

export interface GateOptions {
  config?: string
  failOn?: FailOn
  baseline?: string
  editor?: string | undefined
  /** The options of `addDetectorOption`, when the command has them. */
  set?: readonly string[]
}

interface GateVerdict {
  /** The baseline's states of the findings, for reporters. */
  states: { states?: BaselineStates }
  passed: boolean
  /** Tells it on standard error. `shown` are the findings that were printed in full. */
  tell(shown: readonly Finding[]): void
}

interface Gate {
  detectors: CheckedOptions['detectors']
  suppress: CheckedOptions['suppress']
  /** The definition of application code in the configuration. */
  application: ApplicationCode | undefined
  /** Milliseconds of a round trip, when the configuration contains it. */
  roundTripMs: { roundTripMs?: number }
  /** Where links lead, as it was asked for or as the configuration says. */
  editor: string | undefined
  /** Nothing where nothing is to fail. */
  judge(report: Report): GateVerdict
}

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
      'accept the findings in this file, and fail for findings that are new or have grown (--fail-on new)',
    )
}

export function addConfigOption(command: Command): Command {
  return command.option('--config <file>', 'the configuration, instead of the nearest pg-loupe.config.*')
}

/** @throws Error that names the option or the file, and what is wrong with it. */
export function prepareGate({ config: configFile, set, editor, ...asked }: GateOptions): Gate {
  const config = readConfig(configFile)
  const { application, roundTripMs, suppress } = config.options
  const detectors = parseSettings(set ?? [], config.options.detectors)
  const settings = gateSettings(asked, config)
  return {
    application,
    detectors,
    suppress: checkOptions({ suppress }).suppress,
    editor: editor ?? config.options.editor,
    roundTripMs: roundTripMs === undefined ? {} : { roundTripMs },
    judge(report) {
      if (!settings) return { states: {}, passed: true, tell: () => {} }
      // Without `set` the report was made elsewhere, with detectors that are not known here.
      const { verdict, states, lines } = judgeReport(report, settings, set && activeIds(detectors))
      return {
        states: states ? { states } : {},
        passed: verdict.passed,
        tell(shown) {
          for (const line of lines(shown)) {
            process.stderr.write(line.startsWith(' ') ? `${line}\n` : `pg-loupe: ${line}\n`)
          }
        },
      }
    },
  }
}
