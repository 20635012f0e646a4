// JUnit XML, which every CI system shows: one suite per route, with a failed test for each finding, and a test that passes
// when there is none. Findings of severity `info` do not fail, and findings that a baseline accepts are skipped. The names of
// tests are stable from run to run, because CI systems compare failures by name.

import { hashText } from '../../text/hash-text.ts'
import { plural } from '../../text/plural.ts'
import type { Finding } from '../../types/finding.ts'
import type { Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { formatFinding } from './console.ts'
import { findingsToShow } from './held-back.ts'
import { clip, printable } from './printable.ts'
import { inRepository } from './repository-path.ts'

export const junitReporter: Reporter = { meta: { name: 'junit' }, render: renderJunit }

function renderJunit(report: Report, options: ReporterOptions = {}): string {
  const { shown, unjudged } = findingsToShow(report.findings, options.states)
  const titled = new Map([...shown, ...unjudged].map((finding) => [finding.key, finding]))
  const findings = report.findings.map((finding) => titled.get(finding.key) ?? finding)
  const byRoute = groupBy(findings, ({ route }) => route)
  const names = new Set([...report.routes.map(({ name }) => name), ...byRoute.keys()])
  const times = new Map(report.routes.map(({ name, durationMs }) => [name, durationMs.median]))
  const suites = [...names].map((name) =>
    formatSuite({ route: name, medianMs: times.get(name) ?? 0 }, byRoute.get(name) ?? [], report, options),
  )
  const failures = findings.filter((finding) => isFailure(finding, options)).length
  const tests = suites.reduce((sum, suite) => sum + suite.tests, 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'pg-loupe', tests, failures, errors: 0 })}>`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Maximum length of the name of a route and of a test. */
const NAME_LENGTH = 200

function formatSuite(
  { route, medianMs }: { route: string; medianMs: number },
  findings: readonly Finding[],
  report: Report,
  options: ReporterOptions,
) {
  const name = clip(route, NAME_LENGTH)
  const tests = Math.max(1, findings.length)
  const skipped = findings.filter(({ key }) => options.states?.accepted.has(key)).length
  const summary = {
    name,
    tests,
    failures: findings.filter((finding) => isFailure(finding, options)).length,
    errors: 0,
    ...(skipped > 0 ? { skipped } : {}),
    time: (medianMs / 1000).toFixed(3),
  }
  const testNames = nameTests(findings)
  return {
    tests,
    lines: [
      `  <testsuite${attributes(summary)}>`,
      ...(findings.length === 0
        ? [`    <testcase${attributes({ name: 'no findings', classname: name })}/>`]
        : []),
      ...findings.map((finding, at) =>
        formatTest(finding, { name: testNames[at] ?? '', classname: name }, report, options),
      ),
      '  </testsuite>',
    ],
  }
}

function formatTest(
  finding: Finding,
  names: { name: string; classname: string },
  report: Report,
  options: ReporterOptions,
): string {
  const budget = options.states?.accepted.get(finding.key)
  if (budget !== undefined) {
    const reason = `Accepted by ${options.states?.baseline}, with up to ${plural(budget, 'query', 'queries')}.`
    return `    <testcase${attributes(names)}><skipped>${escapeXml(printable(reason))}</skipped></testcase>`
  }
  const text = escapeXml(
    formatFinding(inRepository(finding, options), report, options).replace(/^ {2}/gm, ''),
  )
  const message = { message: clip(finding.title, NAME_LENGTH), type: printable(finding.detector) }
  const outcome = isFailure(finding, options)
    ? `<failure${attributes(message)}>${text}</failure>`
    : `<system-out>${text}</system-out>`
  return `    <testcase${attributes(names)}>${outcome}</testcase>`
}

function isFailure({ severity, key }: Finding, { states }: ReporterOptions): boolean {
  return severity !== 'info' && !states?.accepted.has(key) && !states?.unjudged.has(key)
}

/** Detector and function. When a route has several tests with one name, the differing part of their keys is added. */
function nameTests(findings: readonly Finding[]): string[] {
  const names = findings.map(({ detector, callSite: [place] }) => {
    const where = place?.function ?? place?.file
    return clip(where ? `${detector} in ${where}` : detector, NAME_LENGTH)
  })
  const alike = groupBy(names, (name) => name)
  return names.map((name, at) =>
    (alike.get(name)?.length ?? 0) > 1 ? `${name} (${hashText(findings[at]?.key ?? '')})` : name,
  )
}

/** `Map.groupBy` does not exist in Node.js 20. */
function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group) group.push(value)
    else groups.set(keyOf(value), [value])
  }
  return groups
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
}

/** Printable text no longer contains the characters that XML cannot represent. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
