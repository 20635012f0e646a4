// Tests work after a response that sends more queries than a trace keeps: an assertion waits for the other queries too.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { captureQueries, expectQueryCount } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const KEPT = 5
const { profiler, pool } = await openLibrary({ limits: { queriesPerTrace: KEPT } })
afterAll(() => pool.end())
const author = () => pool.query('select name from authors where id = 1001')

test('work that never ends is inconclusive once no more of its queries are kept', async () => {
  let isOpen = true
  const sent: Promise<unknown>[] = []
  onTestFinished(async () => {
    isOpen = false
    await Promise.all(sent)
  })
  const ask = await serve(async () => {
    while (isOpen) {
      sent.push(author())
      await sleep(5)
    }
  })
  const options = { max: 1_000_000, inconclusive: 'fail' as const }
  const error = await failureOf(() => expectQueryCount(ask, options, profiler))
  expect(error.message).toContain('queries of GET / were still running')
})

test('work that ends is counted completely, and passes', async () => {
  const ask = await serve(async () => {
    const { rows } = await pool.query('select id from authors order by id limit 19')
    await Promise.all(rows.map(author))
  })
  const captured = await captureQueries(ask, profiler)
  expect([captured.queries.length, captured.count]).toEqual([KEPT, 20])
  await expectQueryCount(ask, { exactly: 20, inconclusive: 'fail' }, profiler)
})

/** Returns a function that sends a request to a server that continues to work after its response. */
async function serve(work: () => Promise<void>): Promise<() => Promise<unknown>> {
  const server = http.createServer((_request, response) => {
    response.end()
    void work()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return () => fetch(`http://127.0.0.1:${port}/`)
}
