// PostgreSQL in a container, by testcontainers. A process of our own removes it when this one is killed, in
// place of testcontainers' Ryuk, which is one more image to pull and one more container to wait for.
// Loaded only when an engine answered: most runs never need the package.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DockerEngine } from './docker-engine.ts'
import { SERVER_SETTINGS } from './server-settings.ts'
import type { StartedServer } from './started-server.ts'
import { waitUntilAnswering } from './wait-until-answering.ts'

const PORT = 5432
/** Long enough to pull an image over a slow line, short enough that a dead registry does not hang a CI job. */
const PULL_AND_START_PATIENCE_MS = 180_000
const ANSWER_PATIENCE_MS = 60_000

const REAPER = fileURLToPath(new URL('container-reaper.mjs', import.meta.url))
const RUN_LABEL = 'pg-loupe.run'

export async function startContainer(image: string, engine: DockerEngine): Promise<StartedServer> {
  const run = randomBytes(8).toString('hex')
  const reaper = startReaper(engine, `${RUN_LABEL}=${run}`)
  try {
    const { stop, ...server } = await startLabelled(image, run)
    return { ...server, stop: () => stop().then(reaper.dismiss) }
  } catch (error) {
    reaper.letWork()
    throw new Error(`${image} did not start in a container: ${(error as Error).message}`, { cause: error })
  }
}

function startReaper(engine: DockerEngine, label: string) {
  const reaper = spawn(process.execPath, [REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = once(reaper, 'exit')
  reaper.stdin.on('error', () => {})
  // Not as arguments: those can be read by everybody, and the key to the engine may be among them.
  reaper.stdin.write(`${JSON.stringify({ ...engine, label })}\n`)
  reaper.unref()
  if ('unref' in reaper.stdin && typeof reaper.stdin.unref === 'function') reaper.stdin.unref()
  return {
    letWork: () => reaper.stdin.end(),
    dismiss: async () => {
      reaper.ref()
      reaper.kill()
      await ended
    },
  }
}

async function startLabelled(image: string, run: string): Promise<StartedServer> {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'
  const { GenericContainer } = await import('testcontainers')
  const password = randomBytes(16).toString('hex')
  const starting = new GenericContainer(image)
    .withEnvironment({ POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' })
    .withCommand(['postgres', ...SERVER_SETTINGS.flatMap((setting) => ['-c', setting])])
    .withExposedPorts(PORT)
    .withLabels({ [RUN_LABEL]: run })
    .start()
  const container = await withPatience(starting, PULL_AND_START_PATIENCE_MS)
  const stop = async () => {
    await container.stop()
  }

  try {
    const host = container.getHost()
    const port = container.getMappedPort(PORT)
    const url = `postgresql://postgres:${password}@${host}:${port}/postgres`
    const version = await waitUntilAnswering(url, ANSWER_PATIENCE_MS)
    return { url, describe: `PostgreSQL ${version} in a container of ${image}, by testcontainers`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function withPatience<T extends { stop(): Promise<unknown> }>(
  starting: Promise<T>,
  patienceMs: number,
) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // A container that starts after all is removed, because no test uses it any more.
      starting.then((started) => started.stop()).catch(() => {})
      reject(new Error(`not started after ${patienceMs / 1000} s`))
    }, patienceMs)
  })
  return Promise.race([starting, late]).finally(() => clearTimeout(timer))
}
