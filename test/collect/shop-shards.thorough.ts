// The whole shop in one process, and its routes shared out between two: what the two have recorded, merged, has the
// findings of the one. The catalog stays out: on a busy machine it may come after the first requests.
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { runBuilt } from '../cli/built-command.ts'
import { createDatabase } from '../postgres/create-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const app = join(import.meta.dirname, 'apps/shop.ts')

test('two shards of the shop, merged, equal one run', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const record = async (part: string): Promise<string> => {
    const database = await createDatabase(inject('postgres'), 'shop-shards')
    onTestFinished(() => database.drop())
    const traces = join(folder, `${part}.ndjson`)
    const words = ['node', '--import', 'tsx', app, part]
    // Each process fills its own database, which is in no request.
    const env = { DATABASE_URL: database.url, PG_LOUPE_UNTRACED: '0' }
    const { code, stderr } = await runBuilt(['run', '--output', `traces=${traces}`, '--', ...words], {
      cwd: root,
      env,
    })
    expect(code, stderr).toBe(0)
    return traces
  }
  const [whole, ...shards] = await Promise.all(['all', 'even', 'odd'].map(record))
  const merged = join(folder, 'merged.ndjson')
  await runBuilt(['merge', ...shards, '-o', merged])
  const [one, two] = await Promise.all([whole, merged].map((file) => analyze(file ?? '')))
  expect(one?.findings.length).toBeGreaterThan(8)
  expect(withoutPositions(two)).toBe(withoutPositions(one))
  expect([two?.traces, two?.queries]).toEqual([one?.traces, one?.queries])
})

/** Where a route asks for several things at once, the answers decide in which order it goes on. */
function withoutPositions(report: Report | undefined): string {
  const isPosition = (key: string, value: unknown) =>
    key === 'parent' || (key === 'queries' && Array.isArray(value))
  return JSON.stringify(report?.findings, (key, value) => (isPosition(key, value) ? undefined : value), 2)
}

async function analyze(file: string): Promise<Report> {
  const args = ['analyze', file, '--format', 'json', '--set', 'slow-query=false']
  return JSON.parse((await runBuilt(args)).stdout)
}
