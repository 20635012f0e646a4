// Runs a command under `pg-loupe run`, as it is built, in the project of these tests, and reads the report.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { NOT_SLOW, runBuilt, type Surroundings } from './built-command.ts'

export const project = join(import.meta.dirname, 'project')
const database = await testDatabase()

beforeAll(() => makeLibrary(database.config))

export const LOOP = { detector: 'n-plus-one', route: 'GET /books' }

export async function run(
  words: readonly string[],
  surroundings: Surroundings = {},
  options: readonly string[] = [],
) {
  const file = join(temporaryFolder(), 'report.json')
  const env = { DATABASE_URL: database.url, ...surroundings.env }
  const args = ['run', '--output', `json=${file}`, ...NOT_SLOW, ...options, '--', ...words]
  const ran = await runBuilt(args, { cwd: project, ...surroundings, env })
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  return { ...ran, report }
}

export function lineOf(mark: string): number {
  return (
    readFileSync(join(project, 'app.mjs'), 'utf8')
      .split('\n')
      .findIndex((line) => line.endsWith(mark)) + 1
  )
}
