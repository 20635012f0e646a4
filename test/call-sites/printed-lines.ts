// Runs the program that prints the lines of its queries, and compares them with its source.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
export const source = join(import.meta.dirname, 'programs/print-lines.ts')
export const database = await testDatabase()

/** The things that an application may do to `Error` and that leave every line as it is. */
export const SPOILERS = [
  'V8 call sites instead of text',
  'text that no source map has seen',
  'something else instead of text',
  'a formatter that throws',
  'no stacks at all',
  'no limit of stacks',
  'a captureStackTrace of its own',
  'a frozen Error',
]

interface Named {
  queries: number
  at: { file: string; line: number; function?: string } | null
  builtAt: { file: string; line: number; function?: string } | null
}

export interface Printed {
  raw: Named
  drizzle: Named
  isErrorUntouched: boolean
  internalErrors: number
}

export function expectSourceLines(printed: Printed): void {
  const at = (mark: string, name: string) =>
    expect.objectContaining({ file: source, line: lineOf(source, `// ${mark}`), function: name })
  expect(printed).toEqual({
    raw: { queries: 1, at: at('raw', 'sendRaw'), builtAt: null },
    drizzle: { queries: 1, at: at('drizzle', 'sendDrizzle'), builtAt: at('built', 'buildSelect') },
    isErrorUntouched: true,
    internalErrors: 0,
  })
}

export async function runProgram(args: readonly string[], spoiler?: string): Promise<Printed> {
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    NODE_OPTIONS: '',
    ...(spoiler ? { SPOILER: spoiler } : {}),
  }
  const { stdout } = await run(process.execPath, [...args], { cwd: root, env })
  return JSON.parse(stdout)
}

export function lineOf(file: string, mark: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(mark)) + 1
  )
}
