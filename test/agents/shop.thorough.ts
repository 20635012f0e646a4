// The whole way of a coding agent with the official client: the shop runs under `pg-loupe dev`, its planted N+1 is found, read,
// replaced in the file, and verified after the restart.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { beforeAll, expect, test } from 'vitest'
import { seedShop, startDevSession } from '../browser/panel/dev-session.ts'
import { builtCommand } from '../cli/built-command.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const database = await testDatabase()
beforeAll(() => seedShop(database))

test('an agent finds the N+1 of the shop, reads where it is, and sees its fix verified', async (t) => {
  const folder = temporaryFolder(t)
  const session = await startDevSession(database, folder)
  t.onTestFinished(() => session.stop())
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [builtCommand, 'mcp'], cwd: folder }),
  )
  t.onTestFinished(() => client.close())
  const call = async (name: string, input: Record<string, unknown>) => {
    const { content } = await client.callTool({ name, arguments: input })
    const [answer] = content
    return JSON.parse(answer?.type === 'text' ? answer.text : '')
  }
  const route = 'GET /orders/recent'
  const send = () => fetch(`${session.shop}/orders/recent`).then((response) => response.text())

  await send()
  const { request } = await call('await_request', { route, after: 0 })
  expect(request).toMatchObject({ queries: 26, findings: [expect.any(String)] })
  const { findings } = await call('list_findings', { route })
  const [{ key }] = findings
  const finding = await call('get_finding', { key })
  expect(finding).toMatchObject({ confidence: 'proven', at: expect.stringContaining('routes/orders.ts:39') })
  expect(finding.source.find((line: string) => line.startsWith('>'))).toContain('mistake: n-plus-one')
  expect(finding.parent.query).toContain('from "orders"')

  const before = await call('verify_fix', { key, waitSeconds: 0 })
  await send()
  expect(await call('verify_fix', { key, since: before.since })).toMatchObject({ state: 'still_there' })

  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  const { since } = await call('verify_fix', { key, waitSeconds: 0 })
  await send()
  const verified = await call('verify_fix', { key, since })
  expect(verified).toMatchObject({ state: 'fixed', request: { queries: 2, number: expect.any(Number) } })
  expect(verified.request.number).toBeGreaterThan(since)
  const compared = await call('compare', { before: request.id, after: verified.request.id })
  expect(compared).toMatchObject({ queries: '26 → 2', findings: { gone: [{ key }] } })
})
