// Error messages of V8 and commander quote their input. Nothing from a file, or from its name, may reach the terminal
// unescaped.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCommand } from './run-command.ts'

const HOSTILE = '\u001b]0;x\u0007\u001b[2J\n::error::x\u009b31m'
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^\s*::/m

test.each([
  [['report', 'hostile']],
  [['analyze', 'hostile']],
  [['merge', 'hostile']],
  [['diff', 'hostile', 'hostile']],
  [['baseline', 'write', 'hostile']],
  [['report', '\u001b[31mnone\n::error::x']],
  [['analyze', '\u001b[31mnone\n::error::x']],
  [['report', 'hostile', '--\u001b[31mno']],
  [['analyze', 'hostile', '--catalog', 'hostile']],
])('%j says what is wrong in words alone', async (args) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'hostile'), HOSTILE)
  const { stdout, stderr, code } = await runCommand(args, '', folder)
  expect(stderr).toMatch(/pg-loupe|error/)
  expect(stdout + stderr).not.toMatch(STEERS)
  expect(code).toBe(2)
})
