// Makes a fresh clone ready, so that `npm test` or `npm run demo` can be the first command ever typed in it:
// installs what package-lock.json asks for and compiles what has changed, each only when needed. Runs before
// anything is installed, hence plain JavaScript and nothing but Node.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeTurns } from './take-turns.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Written last by the build, and dated at its start. */
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
  // Asked again: whoever held the lock before may have done it all.
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

/** Compares contents, not dates: git and npm both touch files that they do not change. */
function isInstalled() {
  const installedLock = 'node_modules/.package-lock.json'
  if (!existsSync(join(root, installedLock))) return false
  const installed = readJson(installedLock).packages
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    const found = installed[path]
    // The first entry is the project itself; of the optional ones npm leaves out those for other platforms.
    if (path === '' || (found === undefined && (wanted.optional || wanted.devOptional))) return true
    if (found === undefined || found.version !== wanted.version) return false
    // Where the lock knows no hash, npm notes the one it found.
    return wanted.integrity === undefined || found.integrity === wanted.integrity
  })
}

function isBuilt() {
  const mark = statSync(join(root, BUILD_MARK), { throwIfNoEntry: false })
  if (mark === undefined) return false
  return BUILD_INPUTS.every((input) => newestMs(join(root, input)) <= mark.mtimeMs)
}

/** Folders count too: theirs is the only date that changes when a file is removed. */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || path.endsWith('.test.ts')) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}

/** With what the tests need, even where NODE_ENV=production would leave it out. */
function npmCi() {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const self = process.env.npm_execpath
  // Under npm run, the very npm that was called; by its script, which needs no shell on any system.
  if (self && /npm-cli\.c?js$/.test(self)) return [process.execPath, [self, ...args]]
  return process.platform === 'win32' ? ['npm.cmd', args, { shell: true }] : ['npm', args]
}

function run(title, command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    // Ctrl-C reaches the child as well; ending is left to it, so that its last words are not cut off.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const passOn = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, passOn)
    child.once('error', (error) => fail(`${title} did not start: ${error.message}`, 1))
    child.once('exit', (status, signal) => {
      for (const name of signals) process.removeListener(name, passOn)
      if (status === 0) return resolve()
      // What a shell reports for a process ended by a signal.
      if (signal) return fail(`${title} was ended by ${signal}`, 128 + constants.signals[signal])
      return fail(`${title} failed with status ${status}; what it said stands above`, status)
    })
  })
}

function fail(message, status) {
  say(message)
  process.exit(status)
}

function tellWaiting({ pid }) {
  say(`waiting for process ${pid}, which is making this clone ready already`)
}

function say(message) {
  process.stderr.write(`pg-loupe: ${message}\n`)
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}
