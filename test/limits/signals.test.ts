// A process that is told to end by a signal leaves what it had recorded, and ends as it would have without the profiler.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'

const index = join(import.meta.dirname, '../../dist/src/index.js')

/** Runs a program that says `ready`, sends it the signals, and tells how it ended. */
async function end(body: string, profiled: boolean, ...signals: NodeJS.Signals[]) {
  const folder = temporaryFolder()
  const report = join(folder, 'report.json')
  const traces = join(folder, 'traces.ndjson')
  const set = profiled
    ? `const { createProfiler } = await import(${JSON.stringify(index)})
       const profiler = createProfiler({ console: 'off', outputs: ${JSON.stringify({ json: report, traces })} })
       await profiler.trace('closed', () => {})
       await profiler.settled()
       profiler.startTrace({ kind: 'job', name: 'open' })
       for (let n = 0; n < 50; n++) profiler.startTrace({ kind: 'job', name: 'last' }).close({ now: true })`
    : ''
  const program = `setInterval(() => {}, 1000)\n${body}\n${set}\nprocess.stdout.write('ready\\n')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => said.push(line))
  const exited = once(child, 'exit')
  await once(lines, 'line')
  for (const [position, signal] of signals.entries()) {
    if (position > 0) await once(lines, 'line')
    child.kill(signal)
  }
  const [code, signal] = await exited
  return {
    ending: { code, signal, said },
    names: existsSync(traces)
      ? readFileSync(traces, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).name)
      : [],
    traces: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).traces : 0,
  }
}

const say = (text: string) => `process.stdout.write(${JSON.stringify(`${text}\n`)})`
const LAST = Array(50).fill('last')

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('kills a process without listeners, which leaves all it had, what was open too', async () => {
    const plain = await end('', false, signal)
    const { ending, names, traces } = await end('', true, signal)
    expect(ending).toEqual(plain.ending)
    expect(ending).toMatchObject({ code: null, signal })
    expect(names).toEqual(['closed', ...LAST, 'open'])
    expect(traces).toBe(52)
  })

  test.each([
    ['ends by itself', `process.on('${signal}', () => { ${say('bye')}; process.exit(3) })`, [signal]],
    [
      'listens once and ends later',
      `process.once('${signal}', () => { ${say('bye')}; setTimeout(() => process.exit(4), 20) })`,
      [signal],
    ],
    [
      'listens once and dies by the next one',
      `process.once('${signal}', () => { ${say('not yet')} })`,
      [signal, signal],
    ],
    [
      'counts the listeners, as signal-exit does',
      `process.on('${signal}', function own() {
         if (process.listeners('${signal}').length > 1) return ${say('somebody else')}
         process.removeListener('${signal}', own); process.kill(process.pid, '${signal}') })`,
      [signal],
    ],
  ])('a process that %s does so with it too', async (_what, body, signals) => {
    const plain = await end(body, false, ...signals)
    const { ending, names } = await end(body, true, ...signals)
    expect(ending).toEqual(plain.ending)
    expect(names.slice(0, 51)).toEqual(['closed', ...LAST])
  })
})
