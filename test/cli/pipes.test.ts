// Tests commands in a pipe, as in a shell: a reader may stop early, and only the answer is printed.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { builtCommand, runBuilt } from './built-command.ts'

const trace = (name: string) =>
  JSON.stringify({
    v: 1,
    name,
    queries: [1, 2, 3, 4].map((id) => ({
      sql: `select * from users where id = ${id}`,
      callSite: [{ file: 'src/a.ts', line: 9 }],
    })),
  })

test.skipIf(process.platform === 'win32')(
  'analyze, report and diff read what the one before prints',
  async () => {
    const traces = fileOf(`${trace('GET /a')}\n${trace('GET /b')}\n`)
    const before = fileOf(
      (await runBuilt(['analyze', '-', '--format', 'json'], { input: trace('GET /a') })).stdout,
    )
    const { stdout, stderr, code } = await shell(
      `pg-loupe merge - < ${traces} | pg-loupe analyze - --format json | pg-loupe report - --format json | pg-loupe diff ${before} -`,
    )
    expect(stdout).toMatch(/^1 new, 0 grown, 0 fixed, 1 as before\n/)
    expect([stderr, code]).toEqual(['', 0])
  },
)

test.skipIf(process.platform === 'win32')('a reader that has seen enough is no error', async () => {
  const traces = fileOf(Array.from({ length: 3000 }, (_, index) => trace(`GET /${index}`)).join('\n'))
  for (const command of [`analyze ${traces} --format json`, `merge ${traces}`]) {
    const { stdout, stderr, code } = await shell(`set -o pipefail; pg-loupe ${command} | head -c 20`)
    expect([stdout.length, stderr, code], command).toEqual([20, '', 0])
  }
})

test.skipIf(process.platform === 'win32')('the exit code stays the same', async () => {
  const before = fileOf(
    (await runBuilt(['analyze', '-', '--format', 'json'], { input: trace('GET /a') })).stdout,
  )
  const many = Array.from({ length: 2000 }, (_, index) => trace(`GET /${index}`)).join('\n')
  const after = fileOf((await runBuilt(['analyze', '-', '--format', 'json'], { input: many })).stdout)
  const { code } = await shell(`set -o pipefail; pg-loupe diff ${before} ${after} --fail-on-new | head -c 20`)
  expect(code).toBe(1)
  const run = await shell(`set -o pipefail; pg-loupe run -- node -e 'process.exitCode = 7' 2>&1 | head -c 0`)
  expect(run.code).toBe(7)
})

describe('input that is nothing', () => {
  test('is an empty report, and a note', async () => {
    const { stdout, stderr, code } = await runBuilt(['analyze', '-', '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({ traces: 0, findings: [] })
    expect([stderr, code]).toEqual(['pg-loupe: there is no trace in standard input\n', 0])
  })

  test('is no report', async () => {
    const { stdout, stderr, code } = await runBuilt(['report', '-'])
    expect(stderr).toMatch(/^pg-loupe: standard input is not JSON: .+\n$/)
    expect([stdout, code]).toEqual(['', 2])
  })
})

test('a report of a version to come is refused with its name', async () => {
  const { stdout } = await runBuilt(['analyze', '-', '--format', 'json'], { input: trace('GET /a') })
  const file = fileOf(stdout.replace('"v": 1', '"v": 2'))
  const { stderr, code } = await runBuilt(['report', file])
  expect(stderr).toBe(
    `pg-loupe: ${file} is no report: v is 2, expected version 1, the only one this pg-loupe reads\n`,
  )
  expect(code).toBe(2)
})

test('a trace of a version to come is told with its line, and the others are analyzed', async () => {
  const file = fileOf(`{"v":2,"queries":[]}\n${trace('GET /a')}\n`)
  const { stdout, stderr, code } = await runBuilt(['analyze', file])
  expect(stderr).toBe(
    `pg-loupe: ${file}:1: not a trace: v is 2, expected version 1, the only one this pg-loupe reads\n`,
  )
  expect(stdout).toContain('GET /a')
  expect(code).toBe(2)
})

test('an option that does not exist is refused by every command', async () => {
  for (const command of ['run', 'analyze', 'report', 'merge', 'diff']) {
    const { stdout, stderr, code } = await runBuilt([command, '--no-such-option', 'x', 'y'])
    expect(stderr, command).toMatch(/^error: unknown option '--no-such-option'/)
    expect([stdout, code], command).toEqual(['', 2])
  }
})

function fileOf(content: string): string {
  const file = join(temporaryFolder(), 'input')
  writeFileSync(file, content)
  return file
}

async function shell(script: string) {
  const command = `pg-loupe() { '${process.execPath}' '${builtCommand}' "$@"; }; ${script}`
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { stdout, stderr, code }
}
