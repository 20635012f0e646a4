// Tests that a trace file is rotated when it has reached its size, also when others append to it, and that no complete line
// is lost.
import { execFile } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { recordTraces } from '../../src/trace-file/record-traces.ts'
import type { Trace } from '../../src/types/trace.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { q, trace } from '../trace-builder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

function recorder(file: string, bytes: number, files: number) {
  const lost = { count: 0 }
  const acts: (() => void)[] = []
  const made = recordTraces(file, {
    folder: '/',
    values: false,
    atExit: (act) => acts.push(act),
    onLost: () => lost.count++,
    rotation: { bytes, files },
  })
  return { ...made, lost, exit: () => acts.forEach((act) => void act()) }
}

const named = (number: number) => trace(`GET /${number}`, q('select 1'))

async function recordAll(record: (trace: Trace) => void, flushed: () => Promise<void>, count: number) {
  for (let number = 0; number < count; number++) {
    record(named(number))
    if (number % 5 === 4) await flushed()
  }
  await flushed()
}

function namesIn(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line).name)
}

const size = JSON.stringify(named(0)).length

test('a file that has grown is put aside, as many as are asked for, the latest without a number', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'traces.ndjson')
  const { record, flushed, lost } = recorder(file, 12 * size, 3)
  await recordAll(record, flushed, 100)
  expect(readdirSync(folder).sort()).toEqual(['traces.1.ndjson', 'traces.2.ndjson', 'traces.ndjson'])
  const kept = ['traces.2.ndjson', 'traces.1.ndjson', 'traces.ndjson'].flatMap((name) =>
    namesIn(join(folder, name)),
  )
  const all = Array.from({ length: 100 }, (_, number) => `GET /${number}`)
  expect(kept).toEqual(all.slice(-kept.length))
  expect(kept.length).toBeGreaterThan(20)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(14 * size)
  expect(lost.count).toBe(0)
})

test('with one file, what is older goes', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'traces')
  const { record, flushed } = recorder(file, 12 * size, 1)
  await recordAll(record, flushed, 50)
  expect(readdirSync(folder)).toEqual(['traces'])
  expect(namesIn(file).at(-1)).toBe('GET /49')
})

test('a file that somebody moves away or removes is begun anew, and one of its name is not written over', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'traces.ndjson')
  const { record, flushed, exit } = recorder(file, 1e9, 2)
  record(named(1))
  await flushed()
  renameSync(file, join(folder, 'moved.ndjson'))
  record(named(2))
  await flushed()
  expect(namesIn(join(folder, 'moved.ndjson'))).toEqual(['GET /1'])
  expect(namesIn(file)).toEqual(['GET /2'])
  rmSync(file)
  writeFileSync(file, `${JSON.stringify(named(3))}\n`)
  record(named(4))
  exit()
  expect(namesIn(file)).toEqual(['GET /3', 'GET /4'])
})

test('a lock that a killed process has left is taken away after a while', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'traces.ndjson')
  writeFileSync(`${file}.lock`, '')
  const { record, flushed } = recorder(file, 5 * size, 2)
  await recordAll(record, flushed, 20)
  expect(namesIn(file).length).toBe(20)
  const minuteAgo = new Date(Date.now() - 60_000)
  utimesSync(`${file}.lock`, minuteAgo, minuteAgo)
  await recordAll(record, flushed, 20)
  expect(namesIn(file).length).toBeLessThan(20)
  expect(readdirSync(folder).sort()).toEqual(['traces.1.ndjson', 'traces.ndjson'])
})

test('a folder that is gone ends the recording with one warning, and reaches nobody else', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'deep', 'traces.ndjson')
  mkdirSync(dirname(file))
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const { record, flushed, lost, exit } = recorder(file, 1e9, 2)
  rmSync(dirname(file), { recursive: true })
  record(named(1))
  await flushed()
  record(named(2))
  exit()
  expect(lost.count).toBe(2)
  expect(warned).toHaveBeenCalledTimes(1)
  expect(warned.mock.calls[0]?.[0]).toContain('recording ends: ENOENT')
  warned.mockRestore()
})

test('several processes that append to one file put it aside together, and every line stays whole', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'traces.ndjson')
  const program = `
    import { createProfiler } from ${JSON.stringify(join(root, 'dist/src/index.js'))}
    const profiler = createProfiler({ console: 'off', outputs: { traces: process.argv[1] }, limits: { traceFileBytes: 4000, traceFiles: 200 } })
    for (let number = 0; number < 60; number++) {
      await profiler.trace(process.argv[2] + ' ' + number, () => {})
      await profiler.settled()
    }
  `
  await Promise.all(
    ['a', 'b', 'c'].map((name) => run(process.execPath, ['--input-type=module', '-e', program, file, name])),
  )
  const files = readdirSync(folder)
  const names = files.flatMap((name) => namesIn(join(folder, name)))
  const all = ['a', 'b', 'c'].flatMap((name) =>
    Array.from({ length: 60 }, (_, number) => `${name} ${number}`),
  )
  expect(names.sort()).toEqual(all.sort())
  expect(files.length).toBeGreaterThan(4)
  expect(files.filter((name) => name.endsWith('.lock'))).toEqual([])
})
