// Traces of several processes end up in one folder, and come out of it in an order that no process has a say in.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCollected } from '../../src/collect/read-collected.ts'
import { checkOptions } from '../../src/profiler/options.ts'
import { runAnalysis } from '../../src/report/run-analysis.ts'
import type { Report } from '../../src/types/report.ts'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const app = join(import.meta.dirname, 'apps/work.mjs')
const database = await testDatabase()
const { detectors } = checkOptions({})

beforeAll(() => makeLibrary(database.config))

test('a process appends its traces to one file, and paths come out relative to the working directory', async () => {
  const folder = temporaryFolder()
  await work(folder, ['books', 'authors'])
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\d+-0-1\.ndjson$/)])
  const { report, ids } = await read(folder)
  expect(ids).toEqual(['job authors #1', 'job books #1'])
  expect(report.findings).toMatchObject([
    { detector: 'n-plus-one', route: 'books', occurrences: [{ trace: 'job books #1' }] },
  ])
  const [frame] = report.findings[0]?.callSite ?? []
  expect(frame).toMatchObject({ file: 'test/collect/apps/work.mjs', line: lineOf('// loop') })
})

test('worker threads and child processes have files of their own', async () => {
  const folder = temporaryFolder()
  await work(folder, ['books', 'worker:books', 'child:authors'])
  expect(readdirSync(folder)).toHaveLength(3)
  const { ids } = await read(folder)
  expect(ids).toEqual(['job authors #1', 'job books #1', 'job books #2'])
})

test('a killed process leaves every trace that had closed', async () => {
  const folder = temporaryFolder()
  await work(folder, ['books', 'kill']).catch(({ signal }) => expect(signal).toBe('SIGKILL'))
  expect((await read(folder)).ids).toEqual(['job books #1'])
})

test('open traces are closed and written at a normal exit', async () => {
  const folder = temporaryFolder()
  await work(folder, ['open:books'])
  const { ids, report } = await read(folder)
  expect(ids).toEqual(['job open books #1'])
  expect(report.queries).toBe(5)
})

test('counts outside of traces are summed over the processes', async () => {
  const folder = temporaryFolder()
  await work(folder, ['untraced', 'authors', 'untraced', 'untraced', 'child:untraced'])
  const { report } = await read(folder)
  expect([report.traces, report.queries, report.cut.untraced]).toEqual([1, 1, 4])
})

test('a process that sends no query in a trace writes no file and says nothing', async () => {
  const folder = temporaryFolder()
  const { stdout, stderr } = await work(folder, [])
  expect([stdout, stderr, readdirSync(folder)]).toEqual(['', '', []])
})

test('the console is quiet while traces are collected, unless it is asked for', async () => {
  const folder = temporaryFolder()
  const quiet = await work(folder, ['books'], { NODE_ENV: 'development' })
  expect([quiet.stdout, quiet.stderr]).toEqual(['', ''])
})

test('a folder that is not there is told once, and the program runs on', async () => {
  const { stderr } = await work('/no/such/folder', ['books', 'authors'])
  expect(stderr.match(/PG_LOUPE_COLLECT=\/no\/such\/folder: the traces could not be written/g)).toHaveLength(
    1,
  )
})

test('production collects nothing', async () => {
  const folder = temporaryFolder()
  await work(folder, ['books'], { NODE_ENV: 'production' })
  expect(readdirSync(folder)).toEqual([])
})

test('one program gives the same findings, however its work is divided among processes', async () => {
  const divisions = [
    ['books', 'authors', 'books', 'authors'],
    ['worker:authors', 'child:books', 'books', 'authors'],
    ['child:books', 'worker:books', 'child:authors', 'child:authors'],
  ]
  const reports = await Promise.all(
    divisions.map(async (pieces) => {
      const folder = temporaryFolder()
      await work(folder, pieces)
      return (await read(folder)).report
    }),
  )
  const [first, ...others] = reports.map(({ findings }) => JSON.stringify(findings))
  expect(JSON.parse(first ?? '')).toHaveLength(1)
  for (const other of others) expect(other).toBe(first)
})

describe('a folder is read', () => {
  const line = (name: string, sql = 'select 1') => JSON.stringify({ v: 1, name, queries: [{ sql }] })

  test('in any order of its files and lines, with new numbers for the traces', async () => {
    const lines = ['select 1', 'select 2 from a', 'select 3 from b', 'select 4 from c'].map((sql) =>
      line('x', sql),
    )
    const one = folderOf({ '1-0-1.ndjson': `${lines.join('\n')}\n` })
    const other = folderOf({
      '7-0-1.ndjson': `${lines[3]}\n${lines[0]}\n`,
      '5-2-1.ndjson': `${lines[2]}\n${lines[1]}\n`,
    })
    const sqls = async (folder: string) =>
      [...(await readCollected(folder, fail)).traces()].map(({ id, queries }) => [id, queries[0]?.sql])
    expect(await sqls(one)).toEqual(await sqls(other))
    expect((await sqls(one)).map(([id]) => id)).toEqual(['job x #1', 'job x #2', 'job x #3', 'job x #4'])
  })

  test('without regard to times, drawn names, connections and sizes, where anything else tells traces apart', async () => {
    const query = (more: object) => [
      { sql: 'select * from a where id = $1', rows: 1, ...more },
      { sql: 'select * from b where id = $1', rows: 2, ...more },
    ]
    const small = {
      v: 1,
      name: 'x',
      queries: query({ valueHashes: ['q9'], durationMs: 7, connection: 3, bytes: 9 }),
    }
    const large = { ...small, queries: [...small.queries, { sql: 'select 1' }] }
    const again = {
      ...small,
      queries: query({ valueHashes: ['a1'], durationMs: 1, connection: 1, bytes: 8 }),
    }
    const largeAgain = { ...again, queries: [...again.queries, { sql: 'select 1', startMs: 5 }] }
    const counts = async (...traces: object[]) => {
      const text = traces.map((trace) => `${JSON.stringify(trace)}\n`).join('')
      const { traces: read } = await readCollected(folderOf({ '1-0-1.ndjson': text }), fail)
      return [...read()].map(({ queries }) => queries.length)
    }
    expect(await counts(small, large)).toEqual(await counts(largeAgain, again))
  })

  test('an id that somebody else has given stays', async () => {
    const text = JSON.stringify({ v: 1, id: 'request 7', name: 'x', queries: [] })
    const { traces } = await readCollected(folderOf({ '1-0-1.ndjson': `${line('x')}\n${text}\n` }), fail)
    expect([...traces()].map(({ id }) => id).sort()).toEqual(['job x #1', 'request 7'])
  })

  test('half a line at its end is one trace that was not recorded, in its middle it is told with its number', async () => {
    const problems: string[] = []
    const folder = folderOf({
      '1-0-1.ndjson': `${line('x')}\n{"v":1,"na`,
      '2-0-1.ndjson': `${line('x')}\n{"v":1,"na\n${line('y')}\n`,
    })
    const { count, cut } = await readCollected(folder, (message) => problems.push(message))
    expect([count, cut.unrecorded]).toEqual([3, 1])
    expect(problems).toEqual([expect.stringMatching(/2-0-1\.ndjson:2: not JSON/)])
  })

  test('other files in the folder are ignored', async () => {
    const folder = folderOf({ 'notes.txt': 'x', 'report.ndjson': 'x' })
    mkdirSync(join(folder, 'more'))
    expect(await readCollected(folder, fail)).toMatchObject({ count: 0, profilers: 0 })
  })

  test('its lines can be read again, each as its process wrote it but for id and paths', async () => {
    const written = {
      v: 1,
      id: 'job x #9',
      kind: 'job',
      name: 'x',
      extra: { kept: true },
      queries: [{ sql: 'select 1', callSite: [{ file: '/app/src/a.ts', line: 1 }] }],
    }
    const folder = folderOf({ '1-0-1.ndjson': `\uFEFF${JSON.stringify(written)}` })
    const { lines } = await readCollected(folder, fail, '/app')
    expect([...lines()].map((text) => JSON.parse(text))).toEqual([
      {
        ...written,
        id: 'job x #1',
        queries: [{ sql: 'select 1', callSite: [{ file: 'src/a.ts', line: 1 }] }],
      },
    ])
  })
})

async function work(folder: string, pieces: readonly string[], variables: Record<string, string> = {}) {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    PG_LOUPE_COLLECT: folder,
    ...variables,
  }
  return await run(process.execPath, [app, ...pieces], { cwd: root, env })
}

async function read(folder: string): Promise<{ report: Report; ids: string[] }> {
  const collected = await readCollected(folder, fail, root)
  const report = await runAnalysis(collected.traces(), {
    detectors,
    problem: fail,
    cut: () => collected.cut,
  })
  return { report, ids: [...collected.traces()].map(({ id }) => id) }
}

function folderOf(files: Record<string, string>): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function fail(message: string): never {
  throw new Error(message)
}

function lineOf(mark: string): number {
  return (
    readFileSync(app, 'utf8')
      .split('\n')
      .findIndex((line) => line.endsWith(mark)) + 1
  )
}
