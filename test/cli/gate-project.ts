// A project with a job for each route, whose findings the gate judges.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect } from 'vitest'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { NOT_SLOW, runBuilt } from './built-command.ts'

const root = join(import.meta.dirname, '../..')
const database = await testDatabase()

beforeAll(() => makeLibrary(database.config, 6))

/** A loop over the books, with its cure. */
interface Route {
  turns?: number
  fixed?: boolean
  /** Around the loop. */
  ignored?: string
}

/** A program with a job for each route, after the given `lines`. */
function program(routes: Readonly<Record<string, Route>>, lines = 0): string {
  const jobs = Object.entries(routes).map(([name, { turns = 4, fixed = false, ignored }]) => {
    const loop = fixed
      ? `await pool.query('select name from authors where id = any($1)', [rows.map((row) => row.author_id)])`
      : `for (const row of rows) await pool.query('select name from authors where id = $1', [row.author_id])`
    const body = ignored ? `await ignore(${JSON.stringify(ignored)}, async () => { ${loop} })` : loop
    return `
await defaultProfiler().trace('${name}', async function ${name}() {
  const { rows } = await pool.query('select author_id from books order by id limit ${turns}')
  ${body}
})`
  })
  return `${'\n'.repeat(lines)}import pg from 'pg'
import { defaultProfiler, ignore } from 'pg-loupe'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
${jobs.join('\n')}
await pool.end()`
}

export function makeProject(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['pg']) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  symlinkSync(root, join(folder, 'node_modules/pg-loupe'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const at = (name: string) => join(folder, name)
  const pgLoupe = (...args: string[]) =>
    runBuilt(args, { cwd: folder, env: { DATABASE_URL: database.url, NO_COLOR: '1' } })
  return {
    at,
    pgLoupe,
    write: (name: string, content: string) => writeFileSync(at(name), content),
    read: (name: string) => readFileSync(at(name), 'utf8'),
    /** Runs the program with the gate on; `report.json` is what it found. */
    gate: (routes: Readonly<Record<string, Route>>, { lines = 0, args = ['--baseline', BASELINE] } = {}) => {
      writeFileSync(at('app.mjs'), program(routes, lines))
      return pgLoupe('run', '--output', 'json=report.json', ...NOT_SLOW, ...args, '--', 'node', 'app.mjs')
    },
  }
}

/** Ten programs one after the other, on a busy machine. */
export const MANY_RUNS_MS = 120_000
export const BASELINE = 'pg-loupe-baseline.json'
export const told = (stderr: string) =>
  stderr.split('\n').filter((line) => /^pg-loupe: |^ {2}(new|grown|error|warning) /.test(line))

const REPORT = JSON.stringify({ v: 1, traces: 0, queries: 0, findings: [], routes: [], cut: {} })

export async function failsForWrongUse(args: string[], message: string): Promise<void> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'r.json'), REPORT)
  writeFileSync(join(folder, 'q.json'), REPORT.replace('"queries":0', '"queries":1'))
  const { stderr, stdout, code } = await runBuilt(args, { cwd: folder })
  expect(stderr).toContain(message)
  expect([stdout, code]).toEqual(['', 2])
  expect(existsSync(join(folder, BASELINE))).toBe(false)
}
