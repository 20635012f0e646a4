// A file of each kind that we write, and what a command says that is given one of another kind.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { TestContext } from 'vitest'
import { serializeCatalog } from '../../src/catalog/catalog-file.ts'
import type { TakenKind } from '../../src/config/file-kind.ts'
import { baselineOf, formatBaseline } from '../../src/report/baseline.ts'
import { compareReports } from '../../src/report/compare-reports.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { runBuilt } from '../cli/built-command.ts'
import { runCommand } from '../cli/run-command.ts'
import { finding, reportOf } from '../report-builder.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { q, trace } from '../trace-builder.ts'

export const report = reportOf(finding())
export const traces = `${[...formatTrace(trace('GET /orders', q('select 1')), undefined)].join('')}\n`
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
export const FILES: Record<string, string | Buffer> = {
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
export const TAKES: Record<TakenKind, readonly string[]> = {
  traces: ['traces.ndjson', 'cut.ndjson'],
  report: ['report.json', 'short.json'],
  baseline: ['baseline.json', 'empty-baseline.json'],
  configuration: ['pg-loupe.config.json'],
  catalog: ['catalog.json'],
}

export function folderOfFiles(t?: Pick<TestContext, 'onTestFinished'>): string {
  const folder = temporaryFolder(t)
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content)
  return folder
}

export async function refusesFile(args: string[], message: string, t: TestContext): Promise<void> {
  const { stderr, stdout, code } = await runCommand(args, '', folderOfFiles(t))
  t.expect(stderr).toContain(message)
  t.expect([stderr.trimEnd().split('\n').length, stdout, code]).toEqual([1, '', 2])
}

export async function refusesInput(
  args: string[],
  name: string,
  message: string,
  t: TestContext,
): Promise<void> {
  const { stderr, stdout, code } = await runBuilt(args, { input: FILES[name] ?? '', cwd: folderOfFiles(t) })
  t.expect(stderr).toContain(`standard input is ${message}`)
  t.expect([stderr.trimEnd().split('\n').length, stdout, code]).toEqual([1, '', 2])
}
