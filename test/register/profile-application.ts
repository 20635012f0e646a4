// Runs an application without a line about pg-loupe under `pg-loupe/register`, in a separate process.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const apps = join(import.meta.dirname, 'apps')
const database = await testDatabase()

beforeAll(() => makeLibrary(database.config))

/** The arguments of Node.js that load `register`. */
export const IMPORT = ['--import', 'pg-loupe/register']

export async function profile(
  app: string,
  args: readonly string[],
  variables: Record<string, string> = {},
  cwd = root,
): Promise<{ stdout: string; stderr: string; report: Report; written: boolean }> {
  const file = join(temporaryFolder(), 'report-{pid}.json')
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    NODE_OPTIONS: '',
    OTHER_PG: 'store',
    EXPRESS: 'express',
    // On a busy machine any query may be slow.
    PG_LOUPE_OPTIONS: '{ "detectors": { "slow-query": false } }',
    ...variables,
    PG_LOUPE_OUTPUT: [`json=${file}`, variables.PG_LOUPE_OUTPUT ?? []].flat().join(','),
  }
  const path = app.startsWith('/') ? app : join(apps, app)
  const child = run(process.execPath, [...args, path], { cwd, env })
  const { pid } = child.child
  const { stdout, stderr } = await child
  const report = file.replace('{pid}', String(pid))
  const written = existsSync(report)
  return { stdout, stderr, written, report: written ? JSON.parse(readFileSync(report, 'utf8')) : undefined }
}

/** A folder with the application and what it loads. */
export function copyOfApp(name: string): string {
  const home = temporaryFolder()
  mkdirSync(join(home, 'node_modules'))
  cpSync(join(apps, name), join(home, name))
  for (const entry of ['pg', 'pg-pool', ...DEPENDENCIES_OF_PG]) {
    symlinkSync(join(root, 'node_modules', entry), join(home, 'node_modules', entry))
  }
  symlinkSync(root, join(home, 'node_modules/pg-loupe'))
  return home
}

export function summaryOf({ routes, findings }: Report) {
  return Object.fromEntries(
    routes.map(({ name, queries }) => [
      name,
      {
        queries: queries.max,
        loops: findings.filter(({ route }) => route === name).map(({ callSite }) => callSite[0]?.line),
      },
    ]),
  )
}

export function lineOf(app: string, mark: string): number {
  return (
    readFileSync(join(apps, app), 'utf8')
      .split('\n')
      .findIndex((line) => line.endsWith(mark)) + 1
  )
}

const DEPENDENCIES_OF_PG = ['pg-connection-string', 'pg-protocol', 'pg-types', 'pgpass']
