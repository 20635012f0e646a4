// Waits until a server takes connections, and says which version it is. A port that is open proves little:
// a container's port is open before the server in it listens.
import pg from 'pg'

const PAUSE_MS = 100
/** SQLSTATE cannot_connect_now. */
const STARTING_UP = '57P03'

export async function waitUntilAnswering(url: string, patienceMs: number): Promise<string> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return await askVersion(url)
    } catch (error) {
      if (isRefusal(error) || Date.now() + PAUSE_MS > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

/** The server answered, and not with "still starting": a wrong password does not become right by waiting. */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== STARTING_UP
}

async function askVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // A connection cut while it is idle is reported here; the query itself rejects on its own.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    // Distributions append their own version in brackets.
    return rows[0]?.server_version.split(' ')[0] ?? 'unknown'
  } finally {
    await client.end()
  }
}
