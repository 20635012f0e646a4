// Finds where the embedded PostgreSQL can live and as whom. The server refuses to run as root, so root lends
// it to an unprivileged user, who must be able to reach the binaries and the data; a clone under /root, or an
// install without its scripts, is answered with a copy inside the server's own temporary directory.
// Adds no user to the system and changes nothing that npm installed.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** nobody first: a user called postgres may own real databases, which a test should not be able to reach. */
const UNPRIVILEGED = ['nobody', 'daemon', 'postgres']

/** Only for building extensions and client programs; a third of the files. */
const NOT_NEEDED = /\.a$|^pkgconfig$|^pgxs$/

/**
 * @param {string} installed the folder of the npm package with bin, lib and share
 * @returns {{ directory: string, native: string, user?: { name: string, uid: number, gid: number }, env: object }}
 */
export function prepareHome(installed) {
  process.umask(0o022)
  const users = process.getuid?.() === 0 ? unprivilegedUsers() : [undefined]
  const reasons = []
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (!existsSync(parent)) continue
    let directory
    try {
      directory = mkdtempSync(join(parent, 'pg-loupe-postgres-'))
      for (const user of users) {
        const home = settle(installed, directory, user, reasons)
        if (home) return home
      }
      rmSync(directory, { recursive: true, force: true })
    } catch (error) {
      if (directory) rmSync(directory, { recursive: true, force: true })
      reasons.push(`${parent}: ${error.message}`)
    }
  }
  throw new Error(`no place and user to run it:\n${reasons.join('\n')}`)
}

function settle(installed, directory, user, reasons) {
  if (user) chownSync(directory, user.uid, user.gid)
  const home = { directory, native: installed, user, env: cleanEnvironment() }
  const who = user ? `${user.name} in ${directory}` : directory
  const blocked = user ? runAs(home, '/bin/sh', ['-c', 'cd / && cd "$0" && test -w .', directory]) : undefined
  if (blocked) {
    reasons.push(`${who}: not writable: ${blocked}`)
    return undefined
  }
  if (hasSymlinks(installed) && !cannotRun(home)) return home

  home.native = join(directory, 'native')
  if (!existsSync(home.native)) {
    copyReadable(installed, home.native)
    addSymlinks(home.native)
  }
  const reason = cannotRun(home)
  if (reason) reasons.push(`${who}: ${reason}`)
  return reason ? undefined : home
}

/** Nothing that would lead the server elsewhere (PGDATA, LD_LIBRARY_PATH), and the same words everywhere. */
function cleanEnvironment() {
  const { PATH, SystemRoot } = process.env
  // Without TZ, initdb compares the clock with every time zone it knows.
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot && { SystemRoot }) }
}

/** Why the binaries do not run for this user from here, or undefined. */
function cannotRun(home) {
  return (
    runAs(home, join(home.native, 'bin', 'initdb'), ['--version']) ??
    runAs(home, join(home.native, 'bin', 'postgres'), ['--version'])
  )
}

function runAs({ directory, env, user }, command, args) {
  const done = spawnSync(command, args, {
    cwd: directory,
    env,
    uid: user?.uid,
    gid: user?.gid,
    encoding: 'utf8',
  })
  if (done.error) return done.error.message
  return done.status === 0
    ? undefined
    : `${command} ended with ${done.signal ?? done.status}: ${done.stderr.trim()}`
}

function unprivilegedUsers() {
  const idOf = (flag, name) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10)
  const users = UNPRIVILEGED.map((name) => ({ name, uid: idOf('-u', name), gid: idOf('-g', name) }))
  const known = users.filter(({ uid, gid }) => uid > 0 && gid > 0)
  if (known.length === 0) {
    throw new Error(`PostgreSQL refuses to run as root, and there is no user ${UNPRIVILEGED.join(' or ')}`)
  }
  return known
}

/** The links between the names of a library, which npm packages cannot hold; their paths begin with native/. */
function symlinksOf(native) {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  return JSON.parse(readFileSync(list, 'utf8')).map(({ source, target }) => ({
    path: join(native, '..', target),
    to: source.slice(dirname(source).length + 1),
  }))
}

function hasSymlinks(native) {
  return symlinksOf(native).every(({ path }) => existsSync(path))
}

function addSymlinks(native) {
  for (const { path, to } of symlinksOf(native)) {
    if (!existsSync(path)) symlinkSync(to, path)
  }
}

/** Copies a tree so that any user may read it, whatever umask it was installed with. */
function copyReadable(from, to) {
  const stat = lstatSync(from)
  if (stat.isSymbolicLink()) return symlinkSync(readlinkSync(from), to)
  if (stat.isDirectory()) {
    mkdirSync(to)
    for (const name of readdirSync(from)) {
      if (!NOT_NEEDED.test(name)) copyReadable(join(from, name), join(to, name))
    }
    return undefined
  }
  copyFileSync(from, to, constants.COPYFILE_FICLONE)
  chmodSync(to, dirname(from).endsWith('bin') || stat.mode & 0o100 ? 0o755 : 0o644)
  return undefined
}
