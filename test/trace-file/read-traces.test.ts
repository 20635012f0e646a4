// Trace files are read as they come: by other tools, with fields missing or unknown, with lines that are no traces.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ApplicationCode, recordedRule } from '../../src/trace/call-site/application-code.ts'
import { traceParser } from '../../src/trace-file/parse-trace.ts'
import { readLines } from '../../src/trace-file/read-lines.ts'
import { readTraces } from '../../src/trace-file/read-traces.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const BARE = '{"v":1,"queries":[{"sql":"select 1"}]}'

test('a version and statements are enough; name, kind, id and times are filled in', async () => {
  const { traces, problems } = await read([
    BARE,
    BARE,
    '{"v":1,"name":"GET /orders","queries":[{"sql":"a","durationMs":2},{"sql":"b","startMs":5,"durationMs":1},{"sql":"c"}]}',
    '{"v":1,"id":"mine","kind":"test","name":"t","truncated":3,"durationMs":9,"queries":[]}',
  ])
  expect(problems).toEqual([])
  expect(
    traces.map(({ id, kind, name, durationMs, truncated }) => [id, kind, name, durationMs, truncated]),
  ).toEqual([
    ['job unnamed #1', 'job', 'unnamed', 0, 0],
    ['job unnamed #2', 'job', 'unnamed', 0, 0],
    ['http GET /orders #1', 'http', 'GET /orders', 6, 0],
    ['mine', 'test', 't', 9, 3],
  ])
  expect(traces[2]?.queries.map(({ startMs }) => startMs)).toEqual([0, 5, 6])
})

test('unknown fields are no mistake, and null is as good as missing', async () => {
  const { traces, problems } = await read([
    '{"v":1,"name":null,"host":"a","queries":[{"sql":"select 1","rows":null,"span":7,"callSite":[{"file":"a.ts","line":1,"column":null,"x":1}]}]}',
  ])
  expect(problems).toEqual([])
  expect(traces[0]?.queries[0]).toMatchObject({ callSite: [{ file: 'a.ts', line: 1 }] })
})

test('incomplete fields are used as far as possible, and otherwise left out', async () => {
  const { traces, problems } = await read([
    '{"v":1,"queries":[{"sql":"a"},{"sql":"b","callSite":[{"file":"a.rb"},{"line":7}],"builtAt":{"line":1},"flow":[{"query":0}],"columns":[{}],"usage":{}}]}',
  ])
  expect(problems).toEqual([])
  expect(traces[0]?.queries[1]).toEqual({
    sql: 'b',
    startMs: 0,
    valueHashes: [],
    callSite: [{ file: 'a.rb', line: 0 }],
    flow: [],
    columns: [],
  })
})

test.each([
  ['nope', 'not JSON: '],
  ['[]', 'not a trace: it is Array, expected an object'],
  ['{"queries":[]}', 'not a trace: v is missing'],
  ['{"v":2,"queries":[]}', 'not a trace: v is 2, expected version 1, the only one this pg-loupe reads'],
  ['{"v":1}', 'not a trace: queries is missing'],
  ['{"v":1,"queries":[{"sql":"a"},{}]}', 'not a trace: queries.1.sql is missing'],
  ['{"v":1,"queries":[{"sql":"a","rows":"b"}]}', 'not a trace: queries.0.rows is "b", expected a number'],
  [
    '{"v":1,"queries":[{"sql":"a","flow":[{"param":0,"query":0,"column":"id"}]}]}',
    'not a trace: queries.0.flow is from query 0, which is no earlier one',
  ],
  ['{"v":1,"findings":[]}', 'a report, no trace; pg-loupe report prints it'],
])('%s is told with file and line, and the others are read', async (line, message) => {
  const { traces, problems, file } = await read([BARE, '', line, BARE])
  expect(traces).toHaveLength(2)
  expect(problems).toEqual([expect.stringContaining(`${file}:3: ${message}`)])
})

test('a file that is not there is told, and the next one is read', async () => {
  const file = write([BARE])
  const { traces, problems } = await readAll(['/no/such/file', file])
  expect(problems).toEqual([expect.stringMatching(/^cannot read \/no\/such\/file: ENOENT/)])
  expect(traces).toHaveLength(1)
})

test('byte order mark, Windows line breaks and a last line without any are no mistake', async () => {
  const file = join(temporaryFolder(), 'traces.ndjson')
  writeFileSync(file, `\uFEFF${BARE}\r\n\r\n${BARE}`)
  expect(await readAll([file])).toMatchObject({ traces: [{}, {}], problems: [] })
})

test('lines come whole, wherever the chunks are cut, also inside a character', async () => {
  const bytes = Buffer.from('größe\n\n€ and €\nend')
  for (const size of [1, 2, 3, 7, 100]) {
    expect(await linesOf(bytes, size)).toEqual(['größe', '', '€ and €', 'end'])
  }
})

test('a line too long to be held is skipped, not kept', async () => {
  expect(await linesOf(Buffer.from('short\nfar too long\nshort'), 4, 6)).toEqual([
    'short',
    undefined,
    'short',
  ])
})

test('installed code is skipped where other frames remain, and stays where none do', async () => {
  const installed = { file: '/app/node_modules/knex/lib/client.js', line: 1 }
  const own = { file: '/app/src/a.ts', line: 2 }
  const { traces } = await read([
    line({ sql: 'a', callSite: [installed, own] }, { sql: 'b', callSite: [installed] }),
  ])
  expect(traces[0]?.queries.map(({ callSite }) => callSite)).toEqual([[own], [installed]])
})

test('values come from parameters and from literals, and only their equality stays', async () => {
  const { traces } = await read([
    line(
      { sql: "select * from t where id = '7' limit 5" },
      { sql: 'select * from t where id = $1 limit $2 offset $3', params: [7, 5, 10] },
      { sql: 'select * from t where id in (7, 8)' },
    ),
  ])
  const [first, second, third] = traces[0]?.queries ?? []
  expect(second?.valueHashes?.[0]).toEqual(first?.valueHashes?.[0])
  expect(third?.valueHashes).toEqual([[first?.valueHashes?.[0], expect.any(String)]])
  expect(second).toMatchObject({ limit: 5, offset: 10 })
  expect(traces[0]?.queries.some((query) => 'params' in query)).toBe(false)
})

test('values that are not in the file are unknown', async () => {
  const { traces } = await read([
    line({ sql: 'select * from t where id = $1' }, { sql: 'select * from t where id = ?', params: [1] }),
  ])
  expect(traces[0]?.queries.map(({ valueHashes }) => valueHashes)).toEqual([undefined, undefined])
})

test('hashes that a file gives stay as they are, and meet none of ours', async () => {
  const { traces } = await read([
    line({ sql: 'select $1', valueHashes: ['0'] }, { sql: 'select $1', params: ['a'] }),
  ])
  const [given, made] = traces[0]?.queries ?? []
  expect(given?.valueHashes).toEqual(['0'])
  expect(made?.valueHashes).not.toEqual(['0'])
})

test('queries beyond 100,000 are only counted', async () => {
  const queries = Array.from({ length: 100_003 }, () => ({ sql: 'select 1' }))
  const { traces } = await read([JSON.stringify({ v: 1, queries, truncated: 2 })])
  expect([traces[0]?.queries.length, traces[0]?.truncated]).toEqual([100_000, 5])
})

function line(...queries: Query[]): string {
  return JSON.stringify({ v: 1, queries })
}

async function read(lines: readonly string[]) {
  const file = write(lines)
  return { file, ...(await readAll([file])) }
}

async function readAll(files: readonly string[]) {
  const traces: Trace[] = []
  const problems: string[] = []
  for await (const trace of readTraces(files, { problem: (message) => problems.push(message) }))
    traces.push(trace)
  return { traces, problems }
}

function write(lines: readonly string[]): string {
  const file = join(temporaryFolder(), 'traces.ndjson')
  writeFileSync(file, lines.map((text) => `${text}\n`).join(''))
  expect(readFileSync(file, 'utf8')).not.toBe('')
  return file
}

async function linesOf(bytes: Buffer, size: number, longest?: number): Promise<(string | undefined)[]> {
  const chunks = async function* () {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
  }
  const lines: (string | undefined)[] = []
  for await (const { text } of readLines(chunks(), longest)) lines.push(text)
  return lines
}

test('rows as a list, one for each statement of a text, count together', () => {
  const line = (rows: unknown) =>
    JSON.stringify({ v: 1, name: 'job', queries: [{ sql: 'select 1; select 2', rows }] })
  const parse = traceParser()
  expect([[2, 3], [2, null], [], 7].map((rows) => parse(line(rows)).queries[0]?.rows)).toEqual([5, 2, 0, 7])
  expect(() => parse(line(['2']))).toThrow('rows is')
})

const acme = 'node_modules/acme/load.js'

/** The files of the call site of a trace that was recorded with one setting and is read with another. */
function filesOf(read: ApplicationCode | undefined, recorded?: object | null) {
  const callSite = [
    { file: acme, line: 3 },
    { file: 'src/stub.js', line: 9 },
  ]
  const line = JSON.stringify({ v: 1, application: recorded, queries: [{ sql: 'select 1', callSite }] })
  return traceParser(undefined, recordedRule(read))(line).queries[0]?.callSite?.map(({ file }) => file)
}

test("the reader's option decides which code is the application's", () => {
  expect(filesOf({})).toEqual(['src/stub.js'])
  expect(filesOf({ include: ['acme'] })).toEqual([acme, 'src/stub.js'])
  expect(filesOf({ include: ['acme'], exclude: ['src'] })).toEqual([acme])
})

test('call sites of a trace that says what counted are taken as they are', () => {
  expect(filesOf(undefined, { include: ['acme'] })).toEqual([acme, 'src/stub.js'])
  // A function had included the package.
  expect(filesOf({}, {})).toEqual([acme, 'src/stub.js'])
  expect(filesOf(undefined, null)).toEqual(['src/stub.js'])
})

test("the reader's option overrides the recorded one, include and exclude separately", () => {
  expect(filesOf({ include: [] }, { include: ['acme'] })).toEqual(['src/stub.js'])
  expect(filesOf({ exclude: ['acme'] }, { include: ['acme'] })).toEqual(['src/stub.js'])
  expect(filesOf({ exclude: ['src'] }, { include: ['acme'] })).toEqual([acme])
})
