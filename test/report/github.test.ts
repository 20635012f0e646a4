import { expect, test } from 'vitest'
import { githubComparison, githubReporter } from '../../src/report/reporters/github.ts'
import type { Comparison, Report } from '../../src/types/report.ts'
import type { ReporterOptions } from '../../src/types/reporter.ts'
import {
  finding,
  heldAgainstBaseline,
  hostileFinding,
  manyFindings,
  reportOf,
  UNSEEN,
} from '../report-builder.ts'

test('a finding is a command with its place and a complete message', () => {
  const [command, ...more] = commands(reportOf(finding()))
  expect(more).toEqual([])
  expect(command).toEqual({
    name: 'error',
    properties: {
      file: 'src/orders.ts',
      line: '41',
      col: '9',
      title: 'N+1: 4 queries, one for each row (n-plus-one, proven)',
    },
    message: expect.stringMatching(
      /^GET \/orders\nat +src\/orders\.ts:41:9 list\n[\s\S]*instead +Collect the id/,
    ),
  })
})

test('errors, warnings and notices are distinguished, the worst first', () => {
  const findings = (['error', 'warning', 'info'] as const).map((severity) => finding({ severity }))
  expect(commands(reportOf(...findings)).map(({ name }) => name)).toEqual(['error', 'warning', 'notice'])
})

test('a report without findings prints nothing', () => {
  expect(githubReporter.render(reportOf())).toBe('')
})

test('ten of each kind are printed, and the tenth has the number of the others', () => {
  const errors = manyFindings(25)
  const warnings = manyFindings(10, { severity: 'warning' })
  const printed = commands(reportOf(...errors, ...warnings))
  expect(printed.filter(({ name }) => name === 'error')).toHaveLength(10)
  expect(printed.filter(({ name }) => name === 'warning')).toHaveLength(10)
  expect(printed[0]?.properties.line).toBe('1')
  expect(printed[9]?.message).toMatch(/^16 more are not annotated/)
  expect(printed.at(-1)?.message).not.toContain('not annotated')
})

test('a finding without a line, or outside of the repository, names no file', () => {
  const outside = finding({ callSite: [{ file: '/usr/lib/a.js', line: 2 }] })
  for (const one of [finding({ callSite: [] }), outside]) {
    const [command] = commands(reportOf(one), { cwd: '/repo' })
    expect(Object.keys(command?.properties ?? {})).toEqual(['title'])
  }
})

test('a suppression without effect is a warning at its line', () => {
  const suppression = {
    by: 'comment',
    state: 'unused',
    reason: 'old',
    findings: 0,
    at: { file: 'a.ts', line: 3 },
  }
  const report = { ...reportOf(), suppressions: [suppression] as unknown as Report['suppressions'] }
  expect(commands(report)).toEqual([
    {
      name: 'warning',
      properties: { file: 'a.ts', line: '3', title: 'pg-loupe suppression' },
      message: 'pg-loupe-ignore (old): it suppresses nothing any more: remove it',
    },
  ])
})

test('only new and grown findings of a comparison are annotated', () => {
  const [added, grown, fixed] = manyFindings(3, { severity: 'warning' })
  const comparison: Partial<Comparison> = {
    new: [added as never],
    grown: [{ finding: grown as never, before: 3, after: 30 }],
    fixed: [fixed as never],
  }
  const read = readCommands(githubComparison(comparison as Comparison))
  expect(read.map(({ properties }) => properties.line)).toEqual(['1', '2'])
  expect(read[1]?.properties.title).toMatch(/^Grown from 3 to 30 queries: N\+1/)
})

test('paths are those of the repository', () => {
  const [command] = commands(reportOf(finding()), { cwd: '/repo/api', root: '/repo' })
  expect(command?.properties.file).toBe('api/src/orders.ts')
})

test('no text begins a command, ends a property, or contains invisible characters', () => {
  const text = githubReporter.render(reportOf(hostileFinding()))
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  expect(text).not.toMatch(UNSEEN)
  const [command] = commands(reportOf(hostileFinding()))
  expect(Object.keys(command?.properties ?? {})).toEqual(['file', 'line', 'col', 'title'])
  expect(command?.message).toContain('%0A %')
})

test('a message is cut before it fills the log', () => {
  const one = finding({ fix: 'select column_name\n'.repeat(100_000) })
  expect(githubReporter.render(reportOf(one)).length).toBeLessThan(20_000)
})

interface Command {
  name: string
  properties: Record<string, string>
  message: string
}

/** Reads commands as the runner of GitHub Actions does: `::name key=value,key=value::message`, with the escapes resolved. */
test('with a baseline, only new and grown findings are annotated, and one notice counts the others', () => {
  const { report, states } = heldAgainstBaseline()
  const printed = commands(report, { states })
  expect(printed.map(({ name, properties, message }) => [name, properties.title ?? message])).toEqual([
    ['error', 'new finding (n-plus-one, proven)'],
    ['error', 'Grown from 4 to 12 queries: grown finding (n-plus-one, proven)'],
    ['notice', 'pg-loupe'],
    ['notice', 'pg-loupe'],
  ])
  expect(printed[2]?.message).toBe('1 finding is accepted by pg-loupe-baseline.json.')
})

function commands(report: Report, options?: ReporterOptions): Command[] {
  return readCommands(githubReporter.render(report, options))
}

function readCommands(text: string): Command[] {
  const lines = text.split('\n').filter(Boolean)
  return lines.map((line) => {
    const [, name = '', properties = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? []
    const pairs = properties.split(',').map((pair) => {
      const [key = '', ...value] = pair.split('=')
      return [key, undoEscapes(value.join('=').replaceAll('%3A', ':').replaceAll('%2C', ','))]
    })
    return { name, properties: Object.fromEntries(pairs), message: undoEscapes(message) }
  })
}

function undoEscapes(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}
