// Measures one scenario in every variant. Each variant is the same application in its own process, and the processes take
// turns in short rounds, so that other load on the machine affects all of them.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { join } from 'node:path'

export interface Variant {
  /** Name in the printed table. */
  label: string
  /** Name among the variants of its module. */
  name: string
  /** The module that sets the variant up. Empty for the module beside the application. */
  path: string
  env: NodeJS.ProcessEnv
}

/** The figures of one round: of one request, or of one direct query. */
export interface Measured {
  cpuUs: number
  wallUs: number
  latenciesMs: number[]
}

/** The rounds of each generation of processes. */
export type Generations = readonly (readonly Measured[])[]

export interface Scenario {
  title: string
  /** Number of requests, or direct queries, in one round: a few tenths of a second for the bare driver. */
  count: number
  inPlace?: true
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
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

/** Number of concurrent requests. */
const CONCURRENCY = 4
/** Number of rounds before the measured ones, in which V8 compiles the hot code and pg-loupe learns the routes. */
const WARM_ROUNDS = 8

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

interface Running {
  variant: Variant
  child: ChildProcess
  port: number
}

/** Starts every variant in a new process, warms it up and measures `rounds` rounds. Returns the rounds of each variant. */
export async function measureGeneration(
  node: string,
  url: string,
  variants: readonly Variant[],
  scenario: string,
  rounds: number,
): Promise<Measured[][]> {
  const running = await Promise.all(variants.map((variant) => start(node, url, variant)))
  const measured = running.map((): Measured[] => [])
  try {
    for (let round = -WARM_ROUNDS; round < rounds; round++) {
      // Each round begins with another variant, so that after-effects of a turn (a warm cache, a boosted clock) favour none.
      for (let turn = 0; turn < running.length; turn++) {
        const index = (turn + round + WARM_ROUNDS) % running.length
        const one = await measure(running[index] as Running, scenario)
        if (round >= 0) measured[index]?.push(one)
      }
    }
  } finally {
    for (const { child } of running) child.disconnect()
    await Promise.all(running.map(({ child }) => child.exitCode === null && once(child, 'exit')))
  }
  return measured
}

async function start(node: string, url: string, variant: Variant): Promise<Running> {
  const { NODE_ENV: _, ...env } = process.env
  const child = fork(join(import.meta.dirname, 'application.mjs'), [variant.name, variant.path, url], {
    execPath: node,
    execArgv: [],
    // Output for people is produced and written, but nobody reads it.
    stdio: ['ignore', 'ignore', process.env.BENCH_STDERR ? 'inherit' : 'ignore', 'ipc'],
    env: { ...env, ...variant.env },
  })
  const [{ port }] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${variant.label} did not start; run it with BENCH_STDERR=1 to see why`)
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
  // This process was idle while the others had their turn, and pg-loupe captures more after an idle time.
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
