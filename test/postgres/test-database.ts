// A database for one test file: `const database = await testDatabase()` at its top, dropped when the file is
// done. For vitest only; everything else takes createDatabase. Pools are the file's own to end: a pool still
// open when its database is dropped would emit an error.
import { basename } from 'node:path'
import { afterAll, expect, inject } from 'vitest'
import { createDatabase, type Database } from './create-database.ts'

export async function testDatabase(): Promise<Database> {
  const testPath = expect.getState().testPath ?? 'test'
  const database = await createDatabase(
    inject('postgres'),
    basename(testPath).replace(/\.(?:test|thorough)\.ts$/, ''),
  )
  // Hooks after all tests run last registered first, so what the file closes is closed before this.
  afterAll(() => database.drop())
  return database
}
