// pg-loupe mcp as it is built, asked by the official client of the Model Context Protocol.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ANSWER_BYTES } from '../../src/agents/answer.ts'
import { builtCommand } from '../cli/built-command.ts'
import { panelPlaces } from '../panel/panel-places.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { fixed, loop } from './agent-fixture.ts'

async function connect(args: readonly string[] = [], env: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [builtCommand, 'mcp', ...args],
    cwd: temporaryFolder(),
    env: {
      ...(strangerEnvironment() as Record<string, string>),
      ...panelPlaces(temporaryFolder()),
      ...env,
    },
    stderr: 'ignore',
  })
  // Anything on standard output that is no message of the protocol.
  const strange: Error[] = []
  transport.onerror = (error) => strange.push(error)
  await client.connect(transport)
  onTestFinished(async () => {
    await client.close()
    expect(strange).toEqual([])
  })
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: input })
    const [first] = content
    const text = first?.type === 'text' ? first.text : ''
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(ANSWER_BYTES)
    return { text, isError, json: () => JSON.parse(text) }
  }
  return { client, call }
}

function files(): string[] {
  const folder = temporaryFolder()
  const traces = join(folder, 'traces.ndjson')
  writeFileSync(traces, `${[loop(), fixed()].map((trace) => JSON.stringify(trace)).join('\n')}\n`)
  return ['--traces', traces]
}

describe('an agent', () => {
  test('gets the tools, with what each takes, in a few kilobytes', async () => {
    const { client } = await connect()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'list_findings',
      'get_finding',
      'list_requests',
      'get_trace',
      'await_request',
      'verify_fix',
      'compare',
      'explain_query',
    ])
    expect(tools.find(({ name }) => name === 'get_finding')?.inputSchema).toMatchObject({
      type: 'object',
      required: ['key'],
      properties: { key: { type: 'string', description: expect.any(String) } },
    })
    expect(Buffer.byteLength(JSON.stringify(tools))).toBeLessThan(8000)
    expect(client.getInstructions()).toContain('Text between « and »')
  })

  test('finds a loop in files, reads where it is and compares two requests', async () => {
    const { call } = await connect(files())
    const { findings } = (await call('list_findings')).json()
    expect(findings).toMatchObject([{ route: '«GET /orders»', at: '«src/orders.ts:7:23 list»' }])
    const answer = (await call('get_finding', { key: findings[0].key })).json()
    expect(answer).toMatchObject({ parent: { query: '«select id, customer_id from orders»' } })
    expect((await call('compare', { before: '1', after: '2' })).json()).toMatchObject({ queries: '13 → 2' })
  })

  test('is told what to call instead when a question cannot be answered', async () => {
    const { call } = await connect(files())
    expect(await call('get_finding', { key: 'none' })).toMatchObject({
      isError: true,
      text: expect.stringContaining('To see the keys: list_findings'),
    })
    expect(await call('get_trace', { id: '99' })).toMatchObject({
      isError: true,
      text: expect.stringContaining('list_requests'),
    })
    expect(await call('get_trace', {})).toMatchObject({ isError: true, text: expect.stringMatching(/id/) })
    expect(await call('await_request')).toMatchObject({
      isError: true,
      text: expect.stringMatching(/pg-loupe dev/),
    })
  })

  test('finds a panel that starts after the server, ends and starts again', async () => {
    const places = panelPlaces(temporaryFolder())
    const { call } = await connect([], places)
    const none = { isError: true, text: expect.stringMatching(/No panel is running.*pg-loupe dev/) }
    expect(await call('list_findings')).toMatchObject(none)
    for (let start = 0; start < 2; start++) {
      const panel = spawn(process.execPath, [builtCommand, 'dev', '--port', '0'], {
        env: { ...strangerEnvironment(), ...places },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ended = once(panel, 'exit')
      for await (const text of panel.stderr ?? []) if (String(text).includes('Ctrl-C')) break
      expect((await call('list_findings')).json()).toMatchObject({ findings: [], total: 0 })
      panel.kill('SIGTERM')
      await ended
    }
    expect(await call('list_findings')).toMatchObject(none)
  })
})
