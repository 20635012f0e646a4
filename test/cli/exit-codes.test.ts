// The exit codes are told in one place of the code, on one page, and by every command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXIT_CODES, FINDINGS, RUN_EXIT_CODES, WRONG_USAGE } from '../../src/cli/exit-codes.ts'
import { runBuilt } from './built-command.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')

test('the page has the table of the code', () => {
  const documented = [...page.matchAll(/^\| (\d+) +\| ([^:|]+?)(?::[^|]+)? *\|$/gm)].map(([, code, text]) => [
    code,
    text,
  ])
  const told = [...EXIT_CODES.matchAll(/^ {2}(\d+) {2}(.+)$/gm)].map(([, code, text]) => [code, text])
  expect(documented).toEqual(told)
  expect(told.map(([code]) => Number(code))).toEqual([0, FINDINGS, WRONG_USAGE])
})

test('every command is on the page, and tells its exit codes and examples', async () => {
  const commandsOf = async (...words: string[]): Promise<string[][]> => {
    const { stdout } = await runBuilt([...words, '--help'])
    const [, list = ''] = /^Commands:\n([\s\S]*)/m.exec(stdout) ?? []
    const names = [...list.matchAll(/^ {2}([a-z]+)(?= )/gm)].flatMap(([, name = '']) =>
      name === 'help' ? [] : [name],
    )
    const below = await Promise.all(names.map((name) => commandsOf(...words, name)))
    return names.flatMap((name, index) => (below[index]?.length ? below[index] : [[...words, name]]))
  }
  const commands = await commandsOf()
  expect(commands.length).toBeGreaterThan(6)
  for (const words of commands) {
    const name = words.join(' ')
    const { stdout, code } = await runBuilt([...words, '--help'])
    expect(stdout, name).toContain(name === 'run' ? RUN_EXIT_CODES : EXIT_CODES)
    expect(stdout, name).toMatch(/Examples:\n {2}\$ /)
    expect(page, name).toContain(`\`pg-loupe ${words[0]}`)
    expect(code).toBe(0)
  }
})
