// The line of the source in less usual forms of a program, and in applications that change `Error`.
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile, home, makeOlder, namesCallerOfPackage } from './compile-program.ts'
import { expectSourceLines, lineOf, runProgram, SPOILERS, source } from './printed-lines.ts'

describe('compiled', () => {
  test('with source maps inside the code', async () => {
    expectSourceLines(await runProgram([compile(home(), { inlineSourceMap: true })]))
  })
  test('to CommonJS', async () => {
    const folder = home()
    const program = compile(folder, { sourceMap: true, module: 'commonjs' })
    expectSourceLines(await runProgram([program]))
  })
  test('with a source map in sections, as some bundlers write it', async () => {
    const folder = home()
    const program = compile(folder, { sourceMap: true })
    const map = JSON.parse(readFileSync(`${program}.map`, 'utf8'))
    const sections = [{ offset: { line: 0, column: 0 }, map }]
    writeFileSync(`${program}.map`, JSON.stringify({ version: 3, sections }))
    makeOlder(folder, ['print-lines.js.map'])
    expectSourceLines(await runProgram([program]))
  })
  test('with a map that is no map, it is the line that runs', async () => {
    const program = compile(home(), { sourceMap: true })
    writeFileSync(`${program}.map`, '{')
    makeOlder(program, [''])
    const { raw } = await runProgram([program])
    expect(raw.at).toMatchObject({ file: program, line: lineOf(program, '// raw') })
  })
  test('once more after the program started, it is the line that runs', async () => {
    const folder = home()
    const program = compile(folder, { sourceMap: true })
    const later = new Date(Date.now() + 60_000)
    utimesSync(program, later, later)
    const { raw } = await runProgram([program])
    expect(raw.at?.file).toBe(program)
  })
})

test.each([['--enable-source-maps'], ['--import', 'tsx']])(
  'a package with a source map is a package with %s %s',
  (...args) => namesCallerOfPackage(args),
)

test.each(SPOILERS.slice(2))('compiled, with %s', async (spoiler) => {
  expectSourceLines(await runProgram([compile(home(), { sourceMap: true })], spoiler))
})

// Tsx formats stacks itself.
test.each(SPOILERS)('through tsx, with %s', async (spoiler) => {
  expectSourceLines(await runProgram(['--import', 'tsx', source], spoiler))
})
