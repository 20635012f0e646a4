import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { sarifReporter } from '../../src/report/reporters/sarif.ts'
import type { Report } from '../../src/types/report.ts'
import type { ReporterOptions } from '../../src/types/reporter.ts'
import {
  finding,
  heldAgainstBaseline,
  hostileFinding,
  manyFindings,
  reportOf,
  UNSEEN,
} from '../report-builder.ts'

const isSarif = new Ajv2020({
  strict: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) =>
      /^(?:[\w.~!$&'()*+,;=:@/?#-]|%[\dA-F]{2})*$/i.test(text) && URL.canParse(text, 'file:///r/'),
    'date-time': true,
    uuid: true,
  },
}).compile(JSON.parse(readFileSync(new URL('formats/sarif-2.1.0.json', import.meta.url), 'utf8')))

test('is valid SARIF 2.1.0 for any input', () => {
  for (const report of [
    reportOf(),
    reportOf(finding(), hostileFinding()),
    reportOf(finding({ callSite: [], evidence: [], severity: 'info' })),
    reportOf(...manyFindings(20, { severity: 'warning' })),
  ]) {
    validate(report)
  }
})

test('a finding is a result at its line, with its rule and its level', () => {
  const { results, tool } = validate(reportOf(finding()))
  expect(results).toHaveLength(1)
  const [{ ruleId, ruleIndex, level, locations, message }] = results
  expect([ruleId, level]).toEqual(['n-plus-one', 'error'])
  expect(tool.driver.rules[ruleIndex].id).toBe('n-plus-one')
  expect(locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'src/orders.ts', uriBaseId: '%SRCROOT%' },
    region: { startLine: 41, startColumn: 9 },
  })
  expect(message.text).toContain('N+1: 4 queries, one for each row (GET /orders).')
  expect(message.text).toContain('Instead: Collect the id values first')
  expect(message.text).toContain('select id, name from customers where id = any($1)')
})

test('the origin of the rows and the callers are related locations, linked from the text, and part of the code flow', () => {
  const [{ relatedLocations, message, codeFlows }] = validate(reportOf(finding())).results
  const places = relatedLocations.map(startOf)
  expect(places).toEqual(['src/orders.ts:35', 'src/app.ts:7'])
  for (const { id } of relatedLocations) expect(message.text).toContain(`](${id})`)
  const [{ locations }] = codeFlows[0].threadFlows
  expect(locations.map(({ location }: Place) => startOf(location))).toEqual([
    'src/app.ts:7',
    'src/orders.ts:35',
    'src/orders.ts:41',
  ])
})

test('the fingerprint is unchanged when lines and counts change, and differs between findings', () => {
  const prints = [
    finding(),
    finding({ title: 'N+1: 9 queries', callSite: [{ file: 'src/orders.ts', line: 99 }], evidence: [] }),
    finding({ key: 'n-plus-one | GET /others | list | 00ff' }),
  ].map((one) => validate(reportOf(one)).results[0].partialFingerprints['pgLoupeKey/v1'])
  expect(prints[0]).toBe(prints[1])
  expect(prints[0]).not.toBe(prints[2])
})

test('has a rule with the page of each detector, also without findings', () => {
  const { tool, results } = validate(reportOf())
  expect(results).toEqual([])
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(detectors.map(({ meta }) => meta.id))
  for (const { help, shortDescription, fullDescription } of tool.driver.rules) {
    expect(help.markdown).toContain('## Why it hurts')
    expect(help.text).not.toBe('')
    expect(shortDescription.text).not.toBe('')
    expect(fullDescription.text.length).toBeGreaterThan(20)
  }
})

test('a finding without a line is at package.json and says so', () => {
  const [{ locations, message, codeFlows }] = validate(reportOf(finding({ callSite: [] }))).results
  expect(locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'package.json', uriBaseId: '%SRCROOT%' },
  })
  expect(message.text).toContain('No line of the repository is known.')
  expect(codeFlows).toBeUndefined()
})

test('paths are those of the repository, as addresses', () => {
  const file = '/repo/api/src/a b/[id]/é#1?.ts'
  const one = finding({ callSite: [{ file, line: 1 }], evidence: [] })
  const { results } = validate(reportOf(one), { cwd: '/repo/api', root: '/repo' })
  const { uri } = results[0].locations[0].physicalLocation.artifactLocation
  expect(uri).toBe('api/src/a%20b/%5Bid%5D/%C3%A9%231%3F.ts')
  expect(decodeURIComponent(uri)).toBe('api/src/a b/[id]/é#1?.ts')
})

test('a file outside of the repository has no location', () => {
  const one = finding({ callSite: [{ file: '/usr/lib/x.js', line: 1 }], evidence: [] })
  const { results } = validate(reportOf(one), { cwd: '/repo' })
  expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('package.json')
  expect(results[0].message.text).toContain('No line of the repository is known.')
})

test('no text makes a link, or contains invisible characters', () => {
  const text = sarifReporter.render(reportOf(hostileFinding()))
  expect(text).not.toMatch(UNSEEN)
  expect(text).not.toMatch(/\\u/)
  const { message, relatedLocations } = JSON.parse(text).runs[0].results[0]
  const links = [...message.text.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => Number(target))
  expect(links).toEqual(relatedLocations.map(({ id }: { id: number }) => id))
})

test('the worst 5,000 are kept, and the number of the others is mentioned', () => {
  const { results, invocations } = validate(reportOf(...manyFindings(5003)))
  expect(results).toHaveLength(5000)
  expect(results[0].properties.route).toBe('GET /0')
  expect(invocations[0].toolExecutionNotifications[0].message.text).toContain(
    '3 of 5003 findings are left out',
  )
  expect(validate(reportOf(finding())).invocations[0].toolExecutionNotifications).toEqual([])
})

test('everything that was left out of the report is mentioned', () => {
  const report = reportOf(finding())
  const { invocations } = validate({ ...report, cut: { ...report.cut, traces: 2 } })
  expect(invocations[0].toolExecutionNotifications).toEqual([
    { level: 'warning', message: { text: '2 traces were closed early because too many were open.' } },
  ])
})

test('with a baseline each result has its state, and accepted ones are suppressed notes', () => {
  const { report, states } = heldAgainstBaseline()
  const { results } = validate(report, { states })
  const read = results.map(
    // biome-ignore lint/suspicious/noExplicitAny: the same
    ({ message, level, baselineState, suppressions }: any) => ({
      title: message.text.split(' (')[0],
      level,
      baselineState,
      suppressions,
    }),
  )
  expect(read).toEqual([
    { title: 'new finding', level: 'error', baselineState: 'new' },
    { title: 'Grown from 4 to 12 queries: grown finding', level: 'error', baselineState: 'updated' },
    {
      title: 'accepted finding',
      level: 'note',
      baselineState: 'unchanged',
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'Accepted by pg-loupe-baseline.json, with up to 9 queries.',
        },
      ],
    },
    { title: 'slow finding', level: 'error' },
  ])
  expect(validate(report).results[0]).not.toHaveProperty('baselineState')
})

interface Place {
  // biome-ignore lint/suspicious/noExplicitAny: what is read is what the schema has just checked
  location: any
}

// biome-ignore lint/suspicious/noExplicitAny: the same
function validate(report: Report, options?: ReporterOptions): any {
  const log = JSON.parse(sarifReporter.render(report, options))
  isSarif(log)
  expect(isSarif.errors ?? []).toEqual([])
  return log.runs[0]
}

function startOf({ physicalLocation }: Place['location']): string {
  return `${physicalLocation.artifactLocation.uri}:${physicalLocation.region.startLine}`
}
