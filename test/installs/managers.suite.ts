// The packed package, installed by pnpm and by yarn beside an older runner and an older Drizzle, and used there. In the layout
// of pnpm a package finds only what it declares.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Ran, runManager, tarball } from './run-manager.ts'

const MANAGERS = {
  pnpm: {
    add: ['add', '--ignore-scripts', '--strict-peer-dependencies', '--save-dev'],
    runner: ['vitest', 'run'],
  },
  yarn: { add: ['add', '--ignore-scripts', '--non-interactive', '--dev'], runner: ['mocha'] },
} as const
type Manager = keyof typeof MANAGERS

const RESOLUTIONS = [
  ['node10', ['--module', 'commonjs', '--moduleResolution', 'node10']],
  ['nodenext', ['--module', 'nodenext']],
] as const

const database = await testDatabase()

beforeAll(() => makeLibrary(database.config, 12))

describe.each(['pnpm', 'yarn'] as const)('installed by %s', (manager) => {
  let folder = ''
  let added: Ran
  const { add, runner } = MANAGERS[manager]

  beforeAll(async () => {
    folder = temporaryFolder({ onTestFinished: afterAll })
    for (const from of ['shared', manager]) {
      cpSync(join(import.meta.dirname, 'projects', from), folder, { recursive: true })
    }
    added = await runManager(program(manager), [...add, `file:${tarball}`], folder)
  })

  test('it is added, and no range of a peer is in the way', () => {
    expect(added.status, added.output).toBe(0)
    const warnings = added.output.split('\n').filter((line) => /pg-loupe.*peer|peer.*pg-loupe/.test(line))
    expect(warnings).toEqual([])
  })

  test('its set-up for the runner, its assertions and its summary work', async () => {
    const ran = await runManager(program(manager), ['exec', ...runner], folder, {
      DATABASE_URL: database.url,
    })
    expect(ran.status, ran.output).toBe(0)
    expect(ran.output).toContain('in books.test.mjs > the loop\n')
    expect(ran.output).toContain('N+1: 12 queries, one for each row')
    expect(ran.output).toMatch(/at +library\.mjs:18:/)
  })

  if (manager !== 'pnpm') return

  test.each(RESOLUTIONS)('TypeScript 5 finds its types by %s', async (_resolution, options) => {
    const args = ['exec', 'tsc', '-p', '.', ...options]
    const { status, output } = await runManager(program(manager), args, folder)
    expect(output).toBe('')
    expect(status).toBe(0)
  })
})

function program(manager: Manager): string {
  return join(import.meta.dirname, 'node_modules/.bin', manager)
}
