// Writes the two transcripts of docs/agents.md from real runs: the shop runs under `pg-loupe dev`, an agent finds its N+1, reads where
// it is, changes the file and has the change verified, once by the tools of the MCP server and once by commands. It takes a
// PostgreSQL as the demo does. No test runs it: run `npm run transcripts` when the answers have changed.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { type DevSession, seedShop, startDevSession } from '../test/browser/panel/dev-session.ts'
import { createDatabase } from '../test/postgres/create-database.ts'
import { startPostgres } from '../test/postgres/start-postgres.ts'

const root = join(import.meta.dirname, '..')
const COMMAND = join(root, 'dist/src/cli/main.js')
const PAGE = join(root, 'docs/agents.md')
const ROUTE = '/orders/recent'
/** The readers' application listens here. */
const SHOWN_ORIGIN = 'http://localhost:3000'

const postgres = await startPostgres()
const database = await createDatabase(postgres, 'transcripts')
try {
  await seedShop(database)
  const tools = await inSession(withTools)
  const commands = await inSession(withCommands)
  const text = readFileSync(PAGE, 'utf8')
  const written = text.replace(
    /<!-- transcripts -->[\s\S]*<!-- end of transcripts -->/,
    () =>
      `<!-- transcripts -->\n\n### With the tools of the MCP server\n\n${tools}\n\n### With commands\n\n${commands}\n\n<!-- end of transcripts -->`,
  )
  writeFileSync(PAGE, written)
  // The project's formatter also formats the JSON in a page.
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', PAGE], {
    cwd: root,
    stdio: 'inherit',
  })
} finally {
  await database.drop()
  await postgres.stop()
}

async function inSession(
  converse: (session: DevSession, folder: string) => Promise<string[]>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-'))
  const session = await startDevSession(database, folder)
  try {
    const parts = await converse(session, folder)
    return parts.join('\n\n').replaceAll(session.shop, SHOWN_ORIGIN)
  } finally {
    await session.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withTools(session: DevSession, folder: string): Promise<string[]> {
  const client = new Client({ name: 'transcript', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [COMMAND, 'mcp'], cwd: folder }),
  )
  const call = async (name: string, input: Record<string, unknown>) => {
    const { content } = await client.callTool({ name, arguments: input })
    const [answer] = content
    if (answer?.type !== 'text') throw new Error(`${name} gave no text`)
    return { answer: JSON.parse(answer.text), shown: fence('json', `${answer.text}`) }
  }
  const heading = (name: string, input: object) => `**${name}** \`${JSON.stringify(input)}\``
  try {
    await fetch(session.shop + ROUTE)
    const awaited = await call('await_request', { route: `GET ${ROUTE}`, after: 0 })
    const listed = await call('list_findings', { route: `GET ${ROUTE}` })
    const { key } = listed.answer.findings[0]
    const finding = await call('get_finding', { key })
    session.fixRecentOrders()
    await session.prints('the shop listens', 2)
    const begun = await call('verify_fix', { key, waitSeconds: 0 })
    await fetch(session.shop + ROUTE)
    const { since } = begun.answer
    const verified = await call('verify_fix', { key, since })
    const pair = { before: finding.answer.request, after: verified.answer.request.id }
    const compared = await call('compare', pair)
    return [
      `The agent sends a request with its shell, \`curl -s ${session.shop}${ROUTE}\`, and asks what came of it:`,
      heading('await_request', { route: `GET ${ROUTE}`, after: 0 }),
      awaited.shown,
      heading('list_findings', { route: `GET ${ROUTE}` }),
      listed.shown,
      heading('get_finding', { key }),
      finding.shown,
      'The agent replaces the loop in `routes/orders.ts` by one query. `node --watch` restarts the shop.',
      heading('verify_fix', { key, waitSeconds: 0 }),
      begun.shown,
      `It sends the same request again, \`curl -s ${session.shop}${ROUTE}\`, and asks for the verdict:`,
      heading('verify_fix', { key, since }),
      verified.shown,
      heading('compare', pair),
      compared.shown,
    ]
  } finally {
    await client.close()
  }
}

async function withCommands(session: DevSession, folder: string): Promise<string[]> {
  const run = async (...words: string[]) => {
    const ran = promisify(execFile)(process.execPath, [COMMAND, ...words], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    })
    const { stdout } = await ran.catch((error: { stdout: string }) => error)
    return { stdout, shown: fence('', `$ npx pg-loupe ${words.map(quoted).join(' ')}\n${stdout.trimEnd()}`) }
  }
  const curl = ['--', 'curl', '-s', '-o', '/dev/null', session.shop + ROUTE]
  const awaited = await run('await', ...curl)
  const [key = ''] = awaited.stdout.match(/\b[\da-f]{8}\b/) ?? []
  const before = idIn(awaited.stdout)
  const finding = await run('finding', key)
  session.fixRecentOrders()
  await session.prints('the shop listens', 2)
  const verified = await run('verify', key, ...curl)
  const compared = await run('compare', before, idIn(verified.stdout))
  return [
    awaited.shown,
    finding.shown,
    'The loop in `routes/orders.ts` is replaced by one query, and `node --watch` restarts the shop.',
    verified.shown,
    compared.shown,
  ]
}

/** The id of a request has 22 characters. */
function idIn(output: string): string {
  const [id = ''] = output.match(/(?<= )[\w-]{22}(?= )/) ?? []
  return id
}

function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word}'`
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}
