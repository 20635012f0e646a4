// pg-loupe analyze, run as a command: what it prints where, and what its exit code says.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCommand } from './run-command.ts'

const LOOP = JSON.stringify({
  v: 1,
  name: 'GET /orders',
  queries: [1, 2, 3, 4].map((id) => ({
    sql: `select * from users where id = ${id}`,
    callSite: [{ file: 'src/orders.ts', line: 41, column: 9, function: 'list' }],
  })),
})

test.concurrent('prints what is found in a file, with the line', async ({ expect, onTestFinished }) => {
  const { stdout, stderr, code } = await runCommand(['analyze', write(LOOP, { onTestFinished })])
  expect(stdout).toMatch(/^GET \/orders {2}4 queries/)
  expect(stdout).toMatch(/at +src\/orders\.ts:41:9 list/)
  expect([stderr, code]).toEqual(['', 0])
})

test.concurrent('reads standard input, and gives the same bytes for the same input', async ({ expect }) => {
  const input = `${LOOP}\n${LOOP.replace('orders', 'others')}\n`
  const runs = await Promise.all([1, 2].map(() => runCommand(['analyze', '-', '--format', 'json'], input)))
  const [one, two] = runs
  expect(JSON.parse(one?.stdout ?? '')).toMatchObject({ v: 1, traces: 2, queries: 8, findings: [{}, {}] })
  expect(two).toEqual(one)
})

test.concurrent('writes a page with the traces that it has read, and report writes the same from its files', async ({
  expect,
  onTestFinished,
}) => {
  const folder = temporaryFolder({ onTestFinished })
  const [traces, report] = ['traces.ndjson', 'report.json'].map((name) => join(folder, name)) as [
    string,
    string,
  ]
  writeFileSync(traces, `${LOOP}\n${LOOP.replace('orders', 'others')}\n`)
  const args = ['--format', 'html', '-o', `json=${report}`]
  const analyzed = await runCommand(['analyze', traces, ...args])
  expect([analyzed.stderr, analyzed.code]).toEqual(['', 0])
  const data = (page: string) => JSON.parse(/id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? '')
  expect(data(analyzed.stdout).traces).toMatchObject([{ name: 'GET /orders' }, { name: 'GET /others' }])
  const reported = await runCommand(['report', report, '--traces', traces, '--format', 'html'])
  expect(data(reported.stdout)).toEqual(data(analyzed.stdout))
  const without = await runCommand(['report', report, '--format', 'html'])
  expect(data(without.stdout).traces).toEqual([])
})

test.concurrent('a line that is no trace is told, the others are analyzed, and the exit code is 2', async ({
  expect,
  onTestFinished,
}) => {
  const file = write(`{"v":1\n${LOOP}\n`, { onTestFinished })
  const { stdout, stderr, code } = await runCommand(['analyze', file])
  expect(stderr).toContain(`pg-loupe: ${file}:1: not JSON`)
  expect(stdout).toContain('GET /orders')
  expect(code).toBe(2)
})

test.concurrent('with very many such lines the first are reported, and the number of the others', async ({
  expect,
}) => {
  const { stderr, code } = await runCommand(['analyze', '-'], 'x\n'.repeat(30))
  expect(stderr.match(/not JSON/g)).toHaveLength(20)
  expect(stderr).toContain('and 10 more')
  expect(code).toBe(2)
})

test.concurrent('--set gives detectors other options, or switches them off', async ({ expect }) => {
  const find = async (...args: string[]) => {
    const { stdout } = await runCommand(['analyze', '-', '--format', 'json', ...args], LOOP)
    return JSON.parse(stdout).findings.length
  }
  expect(
    await Promise.all([
      find(),
      find('--set', 'n-plus-one.minLikely=5'),
      find('--set', 'n-plus-one=false'),
      find('--set', 'n-plus-one=false', '--set', 'n-plus-one.minLikely=2'),
      find('--set', 'query-budget.routes.GET /orders=3'),
    ]),
  ).toEqual([1, 0, 0, 1, 2])
})

const INSTALLED = {
  v: 1,
  name: 'GET /orders',
  queries: [1, 2, 3, 4].map((id) => ({
    sql: `select * from users where id = ${id}`,
    callSite: [
      { file: 'node_modules/acme/load.js', line: 3, column: 5, function: 'load' },
      { file: 'src/orders.js', line: 41, column: 9, function: 'list' },
    ],
  })),
}
const RECORDED = { ...INSTALLED, application: { include: ['acme'] } }

test.concurrent.each<[string, object, string[], string]>([
  ['without them code that is not installed is named', INSTALLED, [], 'src/orders.js'],
  ['--include counts an installed package in', INSTALLED, ['--include', 'acme'], 'node_modules/acme/load.js'],
  ['--include of another package does not', INSTALLED, ['--include', 'other'], 'src/orders.js'],
  ['a recorded setting counts it in', RECORDED, [], 'node_modules/acme/load.js'],
  [
    '--exclude of something else leaves it in',
    RECORDED,
    ['--exclude', 'src/db'],
    'node_modules/acme/load.js',
  ],
  ['--exclude takes it out', RECORDED, ['--exclude', 'acme'], 'src/orders.js'],
  ['--include wins over it', RECORDED, ['--include', 'other'], 'src/orders.js'],
])('which line is named: %s', async (_what, trace, args, file) => {
  const { stdout } = await runCommand(['analyze', '-', '--format', 'json', ...args], JSON.stringify(trace))
  const { findings } = JSON.parse(stdout)
  expect(findings).toHaveLength(1)
  expect(findings[0].callSite[0].file).toBe(file)
})

test.each<[string, string, string]>([
  ['counts in what it includes', `{ include: ['acme'] }`, 'node_modules/acme/load.js'],
  ['wins over what was recorded', '{ include: [] }', 'src/orders.js'],
])('the configuration %s', async (_what, application, file) => {
  const config = join(temporaryFolder(), 'pg-loupe.config.mjs')
  writeFileSync(config, `export default { application: ${application} }`)
  const args = ['--format', 'json', '--config', config]
  const trace = application.includes('acme') ? INSTALLED : RECORDED
  const { stdout } = await runCommand(['analyze', '-', ...args], JSON.stringify(trace))
  expect(JSON.parse(stdout).findings[0].callSite[0].file).toBe(file)
})

test.concurrent.each([
  [['--set', 'n-plus-two.likely=5'], 'there is no --set n-plus-two; it is one of n-plus-one'],
  [['--set', 'n-plus-one.least=5'], 'there is no --set n-plus-one.least; it is one of'],
  [['--set', 'n-plus-one.minLikely=many'], '--set n-plus-one.minLikely got "many", but takes a whole number'],
  [['--set', 'n-plus-one'], '--set n-plus-one: takes detector.option=value, or detector=false'],
  [['--format', 'yaml'], 'There is no format yaml; it is one of console, '],
])('%j fails with status 2 and says why', async (args, message) => {
  const { stdout, stderr, code } = await runCommand(['analyze', '-', ...args], LOOP)
  expect(stderr).toContain(message)
  expect([stdout, code]).toEqual(['', 2])
})

test.concurrent('--help tells the exit codes', async ({ expect }) => {
  const { stdout, code } = await runCommand(['analyze', '--help'])
  expect(stdout).toMatch(/0 {2}success[\s\S]+2 {2}wrong usage, input that could not be read/)
  expect(code).toBe(0)
})

function write(text: string, t: Parameters<typeof temporaryFolder>[0]): string {
  const file = join(temporaryFolder(t), 'traces.ndjson')
  writeFileSync(file, text)
  return file
}
