// The packed tarball in an empty folder, used as a stranger would who has read the README.
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const LIBRARIES_OF_STRANGER = ['drizzle-orm', 'express', 'pg']
const database = await testDatabase()
/** Packing changes README for a moment, and other tests read that of the repository: it is done in a copy. */
let clone = ''
let home = ''

beforeAll(() => {
  clone = cloneToPack()
  home = temporaryFolder({ onTestFinished: afterAll })
  const modules = join(home, 'node_modules')
  mkdirSync(join(modules, 'pg-loupe'), { recursive: true })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { cwd: clone, encoding: 'utf8' })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  execFileSync('tar', [
    '-xzf',
    join(home, `pg-loupe-${version}.tgz`),
    '-C',
    join(modules, 'pg-loupe'),
    '--strip-components=1',
  ])
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), ...LIBRARIES_OF_STRANGER]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  cpSync(join(import.meta.dirname, 'stranger'), home, { recursive: true })
})

describe('an Express application with the three lines added', () => {
  test('as ES modules prints each loop with its line, one line for a correct route, and nothing for a request without queries', async () => {
    const { stderr } = await runApp('app.mjs')
    expect(stderr).toMatch(new RegExp(`at +app\\.mjs:${lineOf('app.mjs', '// drizzle loop')}:\\d+`))
    expect(stderr).toContain('Each of the 12 values of authors.id came from books.author_id of 12 rows')
    expect(stderr).toMatch(new RegExp(`at +app\\.mjs:${lineOf('app.mjs', '// raw loop')}:\\d+`))
    const lines = stderr.split('\n').filter((line) => line.startsWith('pg-loupe  GET '))
    expect(lines.map((line) => line.split('  ').slice(1, 3))).toEqual([
      ['GET /books', '13 queries'],
      ['GET /books/fixed', '2 queries'],
      ['GET /raw/:shelf', '13 queries'],
    ])
    expect(stderr.match(/N\+1/g)).toHaveLength(2)
  })

  test('as CommonJS too', async () => {
    const { stderr } = await runApp('app.cjs')
    expect(stderr).toMatch(new RegExp(`at +app\\.cjs:${lineOf('app.cjs', '// loop')}:\\d+`))
  })

  test('prints nothing in production', async () => {
    await run(process.execPath, ['-e', dropTables], { cwd: home, env: environment() })
    const { stdout, stderr } = await runApp('app.mjs', { NODE_ENV: 'production' })
    expect([stdout, stderr]).toEqual(['', ''])
  })
})

test.each(['prove.mjs', 'prove.cjs'])(
  'assertions hold a server that is asked over the network: %s',
  async (file) => {
    const { stdout } = await runApp(file, { NODE_ENV: 'test' })
    expect(stdout).toMatch(
      /^QueryAssertionError: expected no N\+1, but found 1 N\+1 in 6 queries:\n\n {2}in GET \/:count\n/,
    )
    expect(stdout).toMatch(new RegExp(`\n {4}line +${file.replace('.', '\\.')}:${lineOf(file, '// loop')}:`))
    const [, frame] = stdout.split('\n    at ')
    expect(frame).toContain(`${file}:${lineOf(file, '// assertion')}:`)
    expect(stdout).toMatch(/\n {2}size +2 +3\n {2}all queries +3 +4\n {2}grown +2 +3 {3}select \?\n/)
  },
)

test('every entry point gives the same objects to import and to require', async () => {
  const { exports } = JSON.parse(readFileSync(join(home, 'node_modules/pg-loupe/package.json'), 'utf8'))
  // The set-up files act when they are loaded, each in its runner.
  const names = Object.keys(exports)
    .filter((entry) => !/json$|vitest|setup|register|node-test/.test(entry))
    .map((entry) => entry.replace('.', 'pg-loupe'))
  const code = `
    const isOwn = (key) => !['default', 'module.exports', '__esModule'].includes(key)
    const names = process.argv.slice(1)
    Promise.all(names.map(async (name) => {
      const imported = await import(name)
      const required = require(name)
      const keys = Object.keys(imported).filter(isOwn).sort()
      const others = Object.keys(required).filter(isOwn).sort()
      const isSame = keys.join() === others.join() && keys.every((key) => imported[key] === required[key])
      return [name, isSame && (keys.length > 0 || imported.default !== undefined)]
    })).then((loaded) => console.log(JSON.stringify(loaded)))`
  const { stdout } = await run(process.execPath, ['-e', code, ...names], { cwd: home, env: environment() })
  expect(JSON.parse(stdout)).toEqual(names.map((name) => [name, true]))
  expect(names.length).toBeGreaterThan(10)
})

test('the package takes less than 3 MB, without source maps, sources or tests', () => {
  const folder = join(home, 'node_modules/pg-loupe')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name: name.replaceAll('\\', '/'), stat: statSync(join(folder, name)) }))
    .filter(({ stat }) => stat.isFile())
  const bytes = files.reduce((sum, { stat }) => sum + stat.size, 0)
  expect(bytes).toBeLessThan(3_000_000)
  expect(files.length).toBeLessThan(1000)
  const unneeded = files.filter(({ name }) =>
    /\.map$|\.test\.|(?<!\.d)\.m?ts$|docs\/(?:decisions|pictures)/.test(name),
  )
  expect(unneeded.map(({ name }) => name)).toEqual([])
})

describe('README', () => {
  const packed = (path: string) => join(home, 'node_modules/pg-loupe', path)

  test('has relative links in the repository, and a page of the package for each of them', () => {
    const links = linksOf(join(root, 'README.md')).filter((link) => !/^(?:https?:|#)/.test(link))
    expect(links.length).toBeGreaterThan(30)
    expect(links.filter((link) => !existsSync(packed(withoutAnchor(link))))).toEqual([])
  })

  test('has only absolute links in the package, and those to its own pages lead to files of that version', () => {
    const links = linksOf(packed('README.md')).filter((link) => !link.startsWith('#'))
    expect(links.filter((link) => !link.startsWith('https://'))).toEqual([])
    const { version, readmeLinks } = JSON.parse(readFileSync(packed('package.json'), 'utf8'))
    const base = readmeLinks.replace('{version}', version)
    const own = links.flatMap((link) => (link.startsWith(base) ? [link.slice(base.length)] : []))
    expect(own).toEqual(linksOf(join(root, 'README.md')).filter((link) => !/^(?:https?:|#)/.test(link)))
  })

  test('shows text instead of its pictures in the package, which does not contain them', () => {
    const comments = /<!--.*?-->/gs
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('<picture>')
    const text = readFileSync(packed('README.md'), 'utf8').replace(comments, '')
    expect(text).not.toMatch(/<picture|<img/)
    expect(text).toContain('<details open>')
  })

  test('is as it was after packing, and so is every file beside it', () => {
    const changed = readdirSync(clone, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const [copy, original] = [join(clone, name), join(root, name)]
      if (statSync(copy).isDirectory()) return false
      return !existsSync(original) || !readFileSync(copy).equals(readFileSync(original))
    })
    expect(changed).toEqual([])
  })

  test('is not published from the folder, from where npm would take the page with relative links', async () => {
    const publish = run('npm', ['publish', '--dry-run'], { cwd: clone })
    await expect(publish).rejects.toMatchObject({ stdout: expect.stringContaining('Publish the tarball') })
  })
})

test.each(['report', 'trace'])('the schema of a %s is in the package', async (name) => {
  const code = `console.log(require('pg-loupe/schema/${name}-v1.json').title)`
  const { stdout } = await run(process.execPath, ['-e', code], { cwd: home })
  expect(stdout).toMatch(new RegExp(`^pg-loupe ${name}, version 1`))
})

test('two copies of the package in one process share the profiler', async () => {
  const folder = join(home, 'node_modules/pg-loupe')
  cpSync(folder, join(home, 'node_modules/pg-loupe-copy'), { recursive: true })
  const code = `console.log(require('pg-loupe').defaultProfiler() === require('pg-loupe-copy').defaultProfiler())`
  expect((await run(process.execPath, ['-e', code], { cwd: home, env: environment() })).stdout).toBe('true\n')
})

describe('the command', () => {
  const command = (...args: string[]) =>
    run(process.execPath, [join(home, 'node_modules/pg-loupe/dist/src/cli/main.js'), ...args], {
      cwd: home,
    }).then(
      ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
      ({ stdout, stderr, code }) => ({ stdout, stderr, code }),
    )

  test('is found by npx in a clone of the project', async () => {
    // npx keeps the link that it once made to the command, also when the command has moved since: a cache of its own has none.
    const env = { ...process.env, npm_config_cache: join(home, 'npm-cache') }
    const { stdout } = await run('npx', ['--no-install', 'pg-loupe', '--version'], { cwd: root, env })
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('prints a report file that a profiler kept', async () => {
    const code = `
      const { createProfiler } = require('pg-loupe')
      const profiler = createProfiler({ outputs: { json: 'report.json' }, console: 'off' })
      profiler.trace('reindex', () => {})`
    await run(process.execPath, ['-e', code], { cwd: home, env: environment() })
    expect(await command('report', 'report.json')).toMatchObject({
      stdout: expect.stringMatching(/^reindex {2}0 queries/),
      code: 0,
    })
    const { stdout } = await command('report', 'report.json', '--format', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, traces: 1 })
  })

  test('analyzes a trace file that a profiler recorded', async () => {
    const code = `
      const { createProfiler } = require('pg-loupe')
      const profiler = createProfiler({ outputs: { traces: 'traces.ndjson' }, console: 'off' })
      profiler.trace('reindex', () => {})`
    await run(process.execPath, ['-e', code], { cwd: home, env: environment() })
    expect(await command('analyze', 'traces.ndjson')).toMatchObject({
      stdout: expect.stringMatching(/^reindex {2}0 queries/),
      code: 0,
    })
  })

  test.each([
    [['report', 'missing.json'], 'cannot read missing.json'],
    [['report', 'app.mjs'], 'app.mjs is not JSON'],
    [['report', 'node_modules/pg-loupe/package.json'], 'package.json is no report: v is undefined'],
    [['report', 'x', '--format', 'yaml'], 'There is no format yaml; it is one of console, '],
    [['explode'], `unknown command 'explode'`],
  ])('%j fails with status 2 and says why', async (args, message) => {
    const { stderr, code } = await command(...args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})

/** The files that `npm pack` reads. */
function cloneToPack(): string {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const included = files.filter((pattern: string) => !/[!*]/.test(pattern))
  const folder = temporaryFolder({ onTestFinished: afterAll })
  for (const path of [...included, 'src/detectors', 'scripts', 'package.json', 'README.md', 'LICENSE']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  return folder
}

function linksOf(file: string): string[] {
  const html = micromark(readFileSync(file, 'utf8'), { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  return [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link)
}

function withoutAnchor(link: string): string {
  return link.replace(/#.*/, '')
}

const dropTables = `
  const { Client } = require('pg')
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  client.connect().then(() => client.query('drop table books, authors')).then(() => client.end())`

function runApp(file: string, more: NodeJS.ProcessEnv = {}) {
  return run(process.execPath, [file], { cwd: home, env: { ...environment(), ...more } })
}

function environment(): NodeJS.ProcessEnv {
  return { ...strangerEnvironment(), DATABASE_URL: database.url }
}

function lineOf(file: string, mark: string): number {
  const text = readFileSync(join(import.meta.dirname, 'stranger', file), 'utf8')
  return text.slice(0, text.indexOf(mark)).split('\n').length
}
