// The embedded server started and ended in every way there is, each time looking for what it left behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, type TestContext, test, vi } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { type EmbeddedServer, installedNative, startEmbedded } from './start-embedded.ts'

const MODULE = new URL('start-embedded.ts', import.meta.url).href
const TSX = import.meta.resolve('tsx')
const isRoot = process.getuid?.() === 0

/** Stopping takes a tenth of a second; this is for a machine with much else to do. */
const GONE_PATIENCE_MS = 10_000

describe.concurrent('an embedded server', () => {
  test('it answers as PostgreSQL, and stopping leaves no process, no file and no shared memory', async () => {
    const server = await startEmbedded()
    const { rows } = await ask(server.url, 'select version() as version')
    expect(rows[0]?.version).toMatch(/^PostgreSQL \d+/)
    expect(isRunning(server.serverPid)).toBe(true)

    await server.stop()

    expect(traces(server)).toEqual([])
  })

  test('it wants its password, from this machine too', async () => {
    const server = await startEmbedded()
    const url = new URL(server.url)
    url.password = 'guessed'

    await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed')
    await server.stop()
  })

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'nothing is left when the process that started it gets %s',
    async (signal, t) => {
      const { child, server } = await startElsewhere(t, STAY)

      child.kill(signal)

      await goneSoon(server)
    },
  )

  test.for<[string, string]>([
    ['crashes', `setTimeout(() => { throw new Error('a bug') }, 10)`],
    ['calls process.exit', 'process.exit(3)'],
    ['just ends, without stopping it', ''],
  ])('nothing is left when the process that started it %s', async ([, code], t) => {
    const { server } = await startElsewhere(t, code)

    await goneSoon(server)
  })

  test('nothing is left when the process is killed while the server is still starting', async (t) => {
    const folder = temporaryFolder(t)
    chmodSync(folder, 0o755)
    const child = runElsewhere(t, '', { TMPDIR: folder })
    const directories = () => readdirSync(folder).filter((name) => name.startsWith('pg-loupe-postgres-'))
    await vi.waitUntil(() => directories().length > 0, { timeout: GONE_PATIENCE_MS })

    child.kill('SIGKILL')

    await vi.waitFor(() => expect(directories()).toEqual([]), { timeout: GONE_PATIENCE_MS })
  })

  test('nothing is left when the server itself is killed', async (t) => {
    const { server } = await startElsewhere(t, STAY)

    process.kill(server.serverPid, 'SIGKILL')

    await goneSoon(server)
  })

  test('nothing is left when its keeper is killed', async (t) => {
    const { server } = await startElsewhere(t, STAY)

    process.kill(server.keeperPid, 'SIGKILL')

    await goneSoon(server)
  })

  test('two at once do not meet', async () => {
    const [one, other] = await Promise.all([startEmbedded(), startEmbedded()])

    const systems = await Promise.all(
      [one, other].map(({ url }) => ask(url, 'select system_identifier as id from pg_control_system()')),
    )
    expect(new Set(systems.map(({ rows }) => rows[0]?.id)).size).toBe(2)
    expect(one.directory).not.toBe(other.directory)

    await one.stop()
    expect(traces(other)).not.toEqual([])
    await other.stop()
  })

  test('a port taken by somebody else is left to them', async () => {
    const blocker = createServer()
    const taken = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port))
    })

    const server = await startEmbedded({ ports: [taken] })

    expect(Number(new URL(server.url).port)).not.toBe(taken)
    await ask(server.url, 'select 1')
    await server.stop()
    blocker.close()
  })

  test('it starts from an installation without the links that install scripts make', async (t) => {
    const native = copyOfNative(t)
    for (const name of readdirSync(join(native, 'lib'))) {
      const path = join(native, 'lib', name)
      if (lstatSync(path).isSymbolicLink()) rmSync(path)
    }

    const server = await startEmbedded({ native })

    await ask(server.url, 'select 1')
    await server.stop()
    expect(traces(server)).toEqual([])
  })

  test.runIf(isRoot)('root starts it from a folder that only root may enter', async (t) => {
    const native = copyOfNative(t)
    chmodSync(join(native, '..'), 0o700)

    const server = await startEmbedded({ native })

    await ask(server.url, 'select 1')
    await server.stop()
    expect(traces(server)).toEqual([])
  })

  test.runIf(isRoot)(
    'root starts it while the temporary folder is one that only root may enter',
    async (t) => {
      const { child, server } = await startElsewhere(t, STAY, {
        TMPDIR: temporaryFolder(t),
      })

      expect(server.directory).toMatch(/^\/(var\/)?tmp\/pg-loupe-postgres-/)
      child.kill()
      await goneSoon(server)
    },
  )

  test.runIf(isRoot)('root lends it to a user without rights', async () => {
    const server = await startEmbedded()

    const status = readFileSync(`/proc/${server.serverPid}/status`, 'utf8')
    expect(status).not.toMatch(/^Uid:\s0\s/m)
    expect(status).toMatch(/^Groups:\s*$/m)
    await server.stop()
  })

  test('variables meant for another PostgreSQL do not lead it astray', async (t) => {
    const { child, server } = await startElsewhere(t, STAY, {
      PGDATA: '/nowhere',
      PGPORT: '1',
      PGOPTIONS: '-c nonsense=1',
      NODE_OPTIONS: '--import tsx',
    })

    expect(traces(server)).not.toEqual([])
    child.kill()
    await goneSoon(server)
  })

  test('when it cannot start, the error says what the binaries said', async () => {
    await expect(startEmbedded({ native: '/nowhere' })).rejects.toThrow(/did not start.*\/nowhere/s)
  })
})

/** The further program of the process that started the server. */
const STAY = 'setInterval(() => {}, 1000)'

type Started = Pick<EmbeddedServer, 'serverPid' | 'keeperPid' | 'directory'>

/** The remains of a server: none, when it is gone. */
function traces({ serverPid, keeperPid, directory }: Started): string[] {
  const segments = existsSync('/proc/sysvipc/shm') ? readFileSync('/proc/sysvipc/shm', 'utf8') : ''
  return [
    isRunning(serverPid) && 'server',
    isRunning(keeperPid) && 'keeper',
    existsSync(directory) && directory,
    new RegExp(`^(\\s*\\S+){4}\\s+${serverPid}\\s`, 'm').test(segments) && 'shared memory',
  ].filter((trace) => trace !== false)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that has ended, and waits for a slow init to take note of it, runs no more.
    return !existsSync('/proc/self/stat') || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function runElsewhere(t: TestContext, code: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = `
    import { startEmbedded } from ${JSON.stringify(MODULE)}
    const { serverPid, keeperPid, directory } = await startEmbedded()
    console.log(JSON.stringify({ serverPid, keeperPid, directory }))
    ${code}`
  const child = spawn(process.execPath, ['--import', TSX, '--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function startElsewhere(t: TestContext, code: string, env: NodeJS.ProcessEnv = {}) {
  const child = runElsewhere(t, code, env)
  const server = await new Promise<Started>((resolve, reject) => {
    child.once('close', () => reject(new Error('ended before the server was started')))
    if (child.stdout) createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)))
  })
  return { child, server }
}

function copyOfNative(t: TestContext): string {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o755)
  const native = join(folder, 'native')
  cpSync(installedNative(), native, { recursive: true, verbatimSymlinks: true })
  return native
}

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

async function goneSoon(server: Started): Promise<void> {
  await vi.waitFor(() => expect(traces(server)).toEqual([]), { timeout: GONE_PATIENCE_MS })
}
