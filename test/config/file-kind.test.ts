// A file of another kind is told by what it is, with the command that reads it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assertKind, type TakenKind } from '../../src/config/file-kind.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { runBuilt } from '../cli/built-command.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { FILES, folderOfFiles, refusesFile, refusesInput, report, TAKES, traces } from './files-of-kinds.ts'

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
  [['report', 'report.json', '--baseline', 'report.json'], 'report.json is a report, not a baseline.'],
  [['baseline', 'write', 'traces.ndjson'], 'traces.ndjson is a trace file, not a report.'],
])('pg-loupe %j says so once and exits with 2', ([args, message], t) => refusesFile(args, message, t))

test.concurrent.for<[string[], string, string]>([
  [['analyze', '-'], 'traces.ndjson.gz', 'compressed, not a trace file. Unpack it with: gunzip -'],
  [['report', '-'], 'traces.ndjson.gz', 'compressed, not a report. Unpack it with: gunzip -'],
  [['diff', 'report.json', '-'], 'comparison.json', 'a comparison of two reports, not a report.'],
])('pg-loupe %j, given %s, says so once and exits with 2', ([args, name, message], t) =>
  refusesInput(args, name, message, t),
)

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
