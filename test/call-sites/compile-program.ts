// Brings the program that prints its lines, and a package with a source map, to run in different forms.
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { database, lineOf, source } from './printed-lines.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

// Behaves like source-map-support, which jest and ts-node install: functions get names from maps, and wrong ones.
export const MAPPING = `Error.prepareStackTrace = (error, sites) => [error, ...sites.map((site) => {
  const isPackage = site.getFileName()?.endsWith('mapped/index.js')
  const place = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()].join(':')
  return isPackage ? '    at ask (/src/mapped.ts:1:1)' : '    at callee (' + place + ')'
})].join('\\n')`

/** The source map of the package names sources outside of node_modules. */
export async function namesCallerOfPackage(args: readonly string[], formatter = ''): Promise<void> {
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
}

/** A folder from which the program finds its libraries. */
export function home(): string {
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

export function compile(
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
export function makeOlder(folder: string, names: readonly string[]): void {
  const past = new Date(Date.now() - 60_000)
  for (const name of names) if (existsSync(join(folder, name))) utimesSync(join(folder, name), past, past)
}
