// PostgreSQL in a container, by testcontainers, which also removes it when this process dies (its Ryuk does).
// Loaded only when an engine answered: most runs never need the package.
import { randomBytes } from 'node:crypto'
import { SERVER_SETTINGS } from './server-settings.ts'
import type { StartedServer } from './start-postgres.ts'
import { waitUntilAnswering } from './wait-until-answering.ts'

const PORT = 5432
/** Long enough to pull an image over a slow line, short enough that a dead registry does not hang a CI job. */
const PULL_AND_START_PATIENCE_MS = 180_000
const ANSWER_PATIENCE_MS = 60_000

export async function startContainer(image: string): Promise<StartedServer> {
  return run(image).catch((error: Error) => {
    throw new Error(`${image} did not start in a container: ${error.message}`, { cause: error })
  })
}

async function run(image: string): Promise<StartedServer> {
  const { GenericContainer } = await import('testcontainers')
  const password = randomBytes(16).toString('hex')
  const starting = new GenericContainer(image)
    .withEnvironment({ POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' })
    .withCommand(['postgres', ...SERVER_SETTINGS.flatMap((setting) => ['-c', setting])])
    .withExposedPorts(PORT)
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
      // What comes up after all is nobody's any more.
      starting.then((started) => started.stop()).catch(() => {})
      reject(new Error(`not started after ${patienceMs / 1000} s`))
    }, patienceMs)
  })
  return Promise.race([starting, late]).finally(() => clearTimeout(timer))
}
