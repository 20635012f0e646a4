// Tests that the shop's live profiler and the command for its trace file report the same findings, byte for byte, with and
// without values in the file. Runs on the built package, as users do.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { profilePool } from 'pg-loupe/pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { runShop } from '../../examples/shop/demo/running-shop.ts'
import { visits } from '../../examples/shop/demo/visits.ts'
import { createDatabase } from '../postgres/create-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const COMMAND = join(import.meta.dirname, '../../dist/src/cli/main.js')

test.each([
  ['without values', false],
  ['with values', true],
])('the same findings, %s', async (_how, values) => {
  const traces = join(temporaryFolder(), 'traces.ndjson')
  const profiler = createProfiler({
    enabled: true,
    catalog: true,
    console: 'off',
    outputs: { traces },
    recordValues: values,
  })
  const database = await createDatabase(inject('postgres'), 'live-and-file')
  onTestFinished(() => database.drop())
  const shop = await runShop(database.url, profiler)
  try {
    for (const { requests } of visits) for (const request of requests) await shop.send(request)
    await profiler.trace('search', async () => {
      const pool = profilePool(new pg.Pool(database.config), profiler)
      await pool.query("select id from customers where name = 'Ann Smith' or email = $1", ['ann@example.org'])
      await pool.end()
    })
  } finally {
    await shop.close()
  }
  await profiler.settled()

  const live = profiler.report()
  const args = [COMMAND, 'analyze', traces, '--format', 'json']
  const offline = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  expect(live.findings.length).toBeGreaterThan(5)
  expect(JSON.stringify(offline.findings, null, 2)).toBe(JSON.stringify(live.findings, null, 2))
  expect(offline.routes).toEqual(live.routes)
  expect(offline.measured).toEqual(live.measured)
  expect([offline.traces, offline.queries]).toEqual([live.traces, live.queries])
  const text = readFileSync(traces, 'utf8')
  expect(text.includes('"params"')).toBe(values)
  expect(['Ann Smith', 'ann@example.org'].map((secret) => text.includes(secret))).toEqual([values, values])
})
