// Runs each remedy that is printed for a loop of the shop with the values of that loop. A read must return the same rows, and
// a write must leave the same rows behind.
import { join } from 'node:path'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import { readTraces, recordedLoops } from '../../test/remedies/recorded-loops.ts'
import { runRemedies } from '../../test/remedies/run-remedies.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { runShop } from './demo/running-shop.ts'
import { EVERY_RUN_ALIKE, visits } from './demo/visits.ts'

const database = await testDatabase()
const traces = join(temporaryFolder({ onTestFinished: afterAll }), 'traces.ndjson')
const profiler = createProfiler({
  enabled: true,
  detectors: EVERY_RUN_ALIKE,
  console: 'off',
  outputs: { traces },
  recordValues: true,
})
const shop = await runShop(database.url, profiler)
const client = new pg.Client(database.config)
await client.connect()
afterAll(() => Promise.all([shop.close(), client.end()]))

for (const { requests } of visits) for (const request of requests) await shop.send(request)
await profiler.settled()

const loops = recordedLoops(readTraces(traces))

test('there are remedies of reads and of writes to run', () => {
  const detectors = loops.map(({ detector }) => detector)
  expect(detectors.filter((detector) => detector === 'n-plus-one').length).toBeGreaterThan(4)
  expect(detectors.filter((detector) => detector === 'n-plus-one-write').length).toBeGreaterThan(0)
})

test.each(loops.map((loop) => [`${loop.route}: ${loop.fix}`, loop] as const))('%s', async (_fix, loop) => {
  const [verdict] = await runRemedies([loop], [client])
  expect(verdict).toMatchObject({ differences: [] })
  expect(verdict?.failure).toBeUndefined()
  expect(verdict?.rows).toBeGreaterThan(0)
})
