// A file of another kind is told by what it is, with the command that reads it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, type TestContext, test } from 'vitest'
import { serializeCatalog } from '../../src/catalog/catalog-file.ts'
import { assertKind, type TakenKind } from '../../src/config/file-kind.ts'
import { baselineOf, formatBaseline } from '../../src/report/baseline.ts'
import { compareReports } from '../../src/report/compare-reports.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { runBuilt } from '../cli/built-command.ts'
import { runCommand } from '../cli/run-command.ts'
import { finding, reportOf } from '../report-builder.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { q, trace } from '../trace-builder.ts'

const report = reportOf(finding())
const traces = `${[...formatTrace(trace('GET /orders', q('select 1')), undefined)].join('')}\n`
const catalog = serializeCatalog({
  v: 1,
  database: 'app',
  serverVersion: 180000,
  relations: [],
  functions: [],
  searchPath: [],
  temporary: [],
})

/** As we write them, under the names that people give them. */
const FILES: Record<string, string | Buffer> = {
  'report.json': reporters.json.render(report),
  'short.json': JSON.stringify(report),
  'traces.ndjson': traces,
  'cut.ndjson': `{"v":1,"cut":{"untraced":3}}\n${traces}`,
  'baseline.json': formatBaseline(baselineOf(report)),
  'empty-baseline.json': formatBaseline(baselineOf(reportOf())),
  'pg-loupe.config.json': '{"failOn":"new"}',
  'catalog.json': catalog,
  'comparison.json': reporters.json.renderComparison(compareReports(report, report)),
  'report.sarif': reporters.sarif.render(report),
  'junit.xml': reporters.junit.render(report),
  'gitlab.json': reporters.gitlab.render(report),
  'summary.md': reporters.markdown.render(report),
  'comment.md': reporters['markdown-comment'].render(report),
  'report.html': reporters.html.render(report),
  'traces.ndjson.gz': gzipSync(traces),
}
const TAKES: Record<TakenKind, readonly string[]> = {
  traces: ['traces.ndjson', 'cut.ndjson'],
  report: ['report.json', 'short.json'],
  baseline: ['baseline.json', 'empty-baseline.json'],
  configuration: ['pg-loupe.config.json'],
  catalog: ['catalog.json'],
}

function folderOfFiles(t?: Pick<TestContext, 'onTestFinished'>): string {
  const folder = temporaryFolder(t)
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content)
  return folder
}

describe.each(Object.keys(TAKES) as TakenKind[])('when %s are read', (takes) => {
  test.each(Object.keys(FILES))('%s', (name) => {
    const file = join(folderOfFiles(), name)
    if (TAKES[takes].includes(name)) expect(() => assertKind(file, takes)).not.toThrow()
    else
      expect(() => assertKind(file, takes)).toThrow(/ is (?:an? [\w ]+|compressed), not an? [\w ]+\. [A-Z].+/)
  })
})

test.each<[string, TakenKind, string]>([
  ['report.json', 'traces', ' is a report, not a trace file. Print it with: pg-loupe report '],
  ['traces.ndjson', 'report', ' is a trace file, not a report. Analyze it with: pg-loupe analyze '],
  [
    'baseline.json',
    'report',
    ' is a baseline, not a report. Hold a report against it with: pg-loupe report ',
  ],
  ['traces.ndjson.gz', 'traces', ' is compressed, not a trace file. Unpack it with: gunzip '],
  ['report.sarif', 'report', ' is a report as SARIF, not a report. Keep the report as JSON for that: '],
  ['.', 'traces', ' is a folder, not a trace file. Merge the trace files in it with: pg-loupe merge '],
  ['.', 'report', ' is a folder, not a report. Name the file in it.'],
])('%s, where %s are read, is told with the next step', (name, takes, message) => {
  expect(() => assertKind(join(folderOfFiles(), name), takes)).toThrow(message)
})

test('another file is left to the code that reads it', () => {
  const folder = temporaryFolder()
  const { tool: _, ...older } = report
  for (const content of [
    JSON.stringify(older),
    '',
    '{}',
    '[]',
    'no json',
    '{"name":"app","version":"2.1"}',
  ]) {
    writeFileSync(join(folder, 'x'), content)
    expect(() => assertKind(join(folder, 'x'), 'report')).not.toThrow()
  }
  expect(() => assertKind(join(folder, 'missing'), 'report')).not.toThrow()
})

test('a command in a message takes a name with blanks', () => {
  const file = join(temporaryFolder(), "it's a report.json")
  writeFileSync(file, reporters.json.render(report))
  expect(() => assertKind(file, 'traces')).toThrow("it'\\''s a report.json'")
})

test.concurrent.for<[string[], string]>([
  [
    ['analyze', 'report.json'],
    'report.json is a report, not a trace file. Print it with: pg-loupe report report.json',
  ],
  [['report', 'traces.ndjson'], 'traces.ndjson is a trace file, not a report.'],
  [['report', 'report.json', '--baseline', 'report.json'], 'report.json is a report, not a baseline.'],
  [
    ['report', 'report.json', '--config', 'baseline.json'],
    'baseline.json is a baseline, not a configuration.',
  ],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--traces', 'junit.xml'],
    'junit.xml is a report as JUnit XML',
  ],
  [['merge', 'baseline.json'], 'baseline.json is a baseline, not a trace file.'],
  [
    ['diff', 'report.json', 'comparison.json'],
    'comparison.json is a comparison of two reports, not a report.',
  ],
  [['baseline', 'write', 'traces.ndjson'], 'traces.ndjson is a trace file, not a report.'],
  [['baseline', 'write', '--traces', 'report.json'], 'report.json is a report, not a trace file.'],
  [['analyze', 'traces.ndjson', '--catalog', 'report.json'], 'report.json is a report, not a catalog.'],
])('pg-loupe %j says so once and exits with 2', async ([args, message], t) => {
  const { stderr, stdout, code } = await runCommand(args, '', folderOfFiles(t))
  expect(stderr).toContain(message)
  expect([stderr.trimEnd().split('\n').length, stdout, code]).toEqual([1, '', 2])
})

test.concurrent.for<[string[], string, string]>([
  [['analyze', '-'], 'report.json', 'a report, not a trace file. Print it with: pg-loupe report -'],
  [['analyze', '-'], 'traces.ndjson.gz', 'compressed, not a trace file. Unpack it with: gunzip -'],
  [['report', '-'], 'traces.ndjson', 'a trace file, not a report. Analyze it with: pg-loupe analyze -'],
  [['report', '-'], 'traces.ndjson.gz', 'compressed, not a report. Unpack it with: gunzip -'],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--traces', '-'],
    'report.sarif',
    'a report as SARIF, not a trace file.',
  ],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--base', '-'],
    'traces.ndjson',
    'a trace file, not a report.',
  ],
  [['diff', 'report.json', '-'], 'comparison.json', 'a comparison of two reports, not a report.'],
  [['diff', '-', 'report.json'], 'junit.xml', 'a report as JUnit XML, not a report.'],
  [
    ['merge', '-'],
    'catalog.json',
    'a catalog, not a trace file. Use it with: pg-loupe analyze traces.ndjson --catalog <file>',
  ],
  [['baseline', 'write', '-'], 'baseline.json', 'a baseline, not a report.'],
  [['baseline', 'write', '--traces', '-'], 'report.json', 'a report, not a trace file.'],
])('pg-loupe %j, given %s, says so once and exits with 2', async ([args, name, message], t) => {
  const { stderr, stdout, code } = await runBuilt(args, { input: FILES[name] ?? '', cwd: folderOfFiles(t) })
  expect(stderr).toContain(`standard input is ${message}`)
  expect([stderr.trimEnd().split('\n').length, stdout, code]).toEqual([1, '', 2])
})

test('input in small pieces is recognised and analyzed completely', async () => {
  const many = traces.repeat(200)
  const { stdout, code } = await inPieces(many)
  expect([JSON.parse(stdout).traces, code]).toEqual([200, 0])
  expect(await inPieces(FILES['report.json'] as string)).toMatchObject({
    stderr: expect.stringContaining('standard input is a report, not a trace file.'),
    code: 2,
  })
})

test('a command that refuses standard input does not wait for its end', async () => {
  const { code } = await runBuilt(['analyze', '-', 'traces.ndjson'], {
    cwd: folderOfFiles(),
    isOpen: true,
    input: `${FILES['report.json']}${' '.repeat(8192)}`,
  })
  expect(code).toBe(2)
})

/** The first of them a byte long, so that no piece holds what tells the kind. */
async function inPieces(input: string) {
  return await runBuilt(['analyze', '-', '--format', 'json'], {
    isOpen: true,
    started: ({ stdin }) => {
      const write = (at: number) => {
        const to = at === 0 ? 1 : at + 3000
        stdin?.write(input.slice(at, to), () => (to < input.length ? setImmediate(write, to) : stdin.end()))
      }
      write(0)
    },
  })
}
