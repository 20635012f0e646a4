// The shop under `pg-loupe dev`, as a developer starts it: its files are copied into a folder of its own, `node --watch` runs them, and
// the panel listens on a free port.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { seed } from '../../../examples/shop/seed.ts'
import type { Database } from '../../postgres/create-database.ts'
import { strangerEnvironment } from '../../stranger-environment.ts'

const root = join(import.meta.dirname, '../../..')
const COMMAND = join(root, 'dist/src/cli/main.js')
const LIBRARIES = ['express', 'pg', 'drizzle-orm', 'tsx']
/** Two busy cores start a panel and a shop slowly. */
const START_PATIENCE_MS = 40_000
const LOOK_MS = 50

const LOOP = /const answer = \[\]\s+for \(const \{ id, placedAt, customerId \} of recent\) \{.*?\n {4}\}/s
const JOIN = `const names = await db.select({ id: customers.id, name: customers.name }).from(customers)
      .where(inArray(customers.id, recent.map(({ customerId }) => customerId)))
    const nameOf = new Map(names.map(({ id, name }) => [id, name]))
    const answer = recent.map(({ id, placedAt, customerId }) => ({ id, placedAt, customer: nameOf.get(customerId) }))`

export interface DevSession {
  /** The panel's address with its token, as it is printed. */
  address: string
  /** The panel's origin. */
  panel: string
  /** The shop's origin. */
  shop: string
  dev: ChildProcess
  /** Everything that was printed so far. */
  printed(): string
  /** Resolves when the text has been printed that often. */
  prints(text: string | RegExp, times?: number): Promise<void>
  /** Replaces the loop of `GET /orders/recent` by one query, in the file. */
  fixRecentOrders(): void
  stop(): Promise<void>
}

export async function seedShop({ config }: Database): Promise<void> {
  const pool = new pg.Pool(config)
  await seed(pool)
  await pool.end()
}

/** `folder` is an empty one. `badge` puts the badge into the shop's page. */
export async function startDevSession(
  database: Database,
  folder: string,
  { options = [], badge = false }: { options?: readonly string[]; badge?: boolean } = {},
): Promise<DevSession> {
  copyShop(folder)
  const [port, panelPort] = [await freePort(), await freePort()]
  const [shop, panel] = [`http://localhost:${port}`, `http://127.0.0.1:${panelPort}`]
  const named = badge ? ['--badge-origin', shop] : []
  const words = ['dev', '--port', String(panelPort), ...named, ...options, '--']
  const program = [process.execPath, '--watch', '--import', 'tsx', 'server.ts']
  const dev = spawn(process.execPath, [COMMAND, ...words, ...program], {
    cwd: folder,
    env: {
      ...strangerEnvironment(),
      NO_COLOR: '1',
      DATABASE_URL: database.url,
      PORT: String(port),
      ...(badge ? { BADGE: `${panel}/badge.js` } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(dev, 'exit')
  let output = ''
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const prints = async (text: string | RegExp, times = 1) => {
    const count = () => output.split(text).length - 1
    const startedAt = Date.now()
    while (count() < times) {
      if (dev.exitCode !== null || Date.now() - startedAt > START_PATIENCE_MS)
        throw new Error(`pg-loupe dev did not print ${text}:\n${output}`)
      await pause(LOOK_MS)
    }
  }
  const session = {
    panel,
    shop,
    dev,
    prints,
    printed: () => output,
    fixRecentOrders() {
      const file = join(folder, 'routes/orders.ts')
      const before = readFileSync(file, 'utf8')
      const after = before.replace(LOOP, JOIN)
      if (after === before) throw new Error('the shop has no loop to replace in routes/orders.ts')
      writeFileSync(file, after)
    },
    async stop() {
      if (dev.exitCode === null && dev.signalCode === null) dev.kill('SIGINT')
      await exited
    },
  }
  try {
    await prints(/\/\?token=[\w-]+/)
    await prints('the shop listens')
  } catch (error) {
    await session.stop()
    throw error
  }
  const [address = ''] = output.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/) ?? []
  return { ...session, address }
}

function copyShop(folder: string): void {
  cpSync(join(root, 'examples/shop'), folder, { recursive: true })
  cpSync(join(import.meta.dirname, 'shop-server.ts'), join(folder, 'server.ts'))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of LIBRARIES) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  symlinkSync(root, join(modules, 'pg-loupe'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
