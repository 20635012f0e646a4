// Checks of `pg-loupe run` with one command each. `npm test` runs a command of each kind, and `npm run test:thorough` the others.
import type { ChildProcess } from 'node:child_process'
import { expect } from 'vitest'
import { LOOP, lineOf, run } from './run-recorded.ts'

export async function seesBothRoutes(words: readonly string[]): Promise<void> {
  const { report, code } = await run(words)
  expect(code).toBe(0)
  expect(report.routes.map(({ name }) => name)).toEqual(['GET /authors/:id', 'GET /books'])
  expect(report.findings).toMatchObject([LOOP])
  expect(report.findings[0]?.callSite[0]).toMatchObject({ file: 'app.mjs', line: lineOf('// loop') })
}

export async function keepsExitStatus(words: readonly string[], status: number): Promise<void> {
  const { code, signal } = await run(words)
  expect([code, signal]).toEqual([status, null])
}

/** The command handles the signal itself. */
export async function getsSignal(name: NodeJS.Signals): Promise<void> {
  const { code, stdout, report } = await run(
    ['node', 'main.mjs', '/books', `handle:${name}`, 'say:ready', 'hang'],
    { started: (child) => killWhenReady(child, name) },
  )
  expect([code, stdout]).toEqual([9, `ready\ngot ${name}\n`])
  expect(report.findings).toMatchObject([LOOP])
}

/** The trace of the request had not been written when the command ended. */
export async function writesTraceBefore(signal: NodeJS.Signals, status: number): Promise<void> {
  const { report, code, stderr } = await run(['node', 'main.mjs', '/books', `kill:${signal}`])
  expect(code).toBe(status)
  expect(report.findings).toMatchObject([LOOP])
  expect(stderr).not.toContain('in no trace')
}

export async function saysWhyNothingWasSeen(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  reason: string,
): Promise<void> {
  const { stderr, stdout, code, report } = await run(words, { env })
  expect(stderr).toContain(`pg-loupe: no query was seen: `)
  expect(stderr).toContain(reason)
  expect([stdout, code, report.queries]).toEqual(['', 0, 0])
}

export function killWhenReady(child: ChildProcess, signal: NodeJS.Signals): void {
  child.stdout?.on('data', (text) => String(text).includes('ready') && child.kill(signal))
}
