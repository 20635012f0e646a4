// The exit codes are told in one place of the code, on one page, and by every command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  AWAIT_EXIT_CODES,
  DEV_EXIT_CODES,
  DOCTOR_EXIT_CODES,
  EXIT_CODES,
  FINDINGS,
  INCONCLUSIVE,
  MCP_EXIT_CODES,
  NOTHING_CAME,
  PANEL_EXIT_CODES,
  RUN_EXIT_CODES,
  VERIFY_EXIT_CODES,
  WRONG_USAGE,
} from '../../src/cli/exit-codes.ts'
import { runBuilt } from './built-command.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')

const QUESTIONS = ['findings', 'finding', 'requests', 'trace', 'compare', 'explain']
const OTHER_EXIT_CODES: Record<string, string> = {
  run: RUN_EXIT_CODES,
  dev: DEV_EXIT_CODES,
  doctor: DOCTOR_EXIT_CODES,
  await: AWAIT_EXIT_CODES,
  verify: VERIFY_EXIT_CODES,
  mcp: MCP_EXIT_CODES,
  ...Object.fromEntries(QUESTIONS.map((name) => [name, PANEL_EXIT_CODES])),
}

test.each([
  ['of all commands', '## Exit codes', EXIT_CODES, [0, FINDINGS, WRONG_USAGE]],
  ['of doctor', '## doctor', DOCTOR_EXIT_CODES, [0, FINDINGS, WRONG_USAGE]],
  ['of verify', '## Questions', VERIFY_EXIT_CODES, [0, FINDINGS, WRONG_USAGE, NOTHING_CAME, INCONCLUSIVE]],
])('the page has the table %s', (_, heading, codes, numbers) => {
  const [, section = ''] = page.split(`\n${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const documented = [...own.matchAll(/^\| (\d+) +\| ([^:|]+?)(?::[^|]+)? *\|$/gm)].map(([, code, text]) => [
    code,
    text,
  ])
  const told = [...codes.matchAll(/^ {2}(\d+) {2}(.+)$/gm)].map(([, code, text]) => [code, text])
  expect(documented).toEqual(told)
  expect(told.map(([code]) => Number(code))).toEqual(numbers)
})

test('every command is on the page, and tells its exit codes and examples', async () => {
  const { stdout } = await runBuilt(['--help'])
  const [, list = ''] = /^Commands:\n([\s\S]*)/m.exec(stdout) ?? []
  const commands = [...list.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name = '']) => name)
  expect(commands.length).toBeGreaterThan(6)
  for (const name of commands.filter((name) => name !== 'help')) {
    const { stdout, code } = await runBuilt([name, '--help'])
    expect(stdout, name).toContain(OTHER_EXIT_CODES[name] ?? EXIT_CODES)
    expect(stdout, name).toMatch(/Examples:\n {2}\$ /)
    expect(page, name).toContain(`\`pg-loupe ${name}`)
    expect(code).toBe(0)
  }
})
