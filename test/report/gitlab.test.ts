import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { gitlabReporter } from '../../src/report/reporters/gitlab.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { ReporterOptions } from '../../src/types/reporter.ts'
import {
  finding,
  heldAgainstBaseline,
  hostileFinding,
  manyFindings,
  reportOf,
  UNSEEN,
} from '../report-builder.ts'

const isCodeQuality = new Ajv2020().compile(
  JSON.parse(readFileSync(new URL('formats/gitlab-code-quality.json', import.meta.url), 'utf8')),
)

test('is a valid code quality report for any input', () => {
  for (const findings of [
    [],
    [finding(), hostileFinding()],
    [finding({ callSite: [] }), finding({ key: 'b', callSite: [{ file: 'a.ts', line: 0 }] })],
  ]) {
    issues(findings)
  }
  isCodeQuality([{ description: 'x' }])
  expect(isCodeQuality.errors).not.toBeNull()
})

test('an issue has its place, its check and a description on one line', () => {
  expect(issues([finding()])).toEqual([
    {
      type: 'issue',
      check_name: 'n-plus-one',
      description:
        'N+1: 4 queries, one for each row (GET /orders). Each of the 4 values of customers.id came from orders.customer_id of 4 rows of one earlier query. Collect the id values first and ask once, with id = any(…).',
      categories: ['Performance'],
      severity: 'major',
      fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
      location: { path: 'src/orders.ts', lines: { begin: 41 } },
    },
  ])
})

test('severities are those of GitLab', () => {
  const severities = (['error', 'warning', 'info'] as const).map((severity) =>
    finding({ severity, key: severity }),
  )
  expect(issues(severities).map(({ severity }) => severity)).toEqual(['major', 'minor', 'info'])
})

test('no two issues share a fingerprint, and moved lines do not change it', () => {
  const prints = issues(manyFindings(1000)).map(({ fingerprint }) => fingerprint)
  expect(new Set(prints).size).toBe(1000)
  const moved = finding({ callSite: [{ file: 'src/other.ts', line: 1 }] })
  expect(issues([moved])[0]?.fingerprint).toBe(issues([finding()])[0]?.fingerprint)
})

test('paths are those of the repository, and a finding without one is at package.json', () => {
  const options = { cwd: '/repo/api', root: '/repo' }
  expect(issues([finding()], options)[0]?.location.path).toBe('api/src/orders.ts')
  expect(issues([finding({ callSite: [] })], options)[0]).toMatchObject({
    description: expect.stringContaining('No line of the repository is known.'),
    location: { path: 'package.json', lines: { begin: 1 } },
  })
})

test('a description contains no control or invisible characters', () => {
  expect(issues([hostileFinding()])[0]?.description).not.toMatch(UNSEEN)
})

interface Issue {
  severity: string
  description: string
  fingerprint: string
  location: { path: string; lines: { begin: number } }
}

test('with a baseline, only new and grown findings are issues, with unchanged fingerprints', () => {
  const { report, states } = heldAgainstBaseline()
  const held = issues(report.findings, { states })
  expect(held.map(({ description }) => description.split(' (')[0])).toEqual([
    'new finding',
    'Grown from 4 to 12 queries: grown finding',
  ])
  expect(held[1]?.fingerprint).toBe(issues(report.findings)[2]?.fingerprint)
})

function issues(findings: readonly Finding[], options?: ReporterOptions): Issue[] {
  const list = JSON.parse(gitlabReporter.render(reportOf(...findings), options))
  isCodeQuality(list)
  expect(isCodeQuality.errors ?? []).toEqual([])
  return list
}
