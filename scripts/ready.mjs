// Prepares a fresh clone, so that `npm test` or `npm run demo` can be the first command: installs the packages of
// package-lock.json and compiles changed sources, each only when needed. It runs before anything is installed, so it is plain
// JavaScript that uses only Node.js.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeTurns } from './take-turns.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** The build writes this file last, with the date of its start. */
const BUILD_MARK = 'dist/package.json'
const BUILD_INPUTS = [
  'src',
  'adapters',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.vitest.json',
]

refuseOldNode()
if (!isInstalled() || !isBuilt()) {
  await takeTurns(join(root, '.ready.lock'), tellWaiting, makeReady)
}

async function makeReady() {
  // Checked again, because the process that held the lock may have done everything.
  if (!isInstalled()) {
    say('node_modules is not what package-lock.json asks for: running npm ci')
    await run('npm ci', ...npmCi())
  }
  if (!isBuilt()) {
    say('dist is older than the sources: running scripts/build.mjs')
    await run('The build', process.execPath, [join(root, 'scripts/build.mjs')])
  }
}

function refuseOldNode() {
  const range = readJson('package.json').engines.node
  const least = range.replace(/^>=/, '').split('.').map(Number)
  const here = process.versions.node.split('.').map(Number)
  const first = least.findIndex((number, place) => number !== here[place])
  if (first === -1 || here[first] > least[first]) return
  say(`this is Node ${process.versions.node} (${process.execPath}), and pg-loupe takes ${range}`)
  process.exit(1)
}

/** Compares contents instead of dates, because git and npm both touch files that they do not change. */
function isInstalled() {
  const installedLock = 'node_modules/.package-lock.json'
  if (!existsSync(join(root, installedLock))) return false
  const installed = readJson(installedLock).packages
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    const found = installed[path]
    // The first entry is the project itself. npm leaves out optional packages for other platforms.
    if (path === '' || (found === undefined && (wanted.optional || wanted.devOptional))) return true
    if (found === undefined || found.version !== wanted.version) return false
    // When the lock file has no hash, npm notes the one that it found.
    return wanted.integrity === undefined || found.integrity === wanted.integrity
  })
}

function isBuilt() {
  const mark = statSync(join(root, BUILD_MARK), { throwIfNoEntry: false })
  if (mark === undefined) return false
  return BUILD_INPUTS.every((input) => newestMs(join(root, input)) <= mark.mtimeMs)
}

/** Includes folders, because only the date of a folder changes when a file is removed. */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || path.endsWith('.test.ts')) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}

/** Includes development dependencies, which NODE_ENV=production would exclude. */
function npmCi() {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const self = process.env.npm_execpath
  // Uses the same npm that was called, by its script, which needs no shell on any system.
  if (self && /npm-cli\.c?js$/.test(self)) return [process.execPath, [self, ...args]]
  return process.platform === 'win32' ? ['npm.cmd', args, { shell: true }] : ['npm', args]
}

function run(title, command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    // Ctrl-C reaches the child as well. This process waits for the child to end, so that its last output is complete.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const passOn = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, passOn)
    child.once('error', (error) => fail(`${title} did not start: ${error.message}`, 1))
    child.once('exit', (status, signal) => {
      for (const name of signals) process.removeListener(name, passOn)
      if (status === 0) return resolve()
      // The exit status of a shell for a process that was ended by a signal.
      if (signal) return fail(`${title} was ended by ${signal}`, 128 + constants.signals[signal])
      return fail(`${title} failed with status ${status}; see its output above`, status)
    })
  })
}

function fail(message, status) {
  say(message)
  process.exit(status)
}

function tellWaiting({ pid }) {
  say(`waiting for process ${pid}, which is already preparing this clone`)
}

function say(message) {
  process.stderr.write(`pg-loupe: ${message}\n`)
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}
