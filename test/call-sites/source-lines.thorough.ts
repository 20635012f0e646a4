// TypeScript through tsx, which formats stacks itself, in applications that change `Error`.
import { test } from 'vitest'
import { expectSourceLines, runProgram, SPOILERS, source } from './printed-lines.ts'

test.each(SPOILERS)('through tsx, with %s', async (spoiler) => {
  expectSourceLines(await runProgram(['--import', 'tsx', source], spoiler))
})
