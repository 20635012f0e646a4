// `npm run bench`: what profiling costs, beside the bare driver and beside others, in one run. Each variant is the same
// application in a process of its own; they take turns in short rounds, so that whatever else the machine does hits all of
// them, and what is compared is the processor time of one request in the same round. Only the ratios mean anything.
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { createDatabase } from '../test/postgres/create-database.ts'
import { startPostgres } from '../test/postgres/start-postgres.ts'
import { fetchNode } from './cost/fetch-node.ts'
import { variants } from './cost/variants.mjs'

const HELP = `Usage: npm run bench [-- options]

  --quick               one generation of processes and few rounds: minutes instead of an hour
  --node 20,24          versions of Node.js, taken from npm (default: both)
  --scenario a,b        only these (default: all): ${'`--list`'} names them
  --variant a,b         only these, the bare driver always among them
  --with NAME=path      another package beside them: a module that exports setUp() as bench/cost/variants.mjs describes
  --rounds n, --generations n
  --list                names the scenarios and variants
`

/** How many requests, or queries in place, make a round: some tenths of a second for the bare driver. */
const SCENARIOS: Readonly<Record<string, { title: string; count: number; inPlace?: true }>> = {
  'select 1': { title: 'a query in place, SELECT 1', count: 3000, inPlace: true },
  '20 rows': { title: 'a query in place, 20 rows', count: 2000, inPlace: true },
  one: { title: 'Express, 1 query', count: 800 },
  'ten-different': { title: 'Express, 10 different queries', count: 300 },
  'ten-equal': { title: 'Express, 10 equal queries', count: 300 },
  hundred: { title: 'Express, 100 queries', count: 40 },
  'loop-50': { title: 'Express, an N+1 of 50', count: 80 },
  'loop-500': { title: 'Express, an N+1 of 500', count: 8 },
  drizzle: { title: 'Express, 5 queries of Drizzle', count: 300 },
}
/** Requests under way at once. */
const CONCURRENCY = 4
/** Rounds before anything counts: V8 has compiled what is hot by then, and pg-loupe knows the routes. */
const WARM_ROUNDS = 8

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    help: { type: 'boolean' },
    list: { type: 'boolean' },
    node: { type: 'string', default: '20,24' },
    scenario: { type: 'string' },
    variant: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    generations: { type: 'string' },
  },
})

interface Variant {
  name: string
  path: string
  env: NodeJS.ProcessEnv
}

interface Measured {
  cpuUs: number
  wallUs: number
  latenciesMs: number[]
}

if (values.help) console.log(HELP)
else if (values.list) console.log([...Object.keys(SCENARIOS), ...Object.keys(variants)].join('\n'))
else await main()

async function main(): Promise<void> {
  const rounds = Number(values.rounds ?? (values.quick ? 8 : 12))
  const generations = Number(values.generations ?? (values.quick ? 1 : 4))
  const chosen = chosenVariants()
  const scenarios = pick(Object.keys(SCENARIOS), values.scenario, '--scenario')
  if (chosen.some(({ name }) => name === 'OpenTelemetry')) installOpenTelemetry()
  const postgres = await startPostgres()
  try {
    const database = await createDatabase(postgres, 'bench')
    await fill(database.url)
    console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${process.platform}; ${postgres.describe}`)
    console.log(
      `${generations} generations of processes, ${rounds} rounds each; medians, quartiles in brackets`,
    )
    for (const version of (values.node ?? '').split(',')) {
      const node = fetchNode(Number(version))
      for (const scenario of scenarios) {
        const all: { name: string; rounds: Measured[] }[] = chosen.map(({ name }) => ({ name, rounds: [] }))
        for (let generation = 0; generation < generations; generation++) {
          await measureGeneration(node, database.url, chosen, scenario, rounds, all)
        }
        print(version, scenario, all)
      }
      if (values.scenario === undefined) printPieces(version, node)
    }
    await database.drop()
  } finally {
    await postgres.stop()
  }
}

function chosenVariants(): Variant[] {
  const given = (values.with ?? []).map((text) => {
    const [name = '', path] = text.split('=')
    if (!path) throw new Error(`--with takes NAME=path, but got ${text}`)
    return { name, path: resolve(path), env: {} }
  })
  const own = Object.entries(variants as Record<string, { env?: NodeJS.ProcessEnv }>).map(
    ([name, variant]) => ({
      name,
      path: '',
      env: variant.env ?? {},
    }),
  )
  const names = pick(
    own.map(({ name }) => name),
    values.variant,
    '--variant',
  )
  return [...own.filter(({ name }) => name === 'bare' || names.includes(name)), ...given]
}

function pick(all: string[], wanted: string | undefined, option: string): string[] {
  if (wanted === undefined) return all
  return wanted.split(',').map((name) => {
    if (!all.includes(name)) throw new Error(`${option} takes ${all.join(', ')}, but got ${name}`)
    return name
  })
}

/** A package of its own, so that a clone does without it. */
function installOpenTelemetry(): void {
  const folder = join(import.meta.dirname, 'cost/opentelemetry')
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return
  const isWindows = process.platform === 'win32'
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: isWindows,
  })
  if (status !== 0) throw new Error('OpenTelemetry could not be installed; leave it out with --variant')
}

async function fill(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`create table items (id int primary key, category int, name text, price int, created_at timestamp);
    insert into items select i, 1 + i % 50, 'item ' || i, i % 97, '2026-01-01' from generate_series(1, 2000) i;
    create index on items (category); analyze items`)
  await client.end()
}

interface Running {
  variant: Variant
  child: ChildProcess
  port: number
}

async function measureGeneration(
  node: string,
  url: string,
  chosen: readonly Variant[],
  scenario: string,
  rounds: number,
  all: readonly { name: string; rounds: Measured[] }[],
): Promise<void> {
  const running = await Promise.all(chosen.map((variant) => start(node, url, variant)))
  try {
    for (let round = -WARM_ROUNDS; round < rounds; round++) {
      // Another one begins each time: what a turn leaves behind (a warm cache, a boosted clock) favours nobody.
      for (let at = 0; at < running.length; at++) {
        const index = (at + round + WARM_ROUNDS) % running.length
        const measured = await measure(running[index] as Running, scenario)
        if (round >= 0) all[index]?.rounds.push(measured)
      }
    }
  } finally {
    for (const { child } of running) child.disconnect()
    await Promise.all(running.map(({ child }) => child.exitCode === null && once(child, 'exit')))
  }
}

async function start(node: string, url: string, variant: Variant): Promise<Running> {
  const { NODE_ENV: _, ...env } = process.env
  const child = fork(join(import.meta.dirname, 'cost/application.mjs'), [variant.name, variant.path, url], {
    execPath: node,
    execArgv: [],
    // What is printed for people is made and written, and seen by nobody.
    stdio: ['ignore', 'ignore', process.env.BENCH_STDERR ? 'inherit' : 'ignore', 'ipc'],
    env: { ...env, ...variant.env },
  })
  const [{ port }] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${variant.name} did not start; run it with BENCH_STDERR=1 to see why`)
    }),
  ])
  return { variant, child, port }
}

async function measure({ child, port }: Running, scenario: string): Promise<Measured> {
  const { count, inPlace } = SCENARIOS[scenario] as (typeof SCENARIOS)[string]
  if (inPlace) {
    const begin = performance.now()
    const { cpuUs } = await ask(child, { ask: 'in place', scenario, count })
    return { cpuUs: cpuUs / count, wallUs: ((performance.now() - begin) * 1000) / count, latenciesMs: [] }
  }
  const url = `http://127.0.0.1:${port}/${scenario}`
  // While the others had their turn, this one has had a rest, and pg-loupe looks closer at what comes after a rest.
  await load(url, Math.ceil(count / 2))
  const before = await ask(child, { ask: 'usage' })
  const begin = performance.now()
  const latenciesMs = await load(url, count)
  const wallUs = ((performance.now() - begin) * 1000) / count
  const after = await ask(child, { ask: 'usage' })
  return { cpuUs: (after.cpuUs - before.cpuUs) / count, wallUs, latenciesMs }
}

async function ask(child: ChildProcess, question: object): Promise<{ cpuUs: number; heap: number }> {
  const answered = once(child, 'message')
  child.send(question)
  const [{ usage }] = await answered
  return usage
}

async function load(url: string, count: number): Promise<number[]> {
  const latenciesMs: number[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      const begin = performance.now()
      const status = await request(url)
      if (status !== 200) throw new Error(`${url} answered ${status}`)
      latenciesMs.push(performance.now() - begin)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return latenciesMs
}

function request(url: string): Promise<number> {
  return new Promise((settle, fail) => {
    get(url, { agent }, (response) => {
      response.resume()
      response.once('end', () => settle(response.statusCode ?? 0))
    }).once('error', fail)
  })
}

function print(
  version: string,
  scenario: string,
  all: readonly { name: string; rounds: Measured[] }[],
): void {
  const { title, inPlace } = SCENARIOS[scenario] as (typeof SCENARIOS)[string]
  const bare = all.find(({ name }) => name === 'bare')?.rounds ?? []
  console.log(`\nNode ${version}, ${title}`)
  const rows = all.map(({ name, rounds }) => {
    const ratios = rounds.map(({ cpuUs }, at) => cpuUs / (bare[at]?.cpuUs ?? Number.NaN))
    const [low, median, high] = quartiles(ratios)
    const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs)
    return {
      variant: name,
      'CPU, times bare': name === 'bare' ? '1' : `${two(median)} (${two(low)} to ${two(high)})`,
      'CPU µs': Math.round(quartiles(rounds.map(({ cpuUs }) => cpuUs))[1]),
      'per second': Math.round(1e6 / quartiles(rounds.map(({ wallUs }) => wallUs))[1]),
      ...(inPlace ? {} : { 'p50 ms': two(at(latencies, 0.5)), 'p99 ms': two(at(latencies, 0.99)) }),
    }
  })
  const columns = Object.keys(rows[0] ?? {}) as (keyof (typeof rows)[number])[]
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => String(row[column]).length)),
  )
  const line = (cells: unknown[]) =>
    `| ${cells.map((cell, i) => String(cell).padEnd(widths[i] ?? 0)).join(' | ')} |`
  console.log(line(columns))
  console.log(line(widths.map((width) => '-'.repeat(width))))
  for (const row of rows) console.log(line(columns.map((column) => row[column])))
}

/** No variant has anything to be compared with here. */
function printPieces(version: string, node: string): void {
  const { stdout, stderr } = spawnSync(node, ['--expose-gc', join(import.meta.dirname, 'cost/pieces.mjs')], {
    encoding: 'utf8',
  })
  if (!stdout) throw new Error(stderr)
  const { openTraceBytes, countedTraceBytes, endOfTraceUs, secondsPerMillion } = JSON.parse(stdout)
  console.log(`\nNode ${version}, pieces
- An open trace of 10 queries with 4 rows each: ${kilobytes(openTraceBytes)}, one that is only counted ${kilobytes(countedTraceBytes)}
- The end of such a trace, in full: ${endOfTraceUs} µs (median)
- Analysing a trace file: ${secondsPerMillion} s for a million queries`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function quartiles(samples: readonly number[]): [number, number, number] {
  return [at(samples, 0.25), at(samples, 0.5), at(samples, 0.75)]
}

function at(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function two(value: number): string {
  return value.toFixed(2)
}
