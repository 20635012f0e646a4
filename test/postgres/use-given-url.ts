// A PostgreSQL somebody else runs. Nothing of theirs is touched: this run makes databases of its own beside
// theirs, and dropping what is left of those is all that stopping means here.
import pg from 'pg'
import type { StartedServer } from './started-server.ts'
import { waitUntilAnswering } from './wait-until-answering.ts'

/** A server that is just starting, in a CI service container for example, gets this long. */
const PATIENCE_MS = 5_000

export async function useGivenUrl(url: string, databasePrefix: string): Promise<StartedServer> {
  const { host } = new URL(url)
  const version = await waitUntilAnswering(url, PATIENCE_MS).catch((error: Error) => {
    throw new Error(`PG_LOUPE_TEST_URL: no connection to ${host}: ${error.message || String(error)}`, {
      cause: error,
    })
  })
  return {
    url,
    describe: `PostgreSQL ${version} at ${host}, given by PG_LOUPE_TEST_URL`,
    stop: () => dropLeftovers(url, databasePrefix),
  }
}

async function dropLeftovers(url: string, databasePrefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1) order by datname',
      [`${databasePrefix}_`],
    )
    for (const { datname } of rows) {
      await client.query(`drop database if exists ${pg.escapeIdentifier(datname)} with (force)`)
    }
  } finally {
    await client.end()
  }
}
