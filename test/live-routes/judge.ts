// Compares a report with the labels of the routes: what is wrong with the findings of each route, in words.
import { basename, resolve } from 'node:path'
import type { Finding } from '../../src/types/finding.ts'
import type { Frame } from '../../src/types/query.ts'
import type { GuiltyMark, Marks } from './marks.ts'
import type { Visit } from './visit.ts'

/** Empty when all findings of the route are right. `refused` returns the reason why the database rejects a remedy. */
export function judge(
  visit: Visit,
  all: readonly Finding[],
  marks: Marks,
  refused: ReadonlyMap<string, string>,
): string[] {
  const whole = all.filter(({ route }) => route === visit.route)
  const findings = whole.flatMap(withStatements)
  const expected = marks.guilty.filter(({ route }) => route === visit.route)
  return [
    ...accusations(findings, expected),
    ...(visit.label === 'guilty' ? whole.flatMap((finding) => wrongLines(finding, expected)) : []),
    ...missed(findings, expected),
    ...findings.flatMap((finding) => wrongOrigins(finding, visit, marks)),
    ...findings.flatMap(({ fix = '' }) => (refused.has(fix) ? [`refused: ${refused.get(fix)}: ${fix}`] : [])),
  ]
}

/** Takes each statement of a loop: each has its own detector, line and origin. */
function withStatements(finding: Finding): Finding[] {
  const { statements = [], ...whole } = finding
  return statements.length === 0 ? [whole] : statements.map((statement) => ({ ...whole, ...statement }))
}

/** The line that a report names for a whole loop is that of one of its statements. */
function wrongLines(finding: Finding, expected: readonly GuiltyMark[]): string[] {
  const [frame] = finding.callSite
  const isRight = !finding.statements || expected.some((mark) => isAt(frame, mark))
  return isRight ? [] : [`wrong line: ${describe(finding)}`]
}

/** Warnings and errors at a line that is not marked with their detector. */
function accusations(findings: readonly Finding[], expected: readonly GuiltyMark[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .filter((finding) => !expected.some((mark) => names(finding, mark)))
    .map((finding) => `wrong: ${describe(finding)}`)
}

/** Detectors none of whose marked lines is named. */
function missed(findings: readonly Finding[], expected: readonly GuiltyMark[]): string[] {
  const detectors = new Set(expected.map(({ detector }) => detector))
  return [...detectors].flatMap((detector) => {
    const marks = expected.filter((mark) => mark.detector === detector)
    const found = findings.filter((finding) => marks.some((mark) => names(finding, mark)))
    const lines = marks.map(({ file, line }) => `${basename(file)}:${line}`).join(' or ')
    if (found.length === 0) return [`missed: ${detector} at ${lines}`]
    const unproven =
      marks.some(({ proven }) => proven) && found.every(({ confidence }) => confidence !== 'proven')
    return unproven ? [`not proven: ${found.map(describe).join(' and ')}`] : []
  })
}

/** A loop is proven by the line and the column its values came from; where no origin is marked, there is none. */
function wrongOrigins(finding: Finding, { route }: Visit, { origins }: Marks): string[] {
  if (!finding.detector.startsWith('n-plus-one') || finding.confidence !== 'proven') return []
  const known = origins.filter((mark) => mark.route === route)
  const named = finding.evidence.find(({ label }) => label === 'rows of')?.callSite
  const origin = known.find((mark) => isAt(named, mark))
  if (!origin) return [`wrong origin: ${describe(finding)}, rows of ${placeOf(named)}`]
  return finding.detail.includes(origin.column)
    ? []
    : [`wrong column: ${describe(finding)}: ${finding.detail}`]
}

function names({ detector, callSite }: Finding, mark: GuiltyMark): boolean {
  return detector === mark.detector && isAt(callSite[0], mark)
}

function isAt(frame: Frame | undefined, { file, line }: { file: string; line: number }): boolean {
  return frame !== undefined && resolve(frame.file) === file && frame.line === line
}

function describe({ detector, severity, confidence, title, callSite }: Finding): string {
  return `${detector}, ${severity}, ${confidence}, at ${placeOf(callSite[0])}: ${title}`
}

function placeOf(frame: Frame | undefined): string {
  return frame ? `${basename(frame.file)}:${frame.line}` : 'no line'
}
