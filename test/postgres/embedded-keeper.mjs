// Owns one embedded PostgreSQL and its directory, from the first file to the last: run as a detached process
// by start-embedded.ts, it serves for as long as its standard input stays open. When that closes, whatever
// became of the process at the other end, it stops the server, removes the directory and ends.
// Plain JavaScript, because Node 20 runs it without a loader.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { removeFolder } from '../remove-folder.mjs'
import { prepareHome } from './embedded-home.mjs'

/** Each try takes a port that was free a moment ago; losing that race this often means something else is wrong. */
const PORT_TRIES = 10
const READY_PATIENCE_MS = 30_000
const READY_POLL_MS = 15
/** SIGQUIT takes milliseconds; a postmaster still there after this is stuck. */
const QUIT_PATIENCE_MS = 5_000
const LOG_LINES_TOLD = 12

const { native: installed, ports, settings } = JSON.parse(process.argv[2])

let home
let running
let ending

process.stdin.on('error', () => {})
process.stdin.on('close', () => end())
process.stdin.resume()
process.stdout.on('error', () => {})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end())

serve().catch((error) => {
  // Ending in the middle makes the rest fail as well; that is no news to anybody.
  if (ending === undefined) tell({ event: 'failed', message: error.message })
  end()
})

async function serve() {
  home = prepareHome(installed)
  const password = randomBytes(16).toString('hex')
  await makeCluster(password)

  for (let tries = 0; tries < PORT_TRIES && ending === undefined; tries++) {
    const port = ports.shift() ?? (await freePort())
    const server = run('postgres', ['-D', join(home.directory, 'data'), '-p', String(port)])
    if (await isReady(server)) {
      const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
      const { directory, user } = home
      tell({ event: 'ready', url, port, directory, user: user?.name ?? null, serverPid: server.process.pid })
      await server.ended
      return end()
    }
    if (!/address already in use|could not create any TCP/i.test(readLog())) break
  }
  throw new Error(`the server ended at once:\n${readLog()}`)
}

async function makeCluster(password) {
  const passwordFile = join(home.directory, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (home.user) chownSync(passwordFile, home.user.uid, home.user.gid)
  const all = [
    ...settings,
    // On TCP alone: a socket in a temporary directory can exceed the 103 bytes that its path may have.
    'unix_socket_directories=',
    'listen_addresses=127.0.0.1',
    // Inside the data directory, so that removing that removes it, even after a crash of the server.
    'dynamic_shared_memory_type=mmap',
    // The password is random; iterating over it would slow every connection and protect nothing.
    'scram_iterations=1',
  ]
  const { ended } = run('initdb', [
    ...['-D', join(home.directory, 'data'), '-U', 'postgres', '--pwfile', passwordFile],
    ...['-A', 'scram-sha-256', '-E', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
    ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...all.flatMap((setting) => ['-c', setting]),
  ])
  const status = await ended
  rmSync(passwordFile, { force: true })
  if (status !== 0) throw new Error(`initdb failed (${status}):\n${readLog()}`)
}

/** Starts one of the binaries; both of its outputs go to the log. */
function run(binary, args) {
  const log = openSync(join(home.directory, 'log'), 'w', 0o644)
  const child = spawn(join(home.native, 'bin', binary), args, {
    cwd: home.directory,
    env: home.env,
    uid: home.user?.uid,
    gid: home.user?.gid,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  running = { binary, process: child, ended }
  return running
}

/** The server writes its state into postmaster.pid, which needs no connection to read. */
async function isReady(server) {
  let over = false
  server.ended.then(() => {
    over = true
  })
  const deadline = Date.now() + READY_PATIENCE_MS
  while (!over && Date.now() < deadline) {
    if (postmasterFile()[7]?.trim() === 'ready') return true
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS))
  }
  return false
}

function postmasterFile() {
  try {
    return readFileSync(join(home.directory, 'data', 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function readLog() {
  try {
    return readFileSync(join(home.directory, 'log'), 'utf8')
      .trim()
      .split('\n')
      .slice(-LOG_LINES_TOLD)
      .join('\n')
  } catch {
    return ''
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function end() {
  ending ??= stopAndRemove().finally(() => process.exit())
  return ending
}

async function stopAndRemove() {
  if (running) await stopRunning()
  if (home) await removeFolder(home.directory)
}

async function stopRunning() {
  // initdb is left to finish: it takes half a second, and killed in the middle it would leave its children.
  const [, , , , , , sharedMemory] = postmasterFile()
  if (running.binary === 'postgres') running.process.kill('SIGQUIT')
  const kill = setTimeout(() => running.process.kill('SIGKILL'), QUIT_PATIENCE_MS)
  const status = await running.ended
  clearTimeout(kill)
  // Killed the hard way, a postmaster leaves one small piece of shared memory behind.
  const id = status === 'SIGKILL' ? sharedMemory?.trim().split(/\s+/)[1] : undefined
  if (id) spawnSync('ipcrm', ['-m', id])
}
