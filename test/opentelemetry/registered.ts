// pg-loupe/register beside OpenTelemetry's instrumentation of pg, loaded before or after it: the same number of spans,
// and each query once, in the trace of its request.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const database = await testDatabase()
const register = join(import.meta.dirname, '../../dist/adapters/register/index.js')
const SPANS = 15

test('OpenTelemetry alone', async () => {
  expect(await run([], 'alone')).toEqual({ spans: SPANS, routes: undefined })
})

test.each([
  ['opentelemetry first', []],
  ['profiler first', ['--require', register]],
])('%s', async (mode, args) => {
  const { spans, routes } = await run(args, mode)
  expect(spans).toBe(SPANS)
  expect(routes?.map(({ name, queries }) => [name, queries.min, queries.max])).toEqual(
    ['ant', 'bee', 'cat', 'dog', 'eel'].map((animal) => [`GET /${animal}`, 3, 3]),
  )
})

async function run(
  args: string[],
  mode: string,
): Promise<{ spans: number; routes: Report['routes'] | undefined }> {
  const file = join(temporaryFolder(), 'report.json')
  const env = { ...process.env, DATABASE_URL: database.url, PG_LOUPE_OUTPUT: `json=${file}` }
  const app = join(import.meta.dirname, 'registered.cjs')
  const { stdout } = await promisify(execFile)(process.execPath, [...args, app, mode], { env })
  const report: Report | undefined = mode === 'alone' ? undefined : JSON.parse(readFileSync(file, 'utf8'))
  return { spans: Number(stdout), routes: report?.routes }
}
