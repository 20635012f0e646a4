// `npm run soak`: a million queries in a hundred thousand traces at the default limits, on a real server. Fails when memory
// after a collection has grown by more than a tenth since the warm-up, which fills every memory that has a limit.
import { createDatabase } from '../postgres/create-database.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import { runSoak } from './run-soak.ts'

const WARM_UP = 30_000
const TRACES = 70_000
const MOST_GROWTH = 0.1

/** `npm run soak -- '{"limits":{"openTraces":100}}'` tries other options. */
const OPTIONS = process.argv.slice(2).map((text) => JSON.parse(text))

const server = await startPostgres()
const database = await createDatabase(server, 'soak')
try {
  for (const options of OPTIONS.length > 0 ? OPTIONS : [{ capture: 'full' }, { capture: 'adaptive' }]) {
    const result = await runSoak({ url: database.url, warmUp: WARM_UP, traces: TRACES, options })
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    if (result.megabytes.growth > MOST_GROWTH) process.exitCode = 1
  }
} finally {
  await database.drop()
  await server.stop()
}
