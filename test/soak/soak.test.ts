// The soak in a form that takes seconds: with small limits, what must not grow would show soon. `npm run soak` takes its time.
import { expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { runSoak } from './run-soak.ts'

const database = await testDatabase()

test('memory after a collection does not grow with the traces, whatever they do', {
  timeout: 180_000,
}, async () => {
  const { megabytes, cut, queries, findings, routes, fileBytes } = await runSoak({
    url: database.url,
    warmUp: 800,
    traces: 1200,
    options: {
      limits: { openTraces: 20, findings: 50, routes: 50, cacheEntries: 100, traceFileBytes: 500_000 },
    },
  })
  expect(queries).toBeGreaterThan(15_000)
  expect(megabytes.growth).toBeLessThan(0.1)
  expect(fileBytes).toBeLessThan(2_000_000)
  expect([findings, routes]).toEqual([expect.any(Number), 50])
  // Nothing is left out without being counted.
  for (const name of ['traces', 'routes', 'findings', 'statements', 'results', 'values']) {
    expect([name, cut[name]]).toEqual([name, expect.any(Number)])
    expect(cut[name]).toBeGreaterThan(0)
  }
  expect(cut.internalErrors).toBe(0)
})
