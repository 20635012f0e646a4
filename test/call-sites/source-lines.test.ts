// The line that is named is the one in the TypeScript source, however that source was brought to run.
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { database, expectSourceLines, lineOf, runProgram, SPOILERS, source } from './printed-lines.ts'

const run = promisify(execFile)
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

describe('a package whose source map names sources outside of node_modules is still a package', () => {
  // Behaves like source-map-support, which jest and ts-node install: functions get names from maps, and wrong ones.
  const mapping = `Error.prepareStackTrace = (error, sites) => [error, ...sites.map((site) => {
    const isPackage = site.getFileName()?.endsWith('mapped/index.js')
    const place = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()].join(':')
    return isPackage ? '    at ask (/src/mapped.ts:1:1)' : '    at callee (' + place + ')'
  })].join('\\n')`
  test.each([
    ['without a formatter of stacks', [], ''],
    ['with --enable-source-maps', ['--enable-source-maps'], ''],
    ['by tsx', ['--import', 'tsx'], ''],
    ['with a formatter that maps', [], mapping],
  ])('%s', async (_name, args, formatter) => {
    const folder = home()
    const installed = join(folder, 'node_modules/mapped')
    mkdirSync(installed)
    writeFileSync(
      join(installed, 'index.js'),
      'exports.ask = (pool) => pool.query("select 1")\n//# sourceMappingURL=index.js.map\n',
    )
    writeFileSync(
      join(installed, 'index.js.map'),
      JSON.stringify({ version: 3, sources: ['../../src/mapped.ts'], names: [], mappings: 'AAAA' }),
    )
    makeOlder(installed, ['index.js', 'index.js.map'])
    const program = join(folder, 'program.cjs')
    writeFileSync(
      program,
      `const { Pool } = require('pg')
const { createProfiler } = require('pg-loupe')
const { profilePool } = require('pg-loupe/pg')
const { captureQueries } = require('pg-loupe/testing')
const { ask } = require('mapped')
const profiler = createProfiler({ enabled: true, console: 'off' })
const pool = profilePool(new Pool({ connectionString: process.env.DATABASE_URL }), profiler)
${formatter}
const application = () => ask(pool) // application
captureQueries(application, profiler).then(({ queries: [query] }) => {
  process.stdout.write(JSON.stringify(query.callSite[0]))
  return pool.end()
})
`,
    )
    const env = { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: '' }
    const { stdout } = await run(process.execPath, [...args, program], { cwd: root, env })
    expect(JSON.parse(stdout)).toMatchObject({
      file: program,
      line: lineOf(program, '// application'),
      function: 'application',
    })
  })
})

describe('changes of an application to Error break no query, and stay in place', () => {
  test.each(SPOILERS)('%s', async (spoiler) => {
    expectSourceLines(await runProgram([compile(home(), { sourceMap: true })], spoiler))
  })
  test('a frozen Error without stacks, which leaves no line', async () => {
    const printed = await runProgram(['--import', 'tsx', source], 'a frozen Error without stacks')
    const nothing = { queries: 1, at: null, builtAt: null }
    expect(printed).toEqual({ raw: nothing, drizzle: nothing, isErrorUntouched: true, internalErrors: 0 })
  })
})

/** A folder from which the program finds its libraries. */
function home(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (const name of ['pg', 'drizzle-orm']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(root, join(folder, 'node_modules/pg-loupe'))
  return folder
}

/** Compiled programs by their options: the compiler takes seconds. */
const compiledFolders = new Map<string, string>()

function compile(
  folder: string,
  options: { sourceMap?: true; inlineSourceMap?: true; module?: 'commonjs' },
): string {
  const { module, ...maps } = options
  const flags = Object.keys(maps).map((name) => `--${name}`)
  const kind = module
    ? ['--module', module, '--moduleResolution', 'bundler']
    : ['--module', 'esnext', '--moduleResolution', 'bundler']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const common = [
    '--ignoreConfig',
    '--target',
    'es2023',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--skipLibCheck',
    '--strict',
    '--rootDir',
    join(source, '..'),
  ]
  const key = JSON.stringify(options)
  // The map names its source relative to the folder, so the copies are made in folders of the same depth.
  const compiled = compiledFolders.get(key) ?? temporaryFolder({ onTestFinished: afterAll })
  if (!compiledFolders.has(key)) {
    execFileSync(process.execPath, [tsc, source, '--outDir', compiled, ...common, ...kind, ...flags], {
      cwd: root,
      stdio: 'inherit',
    })
    compiledFolders.set(key, compiled)
  }
  cpSync(compiled, folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: module ?? 'module' }))
  makeOlder(folder, ['print-lines.js', 'print-lines.js.map'])
  return join(folder, 'print-lines.js')
}

/** Written before the program starts by any clock. */
function makeOlder(folder: string, names: readonly string[]): void {
  const past = new Date(Date.now() - 60_000)
  for (const name of names) if (existsSync(join(folder, name))) utimesSync(join(folder, name), past, past)
}
