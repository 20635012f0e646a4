// Tests scripts/ready.mjs in a miniature clone: the real scripts, with an npm and a tsc that only record that they were
// called. `npm test` in a fresh clone tests them with the real ones.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url))

/** Long enough for a second process to arrive while the first one works. */
const SLOW_NPM = { NPM_TAKES_MS: '500' }

test('a fresh clone is installed and built', async () => {
  const clone = miniatureClone()

  const { status, said } = await ready(clone)

  expect(status).toBe(0)
  expect(said).toContain('running npm ci')
  expect(clone.calls()).toEqual(['npm ci', 'tsc tsconfig.build.json', 'tsc tsconfig.vitest.json'])
  expect(clone.read('dist/built')).toBe('from source 1')
  expect(clone.read('dist/package.json')).toContain('commonjs')
})

test('an up-to-date clone is left alone silently', async () => {
  const clone = miniatureClone()
  await ready(clone)
  const before = clone.calls()

  const { status, said } = await ready(clone)

  expect({ status, said }).toEqual({ status: 0, said: '' })
  expect(clone.calls()).toEqual(before)
})

test('two concurrent processes do the work once, and both succeed', async () => {
  const clone = miniatureClone()

  const both = await Promise.all([ready(clone, SLOW_NPM), ready(clone, SLOW_NPM)])

  expect(both.map(({ status }) => status)).toEqual([0, 0])
  expect(clone.calls()).toEqual(['npm ci', 'tsc tsconfig.build.json', 'tsc tsconfig.vitest.json'])
  expect(clone.leftovers()).toEqual([])
})

test('a changed source is built again, without installing again', async () => {
  const clone = miniatureClone()
  await ready(clone)

  clone.write('src/index.ts', 'source 2')
  const { said } = await ready(clone)

  expect(said).not.toContain('npm ci')
  expect(clone.read('dist/built')).toBe('from source 2')
})

test('a removed source causes a build', async () => {
  const clone = miniatureClone()
  await ready(clone)

  rmSync(join(clone.root, 'adapters/pg.ts'))

  expect((await ready(clone)).said).toContain('running scripts/build.mjs')
})

test('a changed test causes no build', async () => {
  const clone = miniatureClone()
  clone.write('src/index.test.ts', 'test 1')
  await ready(clone)

  clone.write('src/index.test.ts', 'test 2')

  expect((await ready(clone)).said).toBe('')
})

test('a package-lock.json that asks for another version is installed', async () => {
  const clone = miniatureClone()
  await ready(clone)

  clone.write('package-lock.json', lockOf('2.0.0'))
  await ready(clone)

  expect(clone.calls().filter((call) => call === 'npm ci')).toHaveLength(2)
})

test('a package that package-lock.json names without a hash is installed once', async () => {
  const clone = miniatureClone()
  const lock = JSON.parse(clone.read('package-lock.json'))
  delete lock.packages['node_modules/a'].integrity
  await ready(clone)

  clone.write('package-lock.json', JSON.stringify(lock))

  expect((await ready(clone)).said).toBe('')
})

test('a package-lock.json with only a new date causes no installation', async () => {
  const clone = miniatureClone()
  await ready(clone)

  const tomorrow = Date.now() / 1000 + 86_400
  utimesSync(join(clone.root, 'package-lock.json'), tomorrow, tomorrow)

  expect((await ready(clone)).said).toBe('')
})

test('when npm ci fails, it says so, exits with its status, and lets the next process try', async () => {
  const clone = miniatureClone()

  const { status, said } = await ready(clone, { FAIL_NPM: '7' })

  expect(status).toBe(7)
  expect(said).toContain('npm ci failed with status 7')
  expect(clone.leftovers()).toEqual([])
  expect((await ready(clone)).status).toBe(0)
})

test('a failing build leaves the old one intact, and exits with its status', async () => {
  const clone = miniatureClone()
  await ready(clone)

  clone.write('src/index.ts', 'source 2')
  const { status } = await ready(clone, { FAIL_TSC: '2' })

  expect(status).toBe(2)
  expect(clone.read('dist/built')).toBe('from source 1')
  expect(clone.leftovers()).toEqual([])
})

test('a killed process does not block the next one', async () => {
  const clone = miniatureClone()
  const killed = start(clone, SLOW_NPM)
  await vi.waitUntil(() => clone.calls().includes('npm ci'), { timeout: 20_000 })
  killed.kill('SIGKILL')

  const { status } = await ready(clone)

  expect(status).toBe(0)
  expect(clone.leftovers()).toEqual([])
})

test('a lock of another container is respected only while its owner is alive', async () => {
  const clone = miniatureClone()
  const lock = join(clone.root, '.ready.lock/owner')
  clone.write('.ready.lock/owner', JSON.stringify({ pid: 1, host: `not ${hostname()}` }))
  const child = start(clone)
  const ended = once(child, 'close')
  const [said] = await once(createInterface(child.stderr), 'line')
  expect(said).toContain('waiting for process 1,')
  expect(clone.calls()).toEqual([])

  const aMinuteAgo = Date.now() / 1000 - 60
  utimesSync(lock, aMinuteAgo, aMinuteAgo)

  const [status] = await ended
  expect(status).toBe(0)
  expect(clone.calls()[0]).toBe('npm ci')
})

test('a Node.js that is too old is reported with the required version', async () => {
  const clone = miniatureClone()
  clone.write('package.json', JSON.stringify({ engines: { node: '>=99.1.0' } }))

  const { status, said } = await ready(clone)

  expect(status).toBe(1)
  expect(said).toContain(`this is Node ${process.versions.node}`)
  expect(said).toContain('>=99.1.0')
  expect(clone.calls()).toEqual([])
})

function miniatureClone() {
  const root = temporaryFolder()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const read = (path: string) => readFileSync(join(root, path), 'utf8')

  for (const name of ['ready.mjs', 'take-turns.mjs', 'build.mjs', 'keep-public-declarations.mjs']) {
    mkdirSync(join(root, 'scripts'), { recursive: true })
    copyFileSync(join(SCRIPTS, name), join(root, 'scripts', name))
  }
  // The miniature clone has nothing to bundle.
  write(
    'scripts/bundle-page.mjs',
    'export const REPORT_PAGE = {}, PANEL_PAGE = {}; export async function bundlePage() {}',
  )
  write('scripts/bundle-badge.mjs', "export const BADGE_BUNDLE = ''; export async function bundleBadge() {}")
  write('scripts/write-bundle.mjs', 'export function writeBundle() {}')
  write('scripts/strip-comments.mjs', 'export async function stripComments() {}')
  write('scripts/include-dependencies.mjs', 'export async function includeDependencies() {}')
  write('package.json', JSON.stringify({ engines: { node: '>=20.19.0' }, exports: {} }))
  write('package-lock.json', lockOf('1.0.0'))
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'tsconfig.vitest.json']) write(name, '{}')
  write('src/index.ts', 'source 1')
  write('adapters/pg.ts', '')
  write('bin/npm', `#!${process.execPath}\n${FAKE_NPM}`)
  write('bin/npm.cmd', `@"${process.execPath}" "%~dp0npm" %*`)
  chmodSync(join(root, 'bin/npm'), 0o755)
  return {
    root,
    write,
    read,
    calls: () => (existsSync(join(root, 'calls')) ? read('calls').trim().split('\n') : []),
    leftovers: () => readdirSync(root).filter((name) => /^(\.ready\.lock|dist\.)/.test(name)),
  }
}

type Clone = ReturnType<typeof miniatureClone>

function lockOf(version: string): string {
  const entry = { version, integrity: `hash of ${version}` }
  const elsewhere = { version: '1.0.0', integrity: 'hash', optional: true }
  return JSON.stringify({
    packages: { '': {}, 'node_modules/a': entry, 'node_modules/for-another-system': elsewhere },
  })
}

const FAKE_TSC = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const [, , , project, , folder] = process.argv
appendFileSync('calls', 'tsc ' + project + '\\n')
for (const name of ['vitest', 'jest']) mkdirSync(folder + '/adapters/' + name, { recursive: true })
writeFileSync(folder + '/built', 'from ' + readFileSync('src/index.ts', 'utf8'))
process.exitCode = Number(process.env.FAIL_TSC || 0)
`

const FAKE_NPM = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
appendFileSync('calls', 'npm ' + process.argv[2] + '\\n')
setTimeout(() => {
  if (process.env.FAIL_NPM) process.exit(Number(process.env.FAIL_NPM))
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  delete packages['']
  delete packages['node_modules/for-another-system']
  mkdirSync('node_modules/typescript/bin', { recursive: true })
  writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(FAKE_TSC)})
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
}, Number(process.env.NPM_TAKES_MS || 0))
`

function start(clone: Clone, env: NodeJS.ProcessEnv = {}): ChildProcessByStdio<null, Readable, Readable> {
  const { npm_execpath: _, ...own } = process.env
  return spawn(process.execPath, [join(clone.root, 'scripts/ready.mjs')], {
    // Called from another folder, because the working directory must not matter.
    cwd: tmpdir(),
    env: { ...own, PATH: `${join(clone.root, 'bin')}${delimiter}${own.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function ready(clone: Clone, env: NodeJS.ProcessEnv = {}): Promise<{ status: number | null; said: string }> {
  const child = start(clone, env)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, said })))
}
