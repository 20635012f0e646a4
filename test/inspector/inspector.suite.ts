// The shop runs under `pg-loupe dev`. The inspector's command line, which starts a server for each question, finds its planted N+1,
// reads where it is, and sees the fix verified.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { seedShop, startDevSession } from '../browser/panel/dev-session.ts'
import { builtCommand } from '../cli/built-command.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const INSPECTOR = join(
  import.meta.dirname,
  'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
)
const node = process.env.PG_LOUPE_TEST_INSPECTOR_NODE ?? process.execPath
const database = await testDatabase()
beforeAll(() => seedShop(database))

test('the inspector finds the N+1 of the shop, reads where it is, and sees its fix verified', async (t) => {
  const folder = temporaryFolder(t)
  const session = await startDevSession(database, folder)
  t.onTestFinished(() => session.stop())
  const inspect = async (...words: string[]) => {
    const server = [process.execPath, builtCommand, 'mcp']
    const { stdout } = await promisify(execFile)(node, [INSPECTOR, '--cli', ...server, ...words], {
      cwd: folder,
    })
    return JSON.parse(stdout)
  }
  const call = async (name: string, ...pairs: string[]) => {
    const args = pairs.flatMap((pair) => ['--tool-arg', pair])
    const { content } = await inspect('--method', 'tools/call', '--tool-name', name, ...args)
    return JSON.parse(content[0].text)
  }
  const send = () => fetch(`${session.shop}/orders/recent`).then((response) => response.text())

  const { tools } = await inspect('--method', 'tools/list')
  expect(tools).toHaveLength(8)
  await send()
  const { request } = await call('await_request', 'route=GET /orders/recent', 'after=0')
  expect(request).toMatchObject({ queries: 26 })
  const { findings } = await call('list_findings', 'route=GET /orders/recent')
  const { key } = findings[0]
  expect(await call('get_finding', `key="${key}"`)).toMatchObject({
    confidence: 'proven',
    at: expect.stringContaining('routes/orders.ts:39'),
  })

  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  const { since } = await call('verify_fix', `key="${key}"`, 'waitSeconds=0')
  await send()
  expect(await call('verify_fix', `key="${key}"`, `since=${since}`)).toMatchObject({
    state: 'fixed',
    request: { queries: 2 },
  })
})
