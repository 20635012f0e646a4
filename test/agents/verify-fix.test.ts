// `fixed` is only said when a full capture after the beginning of the check proves it.
import { describe, expect, test } from 'vitest'
import { verifyFix } from '../../src/agents/tools/verify-fix.ts'
import type { FindingStatus, PanelApi, RequestRow } from '../../src/panel/panel-api.ts'
import { fixed, loop, panelOf, sourcesOf } from './agent-fixture.ts'

const asked: unknown[] = []

async function verifying(status: FindingStatus, request: Partial<RequestRow> = {}): Promise<PanelApi> {
  const api = await panelOf([loop(), fixed()])
  const detail = await api.request('2')
  return {
    ...api,
    request: async () => ({ ...detail, request: { ...detail.request, ...request } }),
    verify: async (...args) => {
      asked.splice(0, asked.length, ...args)
      return status
    },
  }
}

const FIXED: FindingStatus = { state: 'fixed', reason: 'It sent 2 queries.', request: '2' }

describe('verify_fix', () => {
  test('says fixed with the request that decided', async () => {
    const answer = await verifyFix.answer(sourcesOf(await verifying(FIXED)), { key: 'n-plus', since: 1 })
    expect(answer).toMatchObject({ state: 'fixed', since: 1, request: { id: '2', queries: 2 } })
    expect(asked).toEqual([expect.stringContaining('n-plus-one | GET /orders'), 20_000, 1])
  })

  test.each<[string, Partial<RequestRow>]>([
    ['came before the check', { number: 1 }],
    ['was only counted', { number: 9, capture: 'counted' }],
    ['was captured in part', { number: 9, capture: 'partial' }],
  ])('does not say fixed by a request that %s', async (_, request) => {
    const answer = await verifyFix.answer(sourcesOf(await verifying(FIXED, request)), {
      key: 'n-plus',
      since: 1,
    })
    expect(answer).toMatchObject({ state: 'not_exercised', since: 1 })
    expect(answer).not.toHaveProperty('request')
    expect(answer.next).toMatch(
      /Send a request to «GET \/orders», then: verify_fix \{"key":"\w{8}","since":1\}/,
    )
  })

  test('does not say fixed when no request is named', async () => {
    const api = await verifying({ state: 'fixed', reason: 'It is gone.' })
    expect(await verifyFix.answer(sourcesOf(api), { key: 'n-plus', since: 0 })).toMatchObject({
      state: 'not_exercised',
    })
  })

  test('begins the check after the newest request, without waiting if asked so', async () => {
    const api = await verifying({ state: 'not_exercised', reason: 'GET /orders did not run.' })
    const answer = await verifyFix.answer(sourcesOf(api), { key: 'n-plus', waitSeconds: 0 })
    expect(answer).toMatchObject({ state: 'not_exercised', since: 2, reason: '«GET /orders did not run.»' })
    expect(asked.slice(1)).toEqual([0, 2])
  })

  test.each<[FindingStatus['state'], RegExp]>([
    ['still_there', /begin again: verify_fix \{"key":"\w{8}","waitSeconds":0\}/],
    ['inconclusive', /returns several rows, then: verify_fix/],
  ])('passes on %s with the request and what to do next', async (state, next) => {
    const api = await verifying({ state, reason: 'A list with one row.', request: '2' })
    const answer = await verifyFix.answer(sourcesOf(api), { key: 'n-plus', since: 0 })
    expect(answer).toMatchObject({ state, reason: '«A list with one row.»', request: { id: '2' } })
    expect(answer.next).toMatch(next)
  })
})
