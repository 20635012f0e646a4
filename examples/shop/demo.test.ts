// Tests the demo as a command: its arguments, and that it leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, expect, inject, test } from 'vitest'

const DEMO = fileURLToPath(new URL('demo.ts', import.meta.url))
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

test('the demo passes on all routes and ends by itself', async () => {
  const demo = start()

  expect(await demo.status).toBe(0)
  expect(demo.output()).toContain('GET /orders/recent/fixed')
  expect(demo.output()).toContain('Passed: ')
  expect(withoutTimes(demo.output())).toContain(withoutTimes(sampleOfReadme()))
  expect(await isGone(demo.output())).toBe(true)
})

test('with --serve it serves a page of links until Ctrl-C', async () => {
  const demo = start('--serve')
  const url = await demo.sees(/^Open (http:\S+)/m)
  const page = await (await fetch(url)).text()
  const answer = await fetch(`${url}orders/recent`)

  expect(page).toContain('<a href="/orders/recent">GET /orders/recent</a>')
  expect(answer.status).toBe(200)
  await demo.sees(/(GET \/orders\/recent)/)
  demo.process.kill('SIGINT')
  expect(await demo.status).toBe(0)
  expect(await isGone(demo.output())).toBe(true)
})

test('Ctrl-C during the demo leaves no process behind', async () => {
  const demo = start()
  await demo.sees(/^(Database)/m)
  demo.process.kill('SIGINT')

  expect(await demo.status).toBe(130)
  expect(await isGone(demo.output())).toBe(true)
})

test('an unknown argument is refused with its name and the usage', async () => {
  const demo = start('--sevre')

  expect(await demo.status).toBe(2)
  expect(demo.output()).toContain("'--sevre'")
  expect(demo.output()).toContain('Usage: npm run demo')
})

test('--help prints the usage and starts nothing', async () => {
  const demo = start('--help')

  expect(await demo.status).toBe(0)
  expect(demo.output()).toMatch(/^Usage: npm run demo/)
})

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', DEMO, ...args], {
    env: {
      ...process.env,
      PG_LOUPE_TEST_URL: inject('postgres').url,
      NODE_ENV: 'development',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
  }
  const status = once(child, 'close').then(([code]) => code)

  async function sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(text)?.[1]
      if (found) return found
      const ended = await Promise.race([status, once(child.stdout, 'data'), once(child.stderr, 'data')])
      if (typeof ended === 'number') throw new Error(`ended with ${ended} before ${pattern}:\n${text}`)
    }
  }

  started.push(child)
  return { process: child, status, output: () => text, sees }
}

async function isGone(output: string): Promise<boolean> {
  const name = /^Database {2}(\S+)$/m.exec(output)?.[1]
  const client = new pg.Client({ connectionString: inject('postgres').url })
  await client.connect()
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  await client.end()
  return name !== undefined && rowCount === 0
}

/** The output in README.md must be the output that the demo really prints. */
function sampleOfReadme(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  return /```\n(pg-loupe {2}GET .+?)\n```/s.exec(readme)?.[1] ?? 'README.md shows no output'
}

function withoutTimes(text: string): string {
  return text.replace(/[\d.]+ ms/g, '… ms')
}
