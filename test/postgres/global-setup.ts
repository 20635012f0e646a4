// One server for a whole run of vitest: started before the first test file, told to the workers, stopped
// after the last.
import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.ts'
import type { PostgresAddress } from './started-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresAddress
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, databasePrefix, describe, stop } = await startPostgres()
  process.stdout.write(`Tests run on ${describe}\n`)
  project.provide('postgres', { url, databasePrefix })
  return stop
}
