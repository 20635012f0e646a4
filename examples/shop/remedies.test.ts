// Each remedy that is printed for a loop of the shop is run with the values of that very loop, and gives the same rows.
import { join } from 'node:path'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import { compareReads } from '../../test/remedies/compare-reads.ts'
import { readTraces, recordedLoops } from '../../test/remedies/recorded-loops.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { runShop } from './demo/running-shop.ts'
import { EVERY_RUN_ALIKE, visits } from './demo/visits.ts'

const database = await testDatabase()
const traces = join(temporaryFolder({ onTestFinished: afterAll }), 'traces.ndjson')
const profiler = createProfiler({
  enabled: true,
  detectors: EVERY_RUN_ALIKE,
  reporters: [],
  artifacts: { traces, values: true },
})
const shop = await runShop(database.url, profiler)
const client = new pg.Client(database.config)
await client.connect()
afterAll(() => Promise.all([shop.close(), client.end()]))

// New orders would change the rows that the loops have seen.
for (const { route, requests } of visits) {
  if (route.startsWith('GET')) for (const request of requests) await shop.send(request)
}
await profiler.settled()

const loops = recordedLoops(readTraces(traces)).filter(({ detector }) => detector === 'n-plus-one')

test('there are remedies to run', () => {
  expect(loops.length).toBeGreaterThan(4)
})

test.each(loops.map((loop) => [`${loop.route}: ${loop.fix}`, loop] as const))('%s', async (_fix, loop) => {
  const { differences, rows } = await compareReads(client, loop)
  expect(differences).toEqual([])
  expect(rows).toBeGreaterThan(0)
})
