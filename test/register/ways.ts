// The ways to load `pg-loupe/register`, and what has to be seen by each of them.
import type { ExecFileException } from 'node:child_process'
import { expect, test } from 'vitest'
import { IMPORT, lineOf, profile, summaryOf } from './profile-application.ts'

export interface Way {
  args?: string[]
  env?: Record<string, string>
}

/** `npm test` tries these two; `npm run test:thorough` tries the others. */
export const usualWays: Record<string, Way> = {
  '--import': { args: IMPORT },
  '--require': { args: ['--require', 'pg-loupe/register'] },
}

export const otherWays: Record<string, Way> = {
  'NODE_OPTIONS=--import': { env: { NODE_OPTIONS: IMPORT.join(' ') } },
  'NODE_OPTIONS=--require': { env: { NODE_OPTIONS: '--require pg-loupe/register' } },
  'both at once': { args: IMPORT, env: { NODE_OPTIONS: '--require pg-loupe/register' } },
}

export function testWay({ args = [], env = {} }: Way): void {
  test('ES modules over node:http: pools, clients and requests', async () => {
    const { report } = await profile('raw.mjs', args, env)
    expect(summaryOf(report)).toEqual({
      'GET /books': { queries: 5, loops: [lineOf('raw.mjs', '// loop')] },
      'GET /books/at-once': { queries: 2, loops: [] },
      'GET /clients/*': { queries: 5, loops: [lineOf('raw.mjs', '// client loop')] },
    })
  })

  test('CommonJS over Express: the names of the routes', async () => {
    const { report } = await profile('express.cjs', args, env)
    const line = lineOf('express.cjs', '// loop')
    expect(summaryOf(report)).toEqual({
      'GET /shelves/:shelf': { queries: 5, loops: [line] },
      'GET *': { queries: 0, loops: [] },
    })
    expect(report.traces).toBe(3)
  })
}

export async function testDrizzle(
  name: string,
  env: Record<string, string>,
  args: readonly string[],
): Promise<void> {
  const { report } = await profile('drizzle.mjs', [...args, ...IMPORT], { DRIZZLE: name, ...env })
  expect(summaryOf(report)).toEqual({
    'GET /first': { queries: 1, loops: [] },
    'GET /books': { queries: 5, loops: [lineOf('drizzle.mjs', '// loop')] },
  })
}

export async function isRefused(env: Record<string, string>, message: string): Promise<void> {
  const failed: ExecFileException = await profile('raw.mjs', IMPORT, env).then(
    () => expect.unreachable('it started'),
    (error) => error,
  )
  expect(failed.stderr).toContain(message)
  expect(failed.code).toBe(1)
}
