import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { junitReporter } from '../../src/report/reporters/junit.ts'
import type { Report } from '../../src/types/report.ts'
import type { ReporterOptions } from '../../src/types/reporter.ts'
import {
  finding,
  HOSTILE,
  heldAgainstBaseline,
  hostileFinding,
  manyFindings,
  reportOf,
  UNSEEN,
} from '../report-builder.ts'

const schema = readFileSync(new URL('formats/jenkins-junit.xsd', import.meta.url), 'utf8')

test('is valid by the schema of Jenkins for any input', async () => {
  for (const report of [
    reportOf(),
    reportOf(finding(), hostileFinding()),
    reportOf(finding({ severity: 'info' }), finding({ key: 'b', callSite: [] })),
    reportOf(...manyFindings(50)),
  ]) {
    await validate(report)
  }
})

test('the schema is really checked', async () => {
  const { valid } = await validateXML({ xml: '<testsuites><testsuite/></testsuites>', schema })
  expect(valid).toBe(false)
})

test('a route without findings is a passing test, and a finding is a failing one', () => {
  expect(
    junitReporter.render(reportOf(finding({ fix: '', evidence: [], callSite: [] }))),
  ).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="pg-loupe" tests="2" failures="1" errors="0">
      <testsuite name="GET /quiet" tests="1" failures="0" errors="0" time="0.002">
        <testcase name="no findings" classname="GET /quiet"/>
      </testsuite>
      <testsuite name="GET /orders" tests="1" failures="1" errors="0" time="0.002">
        <testcase name="n-plus-one" classname="GET /orders"><failure message="N+1: 4 queries, one for each row" type="n-plus-one">✖ N+1: 4 queries, one for each row  n-plus-one, proven
      at       no line of the application is known
      why      Each of the 4 values of customers.id came from orders.customer_id of 4 rows of one earlier query.
      instead  Collect the id values first and ask once, with id = any(…).
      saves    3 round trips: 6.0 ms here, 117 ms at 1 ms a round trip and ten times the rows</failure></testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

test('a finding of severity info passes and is shown', () => {
  const text = junitReporter.render(reportOf(finding({ severity: 'info' })))
  expect(text).not.toContain('<failure')
  expect(text).toContain('<testsuites name="pg-loupe" tests="2" failures="0"')
  expect(text).toMatch(/<system-out>● N\+1/)
})

test('a test keeps its name when lines and counts change, and no two of a route share one', () => {
  const names = (report: Report) =>
    [...junitReporter.render(report).matchAll(/<testcase name="(.*?)"/g)].map(([, name]) => name)
  const before = names(reportOf(finding({ key: 'a' }), finding({ key: 'b' })))
  const moved = finding({
    key: 'a',
    title: 'N+1: 9 queries',
    callSite: [{ file: 'x.ts', line: 2, function: 'list' }],
  })
  expect(names(reportOf(moved, finding({ key: 'b' })))).toEqual(before)
  expect(new Set(before).size).toBe(3)
  expect(names(reportOf(finding()))).toContain('n-plus-one in list')
})

test('a finding of an unlisted route is kept', () => {
  const report = { ...reportOf(finding()), routes: [] }
  expect(junitReporter.render(report)).toContain('<testsuite name="GET /orders" tests="1" failures="1"')
})

test('no text becomes an element, and no character that XML allows is lost', async () => {
  await validate(reportOf(hostileFinding()))
  const text = junitReporter.render(reportOf(hostileFinding()))
  expect(text).not.toMatch(/<(script|img|!--)|\]\]>/)
  expect(text).not.toMatch(UNSEEN)
  expect(text).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;')
  expect(HOSTILE).toContain('</testcase>')
  expect(text.match(/<\/testcase>/g)).toHaveLength(1)
})

test('with a baseline, accepted findings are skipped with the reason, and only new and grown ones fail', async () => {
  const { report, states } = heldAgainstBaseline()
  const text = junitReporter.render(report, { states })
  await validate(report, { states })
  expect(text).toContain('tests="5" failures="2" errors="0"')
  expect(text).toContain('<testsuite name="GET /orders" tests="4" failures="2" errors="0" skipped="1"')
  expect(text).toContain(
    '<skipped>Accepted by pg-loupe-baseline.json, with up to 9 queries.</skipped></testcase>',
  )
  expect([...text.matchAll(/<failure message="(.*?)"/g)].map(([, message]) => message)).toEqual([
    'new finding',
    'Grown from 4 to 12 queries: grown finding',
  ])
  expect(text).toMatch(/<system-out>✖ slow finding/)
})

async function validate(report: Report, options?: ReporterOptions): Promise<void> {
  const xml = junitReporter.render(report, options)
  const { valid, errors } = await validateXML({ xml, schema })
  expect(errors.map(({ message }) => message)).toEqual([])
  expect(valid).toBe(true)
}
