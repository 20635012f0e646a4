// pg-loupe report, run as a command: which format goes where.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { each, q, trace } from '../trace-builder.ts'
import { runCommand } from './run-command.ts'

const report = createProfiler().analyze([
  trace(
    'GET /orders',
    each([1, 2, 3, 4], (id) => q('select * from users where id = $1', [id], { at: 'src/a.ts:4:5 list' })),
  ),
])

describe.concurrent('pg-loupe report', () => {
  test('prints for the terminal', async ({ expect, ...t }) => {
    const { stdout, stderr, code } = await runIn(folderWithReport(t), 'report', 'report.json')
    expect(stdout).toContain('src/a.ts:4:5 list')
    expect([stderr, code]).toEqual(['', 0])
  })

  test('knows every reporter by its name, and reads what it prints as JSON', async ({ expect, ...t }) => {
    const folder = folderWithReport(t)
    for (const name of Object.keys(reporters)) {
      const { stdout, code } = await runIn(folder, 'report', 'report.json', '--format', name)
      expect([name, stdout.length > 0, code]).toEqual([name, true, 0])
    }
    const { stdout } = await runIn(folder, 'report', 'report.json', '--format', 'json')
    const again = await runCommand(['report', '-', '--format', 'json'], stdout, folder)
    expect(again.stdout).toBe(stdout)
  })

  test('reads a report with a byte order mark', async ({ expect, ...t }) => {
    const folder = folderWithReport(t)
    const file = join(folder, 'report.json')
    const { stdout: before } = await runIn(folder, 'report', 'report.json')
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`)
    const { stdout, code } = await runIn(folder, 'report', 'report.json')
    expect([stdout, code]).toEqual([before, 0])
  })

  test('names the file in which a fix is no text', async ({ expect, ...t }) => {
    const folder = folderWithReport(t)
    const file = join(folder, 'report.json')
    const changed = JSON.parse(readFileSync(file, 'utf8'))
    changed.findings[0].fix = 7
    writeFileSync(file, JSON.stringify(changed))
    const { stderr, code } = await runIn(folder, 'report', 'report.json')
    expect(stderr).toContain('report.json is no report: findings.0.fix is 7, expected string')
    expect(code).toBe(2)
  })

  test('writes other formats to files beside what it prints, making their folders', async ({
    expect,
    ...t
  }) => {
    const folder = folderWithReport(t)
    const outputs = ['--output', 'json=out/deep/a.json', '-o', 'console=out/b.txt']
    const { stdout, code } = await runIn(folder, 'report', 'report.json', ...outputs)
    expect(code).toBe(0)
    expect(stdout).toContain('GET /orders')
    expect(JSON.parse(read(folder, 'out/deep/a.json'))).toEqual(report)
    expect(read(folder, 'out/b.txt')).toBe(stdout)
  })

  test('writes to a file instead when no format is named with it', async ({ expect, ...t }) => {
    const folder = folderWithReport(t)
    const ran = await runIn(folder, 'report', 'report.json', '--format', 'json', '-o', './a=b.json')
    expect(ran).toEqual({ stdout: '', stderr: '', code: 0 })
    expect(JSON.parse(read(folder, 'a=b.json'))).toEqual(report)
  })

  test('a file that cannot be written is named, the exit code is 2, and the rest is written', async ({
    expect,
    ...t
  }) => {
    const folder = folderWithReport(t)
    const outputs = ['-o', 'json=report.json/x.json', '-o', 'json=y.json']
    const { stdout, stderr, code } = await runIn(folder, 'report', 'report.json', ...outputs)
    expect(stderr).toMatch(/^pg-loupe: cannot write report\.json\/x\.json: \S.*\n$/)
    expect(stdout).toContain('GET /orders')
    expect(JSON.parse(read(folder, 'y.json'))).toEqual(report)
    expect(code).toBe(2)
  })

  test.for([
    [['--format', 'sarf'], /There is no format sarf; it is one of console, .*json/],
    [['--output', 'sarf=x'], /There is no format sarf; it is one of console, .*json/],
    [['--output', 'json='], /It takes a file/],
    [['--output', ''], /It takes a file/],
  ] as const)(
    '%j is refused with what there is, and nothing is written',
    async ([args, message], { expect, ...t }) => {
      const folder = folderWithReport(t)
      const { stdout, stderr, code } = await runIn(folder, 'report', 'report.json', ...args)
      expect(stderr).toMatch(message)
      expect([stdout, code]).toEqual(['', 2])
      expect(existsSync(join(folder, 'x'))).toBe(false)
    },
  )
})

function folderWithReport(t: Pick<TestContext, 'onTestFinished'>): string {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report))
  return folder
}

function runIn(folder: string, ...args: string[]) {
  return runCommand(args, '', folder)
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

test.concurrent('a page that is made with a base report tells what is new, and what is fixed', async ({
  expect,
  onTestFinished,
}) => {
  const folder = temporaryFolder({ onTestFinished })
  const [found, clean] = ['found.json', 'clean.json'].map((name) => join(folder, name)) as [string, string]
  writeFileSync(found, reporters.json.render(report))
  writeFileSync(clean, JSON.stringify({ ...report, findings: [] }))
  const compare = async (head: string, base: string) => {
    const { stdout, stderr } = await runCommand(['report', head, '--base', base, '--format', 'html'])
    expect(stderr).toBe('')
    return JSON.parse(/id="report">(.*?)<\/script>/s.exec(stdout)?.[1] ?? '').compared
  }
  const keys = report.findings.map(({ key }) => key)
  expect(await compare(found, clean)).toMatchObject({ new: keys, fixed: [] })
  expect(await compare(clean, found)).toMatchObject({ new: [], fixed: keys.map((key) => ({ key })) })
})

test.for([
  ['--base', 'before.json'],
  ['--traces', 'traces.ndjson'],
] as const)('%s is refused when no format in use shows it', async ([option, file], { expect }) => {
  const { stdout, stderr, code } = await runCommand([
    'report',
    'report.json',
    option,
    file,
    '-o',
    'json=x.json',
  ])
  expect(stderr).toBe(
    `pg-loupe: ${option} is for formats that show it, and none is asked for; add --output html=report.html\n`,
  )
  expect([stdout, code]).toEqual(['', 2])
})
