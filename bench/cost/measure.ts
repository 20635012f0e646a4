// Measures one scenario in every variant: each variant is the same application in a process of its own, and the
// processes take turns in short rounds, so that whatever else the machine does hits all of them.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { join } from 'node:path'

export interface Variant {
  /** As shown in the table. */
  label: string
  /** Among the variants of its module. */
  name: string
  /** The module that sets it up; empty for the one beside the application. */
  path: string
  env: NodeJS.ProcessEnv
}

/** One round: the figures of one request, or of one query in place. */
export interface Measured {
  cpuUs: number
  wallUs: number
  latenciesMs: number[]
}

/** The rounds of each generation of processes. */
export type Generations = readonly (readonly Measured[])[]

export interface Scenario {
  title: string
  /** Requests, or queries in place, in one round: some tenths of a second for the bare driver. */
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

/** Requests under way at once. */
const CONCURRENCY = 4
/** Rounds before anything counts: V8 has compiled the hot code by then, and pg-loupe knows the routes. */
const WARM_ROUNDS = 8

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

interface Running {
  variant: Variant
  child: ChildProcess
  port: number
}

/** Starts every variant anew, warms it up and measures it `rounds` times. Returns the rounds of each variant. */
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
      // Another variant begins each time, so that what a turn leaves behind (a warm cache, a boosted clock) favours none.
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
    // What is printed for people is made and written, and seen by nobody.
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
