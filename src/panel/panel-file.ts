// Running panels announce themselves in files that only their owner can read, so that commands and profiled processes of the
// same user find the address and its token. A file that others could have read or written is never used.
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import * as v from 'valibot'
import { compareText } from '../text/compare-text.ts'
import { type PanelAddress, parsePanelAddress } from './panel-address.ts'

/** A panel that announced itself. */
export interface AnnouncedPanel extends PanelAddress {
  /** The working directory in which it was started. */
  folder: string
  pid: number
  /** ISO 8601 */
  startedAt: string
}

const NAME = /^panel-\d{1,10}-[\da-f]{8}\.json$/
/** An address, a path and a date. */
const MOST_BYTES = 8192
/** Files of one user that are read. There is one for each running panel. */
const MOST_FILES = 100

const announcement = v.object({
  address: v.string(),
  folder: v.string(),
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  startedAt: v.string(),
})

/**
 * Writes the file of a running panel.
 *
 * @returns the function that removes it
 * @throws Error when there is no folder that only this user can read
 */
export function announcePanel(panel: Omit<AnnouncedPanel, 'host' | 'port' | 'token' | 'url'>): () => void {
  const folder = usableFolder()
  for (const { file, found } of readFolder(folder)) if (isStale(found, panel)) rmSync(file, { force: true })
  const file = join(folder, `panel-${panel.pid}-${randomBytes(4).toString('hex')}.json`)
  const { address, folder: started, pid, startedAt } = panel
  const temporary = `${file}.tmp`
  writeFileSync(temporary, JSON.stringify({ address, folder: started, pid, startedAt }), {
    mode: 0o600,
    flag: 'wx',
  })
  renameSync(temporary, file)
  return () => rmSync(file, { force: true })
}

/** The running panel to use in a working directory: one that was started there, or else the newest one. */
export function findPanel(folder: string = process.cwd()): AnnouncedPanel | undefined {
  return findPanels(folder)[0]
}

/** All running panels of this user. Those of the working directory come first, and newer ones before older ones. */
export function findPanels(folder: string = process.cwd()): AnnouncedPanel[] {
  const found = folders().flatMap((place) => (isPrivateFolder(place) ? readFolder(place) : []))
  const running = found.filter((one) => isAlive(one.found.pid)).map((one) => one.found)
  const byPort = new Map<string, AnnouncedPanel>()
  for (const panel of running.sort(newestFirst)) {
    // Only one panel can listen on a port: an older file is left over from a process that was killed.
    if (!byPort.has(panel.url)) byPort.set(panel.url, panel)
  }
  const all = [...byPort.values()]
  return [
    ...all.filter((panel) => panel.folder === folder),
    ...all.filter((panel) => panel.folder !== folder),
  ]
}

function newestFirst(a: AnnouncedPanel, b: AnnouncedPanel): number {
  return compareText(b.startedAt, a.startedAt)
}

function isStale(found: AnnouncedPanel, { address, pid }: Pick<AnnouncedPanel, 'address' | 'pid'>): boolean {
  return !isAlive(found.pid) || (found.url === parsePanelAddress(address).url && found.pid !== pid)
}

/** The best folder comes first. A process may lack the variables of the session, so all of them are searched. */
function folders(): string[] {
  const { XDG_RUNTIME_DIR, XDG_CACHE_HOME = join(homedir(), '.cache'), LOCALAPPDATA } = process.env
  const [session, local] = process.platform === 'win32' ? [undefined, LOCALAPPDATA] : [XDG_RUNTIME_DIR]
  return [session, local, XDG_CACHE_HOME]
    .filter((place) => place !== undefined)
    .filter(isAbsolute)
    .map((place) => join(place, 'pg-loupe'))
}

function usableFolder(): string {
  const reasons: string[] = []
  for (const folder of folders()) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (isPrivateFolder(folder)) return folder
      reasons.push(`${folder} can be read by other users`)
    } catch (error) {
      reasons.push((error as Error).message)
    }
  }
  throw new Error(reasons.join('; '))
}

function isPrivateFolder(folder: string): boolean {
  try {
    const stats = lstatSync(folder)
    return stats.isDirectory() && isPrivate(stats)
  } catch {
    return false
  }
}

/** Windows protects the profile folder of a user by access lists, which modes do not show. */
function isPrivate({ uid, mode }: { uid: number; mode: number }): boolean {
  const user = process.getuid?.()
  return user === undefined || (uid === user && (mode & 0o077) === 0)
}

function readFolder(folder: string): { file: string; found: AnnouncedPanel }[] {
  const files = list(folder)
    .filter((name) => NAME.test(name))
    .slice(0, MOST_FILES)
    .map((name) => join(folder, name))
  return files.flatMap((file) => {
    const found = readAnnouncement(file)
    return found ? [{ file, found }] : []
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The file is checked after it was opened, so that it cannot be exchanged in between. Links are not followed. */
function readAnnouncement(file: string): AnnouncedPanel | undefined {
  try {
    const opened = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      const stats = fstatSync(opened)
      if (!stats.isFile() || stats.size > MOST_BYTES || !isPrivate(stats)) return undefined
      const read = v.parse(announcement, JSON.parse(readFileSync(opened, 'utf8')))
      return { ...read, ...parsePanelAddress(read.address) }
    } finally {
      closeSync(opened)
    }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
