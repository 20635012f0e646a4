// Traces reach their file whole and in order, without values unless asked, and what did not reach it is counted.
import { execFile } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createProfiler } from '../../src/index.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { recordTraces } from '../../src/trace-file/record-traces.ts'
import type { Trace } from '../../src/types/trace.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { each, q, trace } from '../trace-builder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const SECRET = 'ann@example.org'

test('each trace is a line, in the order in which they closed', async () => {
  const file = temporaryFile()
  const { record, flushed } = recorder(file)
  const names = Array.from({ length: 50 }, (_, index) => `GET /${index}`)
  // Larger and smaller ones: a short one must not overtake.
  for (const [index, name] of names.entries()) record(trace(name, loop(index % 10 === 0 ? 500 : 1)))
  await flushed()
  expect(lines(file).map(({ name }) => name)).toEqual(names)
})

test('a live trace is recorded without any value, and says which are equal', async () => {
  const file = temporaryFile()
  const profiler = createProfiler({ outputs: { traces: file }, console: 'off' })
  await inTrace(profiler, [
    [`select * from users where mail = '${SECRET}' and age > 42 limit 5`],
    ['select * from users where mail = $1 limit $2', [SECRET, 7]],
    ['select * from users where mail = any($1)', [[SECRET, 'bob']]],
  ])
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(SECRET)
  const { queries } = JSON.parse(text)
  expect(queries.map(({ sql }: { sql: string }) => sql)).toEqual([
    "select * from users where mail = '' and age > 0 limit 5",
    'select * from users where mail = $1 limit $2',
    'select * from users where mail = any($1)',
  ])
  const [first, second, third] = queries
  expect(second.valueHashes[0]).toBe(first.valueHashes[0])
  expect(third.valueHashes).toEqual([[first.valueHashes[0], expect.any(String)]])
  expect([first.limit, second.limit]).toEqual([5, 7])
  expect(queries.some((query: object) => 'params' in query)).toBe(false)
})

test('one value has another name in another trace', async () => {
  const file = temporaryFile()
  const profiler = createProfiler({ outputs: { traces: file }, console: 'off' })
  for (const _ of [1, 2]) await inTrace(profiler, [['select $1', [SECRET]]])
  const [one, other] = lines(file).map(({ queries }) => queries[0]?.valueHashes)
  expect(one).not.toEqual(other)
})

test('asked for values, it holds statements and parameters as they were sent, for its owner to read', async () => {
  const file = temporaryFile()
  const profiler = createProfiler({ outputs: { traces: file }, recordValues: true, console: 'off' })
  const params = [SECRET, 5n, new Date(0), Buffer.from('a'), [1, null], { a: 1 }]
  await inTrace(profiler, [["select 'x', $1, $2, $3, $4, $5, $6", params]])
  expect(lines(file)[0]?.queries).toMatchObject([
    {
      sql: "select 'x', $1, $2, $3, $4, $5, $6",
      params: [SECRET, '5', '1970-01-01T00:00:00.000Z', '\\x61', [1, null], { a: 1 }],
    },
  ])
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0)
})

test.skipIf(process.platform === 'win32')(
  'a file that was there keeps its rights, unless values are asked for: then its owner alone may read it',
  async () => {
    const modes = [false, true].map((values) => {
      const file = temporaryFile()
      writeFileSync(file, '', { mode: 0o644 })
      createProfiler({ outputs: { traces: file }, recordValues: values, console: 'off' })
      return statSync(file).mode & 0o777
    })
    expect(modes).toEqual([0o644, 0o600])
  },
)

test('paths below the working directory are relative to it, others stay', async () => {
  const file = temporaryFile()
  const { record, flushed } = recorder(file, { folder: '/app' })
  const at = ['/app/src/a.ts:1 f', '/lib/b.ts:2', '/app-two/c.ts:3', '/app/../d.ts:4', 'e.ts:5']
  record(trace('GET /', q('select 1', [], { at, builtAt: { file: '/app/q.ts', line: 9 } })))
  await flushed()
  const [query] = lines(file)[0]?.queries ?? []
  expect(query?.callSite?.map(({ file }) => file)).toEqual([
    'src/a.ts',
    '/lib/b.ts',
    '/app-two/c.ts',
    '/app/../d.ts',
    'e.ts',
  ])
  expect(query?.builtAt).toEqual({ file: 'q.ts', line: 9 })
})

test('waiting traces are written at exit, after pending writes, completely and once', async () => {
  const file = temporaryFile()
  const code = `
    import { createProfiler } from '${join(root, 'src/index.ts')}'
    import { coreOf } from '${join(root, 'src/profiler/profiler-core.ts')}'
    const profiler = createProfiler({ outputs: { traces: ${JSON.stringify(file)} }, console: 'off' })
    const send = (trace) => { for (let n = 0; n < 3000; n++) trace.startQuery({ sql: 'select $1', params: [n] })?.finished({ rowCount: 0 }) }
    for (let n = 0; n < 8; n++) {
      const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'job ' + n })
      send(trace)
      trace.end()
      trace.close()
    }
    coreOf(profiler).startTrace({ kind: 'job', name: 'open' })
    setTimeout(() => process.exit(), 20)`
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'test' },
  })
  expect(lines(file).map(({ name, queries }) => [name, queries.length])).toEqual([
    ...Array.from({ length: 8 }, (_, n) => [`job ${n}`, 3000]),
    ['open', 0],
  ])
})

test('traces that come faster than they can be written are dropped and counted', async () => {
  const file = temporaryFile()
  let lost = 0
  const { record, flushed } = recorder(file, { waitingQueries: 10, onLost: () => lost++ })
  for (const name of ['a', 'b', 'c', 'd']) record(trace(name, loop(4)))
  await flushed()
  expect([lines(file).map(({ name }) => name), lost]).toEqual([['a', 'b'], 2])
  // Room again; and one that is larger than all the room still has its turn.
  record(trace('e', loop(50)))
  await flushed()
  expect(lines(file).at(-1)?.name).toBe('e')
})

test('recording goes on behind what is in the file, also behind a line that was cut off', async () => {
  const file = temporaryFile()
  writeFileSync(file, '{"v":1,"que')
  const { record, flushed } = recorder(file)
  appendFileSync(file, '{"v":1,"queries":[],"name":"of another process"}\n')
  record(trace('mine'))
  await flushed()
  expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual([
    '{"v":1,"que',
    '{"v":1,"queries":[],"name":"of another process"}',
  ])
  expect(readFileSync(file, 'utf8')).toMatch(/\n\{[^\n]+"name":"mine"[^\n]+\}\n$/)
})

test('a path that cannot be written fails when the profiler is made', () => {
  const create = (traces: string) => () => createProfiler({ outputs: { traces } })
  expect(create('/no/such/folder/t')).toThrow('option outputs.traces: cannot write /no/such/folder/t: ENOENT')
  expect(create(temporaryFolder())).toThrow('option outputs.traces: cannot write')
})

test.runIf(existsSync('/dev/full'))('the report counts traces that are not in the file', async () => {
  const profiler = createProfiler({ outputs: { traces: '/dev/full' }, console: 'off' })
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  for (const _ of [1, 2]) await inTrace(profiler, [['select 1']])
  expect((await warned).message).toMatch(/traces could not be written, recording ends: ENOSPC/)
  expect(profiler.report().cut).toMatchObject({ unrecorded: 2, internalErrors: 0 })
})

type Sending = [sql: string, params?: unknown[]]

async function inTrace(profiler: ReturnType<typeof createProfiler>, queries: Sending[]): Promise<void> {
  await profiler.trace('job', () => {
    for (const [sql, params] of queries)
      coreOf(profiler).currentTrace()?.startQuery({ sql, params })?.finished({ rowCount: 0 })
  })
  await profiler.settled()
}

function recorder(file: string, more: Partial<Parameters<typeof recordTraces>[1]> = {}) {
  return recordTraces(file, { folder: root, values: false, atExit: () => {}, onLost: () => {}, ...more })
}

function loop(count: number) {
  return each(Array.from({ length: count }), (_, index) => q('select * from t where id = $1', [index]))
}

function temporaryFile(): string {
  return join(temporaryFolder(), 'traces.ndjson')
}

function lines(file: string): Trace[] {
  const text = readFileSync(file, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}
