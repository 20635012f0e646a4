// A program in each of the ways in which people start TypeScript, and plain JavaScript, on each version of Node.js: bare,
// under `pg-loupe run`, and with pg-loupe/register before and after the loader. Nothing of the program changes, its queries
// are seen, and its loop is named at the line of the source.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { builtCommand } from '../cli/built-command.ts'
import { fetchNode } from '../node-versions/fetch-node.mjs'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

type Kind = 'commonjs' | 'module'

interface Way {
  kind: Kind
  /** Options of Node.js. */
  options?: readonly string[]
  /** The program of a loader that is started with the file. */
  program?: string
  file?: string
  /** The first version of Node.js that it works with. */
  since?: number
}

const WAYS: Readonly<Record<string, Way>> = {
  'plain .js, CommonJS': { kind: 'commonjs', file: 'app.js' },
  'plain .cjs': { kind: 'module', file: 'app.cjs' },
  'plain .js, ES module': { kind: 'module', file: 'app.js' },
  'plain .mjs': { kind: 'commonjs', file: 'app.mjs' },
  'the program tsx, CommonJS': { kind: 'commonjs', program: 'tsx/dist/cli.mjs' },
  'the program tsx, ES module': { kind: 'module', program: 'tsx/dist/cli.mjs' },
  '--import tsx, CommonJS': { kind: 'commonjs', options: ['--import', 'tsx'] },
  '--import tsx, ES module': { kind: 'module', options: ['--import', 'tsx'] },
  '--require tsx/cjs': { kind: 'commonjs', options: ['--require', 'tsx/cjs'] },
  'the program ts-node': { kind: 'commonjs', program: 'ts-node/dist/bin.js' },
  '--require ts-node/register': { kind: 'commonjs', options: ['--require', 'ts-node/register'] },
  '--loader ts-node/esm': { kind: 'module', options: ['--loader', 'ts-node/esm'] },
  '--require @swc-node/register': { kind: 'commonjs', options: ['--require', '@swc-node/register'] },
  '--import @swc-node/register/esm-register': {
    kind: 'module',
    options: ['--import', '@swc-node/register/esm-register'],
  },
  '--require @babel/register': { kind: 'commonjs', options: ['--require', './babel-register.cjs'] },
  '--require esbuild-register': { kind: 'commonjs', options: ['--require', 'esbuild-register'] },
  'the program jiti': { kind: 'module', program: 'jiti/lib/jiti-cli.mjs' },
  '--experimental-strip-types, CommonJS': {
    kind: 'module',
    options: ['--experimental-strip-types'],
    file: 'app.cts',
    since: 22,
  },
  '--experimental-strip-types, ES module': {
    kind: 'module',
    options: ['--experimental-strip-types'],
    since: 22,
  },
  'types stripped by Node.js itself': { kind: 'module', since: 24 },
  'a loader that returns the text of CommonJS': {
    kind: 'module',
    options: ['--import', './source-loader.mjs'],
    file: 'app.js',
  },
}

const VERSIONS = [20, 22, 24]
const register = join(import.meta.dirname, '../../dist/adapters/register/index.js')
const database = await testDatabase()
const home = temporaryFolder({ onTestFinished: afterAll })
let reports = 0

beforeAll(async () => {
  prepare('commonjs')
  prepare('module')
  await makeLibrary(database.config)
})

describe.each(VERSIONS)('Node.js %i', (version) => {
  const node = fetchNode(version)
  const ways = Object.entries(WAYS).filter(([, { since = 0 }]) => since <= version)
  describe.concurrent.each(ways)('%s', (_name, way) => {
    const { kind, options = [], program, file = 'app.ts' } = way
    const words = [...(program ? [join(home, kind, 'node_modules', program)] : []), file, 'a word']
    const bare = once(() => start(kind, node, [...options, ...words]))

    test('works alone', async () => {
      expect(await bare()).toMatchObject({ code: 7, stdout: expect.stringContaining('5004') })
    })

    test('is the same under run, and is seen', async () => {
      const report = reportFile()
      const ran = await start(kind, node, [...run(report), node, ...options, ...words])
      expect(ran).toEqual(await bare())
      expectSeen(report, kind, file)
    })

    if (options.length === 0) return

    test('is the same under run with the loader in NODE_OPTIONS, and is seen', async () => {
      const report = reportFile()
      const ran = await start(kind, node, [...run(report), node, ...words], {
        NODE_OPTIONS: options.join(' '),
      })
      expect(ran).toEqual(await bare())
      expectSeen(report, kind, file)
    })

    // The order of options is the same to all versions.
    if (version !== VERSIONS[0]) return

    test.each([
      ['before', ['--require', register, ...options]],
      ['after', [...options, '--require', register]],
    ])('is the same with pg-loupe/register %s the loader, and is seen', async (_order, all) => {
      const report = reportFile()
      const ran = await start(kind, node, [...all, ...words], {
        PG_LOUPE_OUTPUT: `json=${report}`,
        PG_LOUPE_CONSOLE: '0',
      })
      expect(ran).toEqual(await bare())
      expectSeen(report, kind, file)
    })
  })
})

/** The words of the command before those of the program: its report goes to a file only. */
function run(report: string): string[] {
  return [builtCommand, 'run', '--format', 'json', '--output', report, '--']
}

interface Ran {
  code: number
  stdout: string
  stderr: string[]
}

function expectSeen(file: string, kind: Kind, source: string): void {
  const { routes, findings }: Report = JSON.parse(readFileSync(file, 'utf8'))
  expect(routes.map(({ name, queries }) => [name, queries.max])).toEqual([['GET /authors', 5]])
  const places = findings.map(({ detector, callSite: [frame] }) => [detector, frame?.file, frame?.line])
  expect(places).toEqual([['n-plus-one', source, lineOfLoop(join(home, kind, source))]])
}

function lineOfLoop(file: string): number {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.findIndex((line) => line.endsWith('// loop')) + 1
}

function reportFile(): string {
  return join(home, `report-${reports++}.json`)
}

/** A project of one kind of modules, with the program in all its forms. */
function prepare(kind: Kind): void {
  const app = join(import.meta.dirname, 'app')
  const folder = join(home, kind)
  mkdirSync(folder)
  symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const name of ['app.ts', 'app.js', 'babel-register.cjs', 'source-loader.mjs']) {
    cpSync(join(app, name), join(folder, name))
  }
  cpSync(join(app, `tsconfig.${kind}.json`), join(folder, 'tsconfig.json'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', type: kind }))
  const text = (name: string) => readFileSync(join(app, name), 'utf8')
  const required = (name: string) =>
    text(name).replaceAll(/import (\w+) from ('[\w:]+')/g, 'const $1 = require($2)')
  writeFileSync(join(folder, 'app.cts'), required('app.ts'))
  writeFileSync(join(folder, 'app.cjs'), required('app.js'))
  writeFileSync(join(folder, 'app.mjs'), text('app.js'))
  if (kind === 'commonjs') writeFileSync(join(folder, 'app.js'), required('app.js'))
}

function start(
  kind: Kind,
  node: string,
  words: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const env = { ...strangersEnvironment(), DATABASE_URL: database.url, ...more }
  return new Promise((resolve) => {
    execFile(node, words, { cwd: join(home, kind), env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr: wordsOf(stderr) })
    })
  })
}

/** Each line once: where the loader is in NODE_OPTIONS, the command's own process is warned of it as well. */
function wordsOf(stderr: string): string[] {
  const lines = stderr.replaceAll(/^\(node:\d+\)/gm, '(node)').split('\n')
  return [...new Set(lines)]
}

/** The environment of a developer's shell, without the variables of the present runner. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const names = /^(?:NODE_ENV|NODE_OPTIONS|FORCE_COLOR|VITEST.*|TEST|PROD|DEV|MODE|BASE_URL|SSR|TINYPOOL.*)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)))
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
