// The line that is named is the one in the TypeScript source, however that source was brought to run.
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { compile, home, MAPPING, makeOlder, namesCallerOfPackage } from './compile-program.ts'
import { expectSourceLines, lineOf, runProgram, SPOILERS, source } from './printed-lines.ts'

const root = join(import.meta.dirname, '../..')

describe('run from TypeScript', () => {
  // Node.js 22.18 and later, which blanks the types out.
  test.runIf('typescript' in process.features && process.features.typescript)(
    'by Node.js itself',
    async () => {
      expectSourceLines(await runProgram([source]))
    },
  )
  test('by tsx', async () => expectSourceLines(await runProgram(['--import', 'tsx', source])))
})

describe('compiled', () => {
  test('with --enable-source-maps', async () => {
    const program = compile(home(), { sourceMap: true })
    expectSourceLines(await runProgram(['--enable-source-maps', program]))
  })
  test('with source maps that Node.js does not read', async () => {
    expectSourceLines(await runProgram([compile(home(), { sourceMap: true })]))
  })
  test('into one minified bundle with its libraries, which are told from the application', async () => {
    const folder = home()
    const outfile = join(folder, 'bundle.cjs')
    await build({
      entryPoints: [source],
      outfile,
      absWorkingDir: root,
      bundle: true,
      minifyWhitespace: true,
      minifyIdentifiers: true,
      keepNames: true,
      platform: 'node',
      external: ['pg-native'],
      sourcemap: true,
      logLevel: 'error',
    })
    makeOlder(folder, ['bundle.cjs', 'bundle.cjs.map'])
    expectSourceLines(await runProgram([outfile]))
  })
  test('without source maps, it is the line that runs', async () => {
    const program = compile(home(), {})
    const { raw } = await runProgram([program])
    expect(raw.at).toMatchObject({ file: program, line: lineOf(program, '// raw') })
  })
})

describe('a package whose source map names sources outside of node_modules is still a package', () => {
  test('without a formatter of stacks', () => namesCallerOfPackage([]))
  test('with a formatter that maps', () => namesCallerOfPackage([], MAPPING))
})

describe('changes of an application to Error break no query, and stay in place', () => {
  test.each(SPOILERS.slice(0, 2))('%s', async (spoiler) => {
    expectSourceLines(await runProgram([compile(home(), { sourceMap: true })], spoiler))
  })
  test('a frozen Error without stacks, which leaves no line', async () => {
    const printed = await runProgram(['--import', 'tsx', source], 'a frozen Error without stacks')
    const nothing = { queries: 1, at: null, builtAt: null }
    expect(printed).toEqual({ raw: nothing, drizzle: nothing, isErrorUntouched: true, internalErrors: 0 })
  })
})
