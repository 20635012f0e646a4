// Lets only one process at a time do something in this clone, and tolerates processes that die while doing it. The lock is a
// folder with one file that is named after its owner. Folder and file appear together, by a rename that fails while another
// owner's file exists. The lock of a dead owner is broken by removing that very file, so that two processes that detect the
// death at the same time cannot break the lock of a third one that came after.
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

const POLL_MS = 100
const HEARTBEAT_MS = 1000
/**
 * An owner in another container is considered dead after this many missed heartbeats, because its process id means nothing
 * here.
 */
const SILENCE_MS = 20000

/**
 * @param {string} folder the lock
 * @param {(owner: { pid: number }) => void} onWait called once when another holds it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export async function takeTurns(folder, onWait, work) {
  const token = `${process.pid}-${randomBytes(4).toString('hex')}`
  let waiting = false
  while (!acquire(folder, token)) {
    const owner = readOwner(folder)
    if (owner && !isAlive(owner)) {
      attempt(() => unlinkSync(owner.file))
      continue
    }
    if (owner && !waiting) {
      waiting = true
      onWait(owner)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }

  const file = join(folder, token)
  const heartbeat = setInterval(() => {
    attempt(() => utimesSync(file, new Date(), new Date()))
  }, HEARTBEAT_MS)
  const release = () => {
    attempt(() => unlinkSync(file))
    attempt(() => rmdirSync(folder))
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.removeListener('exit', release)
    release()
  }
}

function acquire(folder, token) {
  const prepared = `${folder}.${token}`
  mkdirSync(prepared)
  try {
    writeFileSync(join(prepared, token), JSON.stringify({ pid: process.pid, host: hostname() }))
    // Windows cannot rename onto a folder, not even onto an empty one.
    attempt(() => rmdirSync(folder))
    renameSync(prepared, folder)
    return true
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true })
    // Another process holds the lock. The last two codes are those of Windows.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(error.code)) return false
    throw error
  }
}

/** The owner of the lock, or undefined when it has just been released. */
function readOwner(folder) {
  try {
    const [name] = readdirSync(folder)
    const file = join(folder, name)
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8'))
    return { file, pid, host, silentMs: Date.now() - statSync(file).mtimeMs }
  } catch {
    return undefined
  }
}

function isAlive({ pid, host, silentMs }) {
  if (host !== hostname()) return silentMs < SILENCE_MS
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function attempt(action) {
  try {
    action()
  } catch {
    // Another process has already removed it.
  }
}
