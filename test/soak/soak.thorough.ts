// The soak in a form that takes seconds: with small limits, what must not grow would show soon. `npm run soak` takes its time.
import { expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { runSoak } from './run-soak.ts'

const database = await testDatabase()
const limits = { openTraces: 20, findings: 50, routes: 50, cacheEntries: 100, traceFileBytes: 500_000 }

test.each(['full', 'adaptive'])(
  'memory does not grow with the traces, whatever they do: %s',
  { timeout: 180_000 },
  async (capture) => {
    const { megabytes, cut, queries, findings, routes, fileBytes } = await runSoak({
      url: database.url,
      warmUp: 600,
      traces: 900,
      options: { capture, limits },
    })
    expect(queries).toBeGreaterThan(10_000)
    expect(megabytes.growth).toBeLessThan(0.1)
    expect(fileBytes).toBeLessThan(2_000_000)
    expect(routes).toBe(50)
    expect(findings).toBeGreaterThan(20)
    // Nothing is left out without being counted.
    for (const name of ['traces', 'routes', 'findings', 'statements', 'results', 'values']) {
      expect([name, (cut[name] ?? 0) > 0]).toEqual([name, true])
    }
    expect((cut.counted ?? 0) > 0).toBe(capture === 'adaptive')
    expect(cut.internalErrors).toBe(0)
  },
)
