// pg-loupe merge, as it is built: what shards have recorded, as one run would have recorded it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { NOT_SLOW, runBuilt } from './built-command.ts'

const project = join(import.meta.dirname, 'project')
const database = await testDatabase()

beforeAll(() => makeLibrary(database.config))

test('the tests of a project in two shards, merged, give the findings of one run, byte by byte', async () => {
  const folder = temporaryFolder()
  const runTests = async (name: string, ...files: string[]) => {
    const traces = join(folder, name)
    const env = { DATABASE_URL: database.url }
    const { code } = await runBuilt(
      ['run', '--output', `traces=${traces}`, '--', 'node', '--test', ...files],
      {
        cwd: project,
        env,
      },
    )
    expect(code).toBe(0)
    return traces
  }
  const whole = await runTests('whole.ndjson', 'books.test.mjs', 'authors.test.mjs')
  const shards = [
    await runTests('1.ndjson', 'authors.test.mjs'),
    await runTests('2.ndjson', 'books.test.mjs'),
  ]
  const merged = join(folder, 'merged.ndjson')
  const other = join(folder, 'other.ndjson')
  await runBuilt(['merge', ...shards, '-o', merged])
  await runBuilt(['merge', ...shards.reverse(), '-o', other])
  expect(readFileSync(other, 'utf8')).toBe(readFileSync(merged, 'utf8'))
  const [one, two] = await Promise.all([whole, merged].map((file) => findingsOf(file)))
  expect(one).toContain('GET /books')
  expect(two).toBe(one)
})

describe('it reads', () => {
  const line = (name: string, id: number) =>
    `${JSON.stringify({ v: 1, name, queries: [{ sql: `select * from a where id = ${id}` }] })}\n`

  test('files, folders, standard input and pipes, and writes to standard output', async () => {
    const folder = temporaryFolder()
    const shards = join(folder, 'shards')
    mkdirSync(shards)
    writeFileSync(join(shards, 'one.ndjson'), line('b', 1))
    writeFileSync(join(shards, 'notes.txt'), 'x')
    writeFileSync(join(folder, 'two.ndjson'), line('a', 1))
    const { stdout, stderr, code } = await runBuilt(['merge', shards, join(folder, 'two.ndjson'), '-'], {
      input: `${line('c', 1)}{"v":1,"cut":{"untraced":3}}\n`,
    })
    expect([stderr, code]).toEqual(['', 0])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(lines.map(({ id, cut }) => id ?? cut)).toEqual([
      'job a #1',
      'job b #1',
      'job c #1',
      { untraced: 3 },
    ])
    const analyzed = await runBuilt(['analyze', '-', '--format', 'json'], { input: stdout })
    expect(JSON.parse(analyzed.stdout)).toMatchObject({ traces: 3, cut: { untraced: 3 } })
  })

  test('its own output, to the same bytes', async () => {
    const file = join(temporaryFolder(), 'all.ndjson')
    writeFileSync(file, line('b', 1) + line('a', 2) + line('a', 1))
    await runBuilt(['merge', file, '-o', file])
    const once = readFileSync(file, 'utf8')
    await runBuilt(['merge', file, '-o', file])
    expect(readFileSync(file, 'utf8')).toBe(once)
    expect(once.match(/"id":"job a #[12]"/g)).toHaveLength(2)
  })

  test('a broken line and a missing file are told, the rest is merged, and the status is 2', async () => {
    const folder = temporaryFolder()
    const [broken, merged] = [join(folder, 'broken.ndjson'), join(folder, 'merged.ndjson')]
    writeFileSync(broken, `${line('a', 1)}{"v":1,"na\n{"v":2,"queries":[]}\n${line('b', 1)}`)
    const { stderr, stdout, code } = await runBuilt(['merge', broken, '/no/such/file', '-o', merged])
    expect(stderr).toContain(`${broken}:2: not JSON`)
    expect(stderr).toContain(`${broken}:3: not a trace: v is 2, expected version 1`)
    expect(stderr).toContain('cannot read /no/such/file')
    expect([stdout, code]).toEqual(['', 2])
    expect(readFileSync(merged, 'utf8').match(/"v":1/g)).toHaveLength(2)
  })

  test('no report: they cannot be merged without loss', async () => {
    const folder = temporaryFolder()
    const [report, merged] = [join(folder, 'report.json'), join(folder, 'merged.ndjson')]
    await runBuilt(['analyze', '-', '-o', `json=${report}`], { input: line('a', 1) })
    const { stderr, code } = await runBuilt(['merge', report, '-o', merged])
    expect(stderr).toMatch(
      /report\.json is a report, and reports cannot be merged without loss; merge the trace files/,
    )
    expect([code, existsSync(merged)]).toEqual([2, false])
  })

  test('nothing from an empty folder or file, and says so', async () => {
    const folder = temporaryFolder()
    const nothing = await runBuilt(['merge', folder])
    expect([nothing.stdout, nothing.code]).toEqual(['', 2])
    expect(nothing.stderr).toContain('no file in it ends in .ndjson')
    const empty = await runBuilt(['merge', '-'])
    expect([empty.stdout, empty.stderr, empty.code]).toEqual([
      '',
      'pg-loupe: there is no trace in standard input\n',
      0,
    ])
  })

  test('a path that cannot be written leads to status 2', async () => {
    const { stderr, code } = await runBuilt(['merge', '-', '-o', '/dev/null/all.ndjson'], {
      input: line('a', 1),
    })
    expect(stderr).toMatch(/^pg-loupe: cannot write \/dev\/null\/all\.ndjson: .+\n$/)
    expect(code).toBe(2)
  })
})

async function findingsOf(file: string): Promise<string> {
  const { stdout } = await runBuilt(['analyze', file, '--format', 'json', ...NOT_SLOW])
  return JSON.stringify(JSON.parse(stdout).findings)
}
