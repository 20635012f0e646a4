// By what a report is to fail, from what was asked for and what the configuration says, with the baseline read: the same
// for the command and for the reporters of test runners.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type Baseline, parseBaseline } from '../report/baseline.ts'
import { baselineStates } from '../report/baseline-states.ts'
import { type FailOn, type GateVerdict, judge } from '../report/gate.ts'
import { verdictLines } from '../report/verdict-lines.ts'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'
import type { Finding } from '../types/finding.ts'
import type { BaselineStates, Report } from '../types/report.ts'
import type { CheckedConfig } from './config.ts'
import { assertKind } from './file-kind.ts'

export interface GateSettings {
  failOn: FailOn
  baseline?: KnownBaseline
}

interface KnownBaseline {
  content: Baseline
  /** Relative to the working directory. */
  name: string
  isMissing: boolean
}

export const BASELINE = 'pg-loupe-baseline.json'

/**
 * Undefined when no finding fails the run. A baseline that is given explicitly is always compared with; one that only the
 * configuration names is used when findings can fail the run.
 *
 * @throws Error that names the baseline and the problem with it.
 */
export function gateSettings(
  asked: { failOn?: FailOn | false | undefined; baseline?: string | undefined },
  config: CheckedConfig,
): GateSettings | undefined {
  const failOn = asked.failOn ?? (asked.baseline === undefined ? config.failOn : 'new')
  if (!failOn) return undefined
  const isNamed = asked.baseline !== undefined || config.baseline !== undefined
  if (!isNamed && failOn !== 'new') return { failOn }
  return { failOn, baseline: findBaseline(baselineFile(asked.baseline, config)) }
}

export interface JudgedReport {
  verdict: GateVerdict
  /** Which findings are accepted, for reporters; absent without a baseline. */
  states: BaselineStates | undefined
  /** For people. `shown` are the findings that they have in full before them: what fails is listed only where one of it is not among these. */
  lines(shown?: readonly Finding[]): string[]
}

/** `detectors` are those that were on, where that is known. */
export function judgeReport(
  report: Report,
  { failOn, baseline }: GateSettings,
  detectors?: readonly string[],
): JudgedReport {
  const verdict = judge(report, {
    failOn,
    ...(baseline ? { baseline: baseline.content } : {}),
    ...(detectors ? { detectors } : {}),
  })
  const hint = baseline?.isMissing
    ? [`there is no ${baseline.name} yet: pg-loupe baseline write makes it from the report of such a run`]
    : []
  return {
    verdict,
    states: baseline && baselineStates(report, baseline.content, baseline.name),
    lines(shown = []) {
      const keys = new Set(shown.map(({ key }) => key))
      const isListed = baseline !== undefined && verdict.failing.every(({ finding }) => keys.has(finding.key))
      return [...verdictLines(verdict, baseline?.name, isListed), ...hint]
    },
  }
}

/** Where the baseline is when it is not named: where the configuration says, or beside it, or here. */
export function baselineFile(file: string | undefined, config: CheckedConfig): string {
  return file ?? config.baseline ?? (config.file ? join(dirname(config.file), BASELINE) : BASELINE)
}

/** @throws Error that says how to make one, when there is none. */
export function readBaseline(path: string): { content: Baseline; name: string } {
  const { isMissing, ...baseline } = findBaseline(path)
  if (isMissing) {
    throw new Error(`there is no baseline ${baseline.name}; pg-loupe baseline write makes one from a report`)
  }
  return baseline
}

/** One that is not there accepts nothing: the first run is the one that it will be made from. */
function findBaseline(path: string): KnownBaseline {
  const name = relative(process.cwd(), path) || path
  if (!existsSync(path)) return { content: { v: 2, findings: [] }, name, isMissing: true }
  return { content: parseBaseline(read(path), name), name, isMissing: false }
}

function read(path: string): string {
  assertKind(path, 'baseline')
  try {
    return readFileSync(path, 'utf8').replace(BYTE_ORDER_MARK, '')
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`)
  }
}
