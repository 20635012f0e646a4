// Tests whole processes with a panel: their last traces arrive, and none of them lives longer because of the panel.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { announcePanel } from '../../../src/panel/panel-file.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { panelPlaces } from '../panel-places.ts'
import { ACCEPTED, type TinyPanel, tinyPanel } from './tiny-panel.ts'

const dist = join(import.meta.dirname, '../../../dist')
const panels: TinyPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function newPanel(): Promise<TinyPanel> {
  const panel = await tinyPanel()
  panels.push(panel)
  return panel
}

const PROFILER = `
  const { createProfiler } = await import(${JSON.stringify(join(dist, 'src/index.js'))})
  const profiler = createProfiler({ console: 'off' })
  const connected = async () => {
    const [link] = globalThis[Symbol.for('pg-loupe')].panels.values()
    while (!link.url) await new Promise((resolve) => setTimeout(resolve, 5))
  }
`

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  said: string
}

/** Runs a program with the variable, to its end. */
async function run(body: string, environment: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `${PROFILER}\n${body}`], {
    env: { ...process.env, NODE_ENV: 'development', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += String(bytes)))
  const [code, signal] = await once(child, 'close')
  return { code, signal, said }
}

const namesOf = ({ messages }: TinyPanel) =>
  messages.flatMap((message) => (message.type === 'trace' ? [message.trace.name] : []))

describe('the last traces arrive', () => {
  test.each([
    ['that exits at once', 'process.exit(3)', { code: 3, signal: null }],
    ['that comes to its end', '', { code: 0, signal: null }],
    ['that throws', "throw new Error('of the application')", { code: 1, signal: null }],
    [
      'that is told to end',
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)",
      { code: null, signal: 'SIGTERM' },
    ],
  ])('from a process %s', async (_what, end, expected) => {
    const panel = await newPanel()
    const ended = await run(
      `await connected()
       await profiler.trace('closed', () => {})
       profiler.startTrace({ kind: 'job', name: 'open' })
       ${end}`,
      { PG_LOUPE_PANEL: panel.address.address },
    )
    expect(ended).toMatchObject(expected)
    await panel.until((message) => message.type === 'trace' && message.trace.name === 'open')
    expect(namesOf(panel)).toEqual(['closed', 'open'])
  })

  test('from a worker thread, which is a process of its own for the panel', async () => {
    const panel = await newPanel()
    const worker = `void (async () => { ${PROFILER}\nawait connected()\nawait profiler.trace('in the worker', () => {}) })()`
    const program = `
      await connected()
      const { Worker } = await import('node:worker_threads')
      new Worker(${JSON.stringify(worker)}, { eval: true })
      await profiler.trace('in the process', () => {})`
    await run(program, { PG_LOUPE_PANEL: panel.address.address })
    await panel.until((message) => message.type === 'trace' && message.trace.name === 'in the worker')
    const processes = panel.messages.flatMap((message) => (message.type === 'hello' ? [message.process] : []))
    expect(processes.map(({ thread }) => thread > 0).sort()).toEqual([false, true])
    expect(new Set(processes.map(({ id }) => id)).size).toBe(2)
    expect(new Set(processes.map(({ pid }) => pid)).size).toBe(1)
  })
})

describe('a process ends by itself', () => {
  test('while the panel accepts no connection', async () => {
    const panel = await newPanel()
    const { address } = panel.address
    await panels.pop()?.close()
    const ended = await run(`await profiler.trace('a', () => {}); console.log('done')`, {
      PG_LOUPE_PANEL: address,
    })
    expect(ended).toEqual({ code: 0, signal: null, said: 'done\n' })
  })

  test('while the panel takes nothing', async () => {
    const panel = await newPanel()
    panel.onUpgrade = (socket) => {
      socket.write(ACCEPTED)
      socket.pause()
    }
    const ended = await run(
      `await connected()
       for (let number = 0; number < 30_000; number++) await profiler.trace('a', (trace) => { trace.labels.text = 'x'.repeat(500) })
       await profiler.settled()
       console.log('done')`,
      { PG_LOUPE_PANEL: panel.address.address },
    )
    expect(ended).toEqual({ code: 0, signal: null, said: 'done\n' })
  })
})

test('the panel of this user is found by its file', async () => {
  const panel = await newPanel()
  const places = panelPlaces(temporaryFolder())
  for (const [name, value] of Object.entries(places)) vi.stubEnv(name, value)
  const remove = announcePanel({
    address: panel.address.address,
    folder: process.cwd(),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  })
  vi.unstubAllEnvs()
  await run(`await connected(); await profiler.trace('found', () => {})`, {
    ...places,
    PG_LOUPE_PANEL: '1',
  })
  remove()
  await panel.until((message) => message.type === 'trace' && message.trace.name === 'found')
})

describe('in production', () => {
  const body = `
    const on = createProfiler({ enabled: true, console: 'off', capture: 'full' })
    if (process.env.PG_LOUPE_PANEL_IN_PRODUCTION) {
      await connected()
      const { coreOf } = await import(${JSON.stringify(join(dist, 'src/profiler/profiler-core.js'))})
      console.log(coreOf(on).panelUrl())
    }
    await on.trace('a', () => {})`

  test('the panel is ignored, with one warning', async () => {
    const panel = await newPanel()
    const { said } = await run(body, { NODE_ENV: 'production', PG_LOUPE_PANEL: panel.address.address })
    expect(said.match(/the live panel is off because NODE_ENV is production/g)).toHaveLength(1)
    expect(panel.requests).toEqual([])
  })

  test('a variable that says so switches it on, and responses name no trace', async () => {
    const panel = await newPanel()
    const { said } = await run(body, {
      NODE_ENV: 'production',
      PG_LOUPE_PANEL: panel.address.address,
      PG_LOUPE_PANEL_IN_PRODUCTION: '1',
    })
    expect(said).toBe('undefined\n')
    await panel.until((message) => message.type === 'trace')
  })
})
