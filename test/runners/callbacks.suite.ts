// A loop by callbacks is one finding in every runner, and explicit calls are none. Test runners transform sources, run them
// in sandboxes and map their stacks, and the stacks distinguish the two cases.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { prepare, runProject } from './run-project.ts'

const COMMANDS: Record<string, readonly string[]> = {
  'without a runner': ['node', 'plain.cjs'],
  jest: ['jest/bin/jest.js'],
  mocha: ['mocha/bin/mocha.js', '--timeout', '60000', 'globals.test.cjs'],
  vitest: ['vitest/vitest.mjs', 'run', 'vitest.test.mjs'],
  'node:test': ['node', '--test', 'node-test.test.cjs'],
}

const database = await testDatabase()
const home = temporaryFolder({ onTestFinished: afterAll })
beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(readFileSync(join(import.meta.dirname, 'app/schema.sql'), 'utf8'))
  await client.end()
})

/** The number of queries in each finding, by the name of the shape. */
type Found = Readonly<Record<string, readonly number[]>>

describe.each(Object.entries(COMMANDS))('%s', (_name, command) => {
  let found: { loops: Found; calls: Found }
  beforeAll(async () => {
    const project = { project: 'callbacks', command }
    const folder = prepare(project, home)
    const file = join(folder, 'out/found.json')
    const { code, output } = await runProject(project, folder, database.url, { env: { FOUND: file } })
    expect(code, output).toBe(0)
    found = JSON.parse(readFileSync(file, 'utf8'))
  })

  test('every loop by callbacks is one finding with all of its queries', () => {
    expect(Object.keys(found.loops).length).toBeGreaterThan(20)
    expect(found.loops).toEqual(mapValues(found.loops, () => [12]))
  })

  test('explicit calls are no loop', () => {
    expect(Object.keys(found.calls).length).toBeGreaterThan(10)
    expect(found.calls).toEqual(mapValues(found.calls, () => []))
  })
})

function mapValues<Value>(found: Found, value: () => Value): Record<string, Value> {
  return Object.fromEntries(Object.keys(found).map((name) => [name, value()]))
}
