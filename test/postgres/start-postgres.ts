// The one place that provides a real PostgreSQL for tests, examples and the demo: a given connection URL, otherwise a
// container when a Docker engine answers, otherwise the embedded server from npm. It depends on no test runner, and never
// falls back silently: it reports what it uses and why.
import { randomBytes } from 'node:crypto'
import { findDockerEngine } from './docker-engine.ts'
import { type PostgresSettings, type PostgresSource, readPostgresSettings } from './postgres-settings.ts'
import { startContainer } from './start-container.ts'
import { startEmbedded } from './start-embedded.ts'
import type { PostgresAddress, StartedServer } from './started-server.ts'
import { useGivenUrl } from './use-given-url.ts'

export interface Postgres extends PostgresAddress {
  source: PostgresSource
  /** One line for people: which of the sources, which version, where. Holds no password. */
  describe: string
  /** Resolves when nothing of the server is left. May be called more than once. */
  stop(): Promise<void>
}

export async function startPostgres(env: NodeJS.ProcessEnv = process.env): Promise<Postgres> {
  const settings = readPostgresSettings(env)
  const databasePrefix = `pg_loupe_${randomBytes(4).toString('hex')}`
  const { source, server } = await startFirst(settings, databasePrefix, env)
  let stopped: Promise<void> | undefined
  return {
    url: server.url,
    databasePrefix,
    source,
    describe: server.describe,
    stop: () => {
      stopped ??= server.stop()
      return stopped
    },
  }
}

async function startFirst(
  settings: PostgresSettings,
  databasePrefix: string,
  env: NodeJS.ProcessEnv,
): Promise<{ source: PostgresSource; server: StartedServer }> {
  const { only, url, image } = settings
  if (url !== undefined && (only === undefined || only === 'given URL')) {
    return { source: 'given URL', server: await useGivenUrl(url, databasePrefix) }
  }
  const engine = only === 'embedded' ? undefined : await findDockerEngine(env)
  if (only === 'testcontainers' && engine === undefined) {
    throw new Error(
      'PG_LOUPE_TEST_POSTGRES is testcontainers, but no Docker engine answers; is DOCKER_HOST right?',
    )
  }
  if (engine !== undefined) {
    try {
      return { source: 'testcontainers', server: await startContainer(image, engine) }
    } catch (error) {
      if (only === 'testcontainers') throw error
      process.stderr.write(
        `A Docker engine answers, but ${(error as Error).message}\n` +
          'Going on with the embedded PostgreSQL; set PG_LOUPE_TEST_IMAGE to use another image.\n',
      )
    }
  }
  return { source: 'embedded', server: await startEmbedded() }
}
