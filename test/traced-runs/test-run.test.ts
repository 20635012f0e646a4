// Tests the run of a test runner without a runner: collected traces become a summary, files and an exit status.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { RunOptions } from '../../src/runners/run-options.ts'
import { startTestRun } from '../../src/runners/test-run.ts'
import { formatCut } from '../../src/trace-file/cut-line.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { each, from, q, trace } from '../trace-builder.ts'

afterEach(() => vi.unstubAllEnvs())

const IDS = Array.from({ length: 12 }, (_, index) => 4000 + index)
const loop = trace(
  'GET /orders',
  q('select id, author_id from books limit 50', [], { at: 'src/a.ts:1 list', rows: 12 }),
  each(IDS, (id) =>
    q('select name from authors where id = $1', [id], {
      at: 'src/a.ts:2 list',
      rows: 1,
      valueHashes: [`v${id}`],
      ...from(0, 'author_id', 12),
    }),
  ),
)

describe('a run', () => {
  test('ends with the number of queries and each finding', async () => {
    const { text, failed } = await runWith({}, loop)
    expect(text).toContain('pg-loupe  13 queries in 0 tests and 1 request: 1 finding')
    expect(text).toMatch(/in GET \/orders\n {2}✖ N\+1: 12 queries/)
    expect(failed).toBe(false)
  })

  test('says so when no query was seen', async () => {
    expect((await runWith({})).text).toContain('No query was seen. Is the pool profiled')
  })

  test('writes each format and the traces, in folders that do not exist yet', async () => {
    const folder = temporaryFolder()
    const outputs = {
      json: join(folder, 'a/report.json'),
      console: join(folder, 'b/report.txt'),
      html: join(folder, 'b/report.html'),
      traces: join(folder, 'c/traces.ndjson'),
    }
    await runWith({ outputs }, loop)
    expect(JSON.parse(readFileSync(outputs.json, 'utf8'))).toMatchObject({ v: 1, queries: 13 })
    expect(readFileSync(outputs.console, 'utf8')).toContain('GET /orders')
    // The html format is given the traces, because it is the only one that shows them.
    expect(readFileSync(outputs.html, 'utf8')).toContain('select name from authors where id = $1')
    expect(JSON.parse(readFileSync(join(folder, 'c/traces.ndjson'), 'utf8'))).toMatchObject({
      id: 'http GET /orders #1',
    })
  })

  test('names a file that it could not write, and writes the others', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const { text } = await runWith(
      { outputs: { json: join(folder, 'file/x.json'), traces: join(folder, 'traces') } },
      loop,
    )
    expect(text).toContain(`cannot write ${join(folder, 'file/x.json')}`)
    expect(readdirSync(folder)).toContain('traces')
  })

  test('fails because of failOn, with the number of findings', async () => {
    expect(await runWith({ failOn: 'warning' }, loop)).toMatchObject({
      failed: true,
      text: expect.stringContaining('The run failed for 1 finding:'),
    })
    const fixed = trace('GET /orders', q('select 1'))
    expect(await runWith({ failOn: 'warning' }, fixed)).toMatchObject({ failed: false })
  })

  test('leaves the folder and the environment as they were', async () => {
    const run = startTestRun({})
    const folder = process.env.PG_LOUPE_COLLECT ?? ''
    expect(existsSync(folder)).toBe(true)
    await run.finish()
    expect(process.env.PG_LOUPE_COLLECT).toBeUndefined()
    expect(existsSync(folder)).toBe(false)
  })

  test('with a removed folder says so, and does not pass with failOn', async () => {
    for (const failOn of ['error', false] as const) {
      const run = startTestRun({ failOn })
      rmSync(process.env.PG_LOUPE_COLLECT ?? '', { recursive: true })
      expect(await run.finish()).toEqual({
        text: expect.stringContaining('pg-loupe: the run could not be reported: ENOENT'),
        failed: failOn !== false,
      })
    }
  })

  test('writes to its trace file what was left out, as the command `run` does', async () => {
    const file = join(temporaryFolder(), 'traces.ndjson')
    const run = startTestRun({ outputs: { traces: file } })
    writeFileSync(join(process.env.PG_LOUPE_COLLECT ?? '', '1-0-1.ndjson'), formatCut({ untraced: 3 }))
    await run.finish()
    expect(readFileSync(file, 'utf8')).toMatch(/"untraced":3/)
  })

  test('reports nothing when another process collects', async () => {
    vi.stubEnv('PG_LOUPE_COLLECT', temporaryFolder())
    expect(await startTestRun({ failOn: 'info' }).finish()).toEqual({ text: '', failed: false })
  })

  test('collects from profilers that are created after its start', async () => {
    const run = startTestRun({})
    const profiler = createProfiler({ console: 'off', catalog: false })
    await profiler.trace('a job', () => {})
    await profiler.settled()
    const collected = readdirSync(process.env.PG_LOUPE_COLLECT ?? '')
    expect(collected.filter((name) => name.endsWith('.ndjson'))).toHaveLength(1)
    await run.finish()
  })
})

describe('its options', () => {
  test.each([
    [{ format: 'json' }, 'there is no option format'],
    [{ outputs: { yaml: 'x' } }, 'option outputs: there is no format yaml; it is one of'],
    [{ failOn: 'fatal' }, `option failOn got "fatal", but takes 'error', 'warning', 'info', 'new' or false`],
    [{ detectors: { 'n-plus-two': false } }, 'n-plus-two'],
  ])('%j is refused before the first test', (options, message) => {
    expect(() => startTestRun(options as RunOptions)).toThrow(message)
    expect(process.env.PG_LOUPE_COLLECT).toBeUndefined()
  })

  test('come from PG_LOUPE_RUN too, for runners without options', async () => {
    vi.stubEnv('PG_LOUPE_RUN', '{"failOn":"error"}')
    expect(await runWith({}, loop)).toMatchObject({ failed: true })
    expect(await runWith({ failOn: false }, loop)).toMatchObject({ failed: false })
    vi.stubEnv('PG_LOUPE_RUN', '{failOn')
    expect(() => startTestRun()).toThrow('PG_LOUPE_RUN takes options as JSON')
  })
})

async function runWith(options: RunOptions, ...traces: Parameters<typeof formatTrace>[0][]) {
  const run = startTestRun(options)
  const folder = process.env.PG_LOUPE_COLLECT ?? ''
  mkdirSync(folder, { recursive: true })
  const lines = traces.map((one) => [...formatTrace(one, undefined)].join(''))
  writeFileSync(join(folder, '1-0-1.ndjson'), lines.map((line) => `${line}\n`).join(''))
  return await run.finish()
}
