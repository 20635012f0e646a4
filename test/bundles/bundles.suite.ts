// An application bundled whole works and says what is lost; with pg-loupe left out of the bundle nothing is lost.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { withEsbuild, withWebpack } from './bundle.ts'

const REQUIRE_IN_MODULES =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

interface Bundle {
  file: 'server.cjs' | 'server.mjs'
  hasSourceMap: boolean
  make(outfile: string): Promise<void>
}

const WHOLE: Record<string, Bundle> = {
  'esbuild, CommonJS': {
    file: 'server.cjs',
    hasSourceMap: false,
    make: (outfile) => withEsbuild(outfile, {}),
  },
  'esbuild, ES module': {
    file: 'server.mjs',
    hasSourceMap: false,
    make: (outfile) => withEsbuild(outfile, { format: 'esm', banner: { js: REQUIRE_IN_MODULES } }),
  },
  'esbuild, minified, with a source map': {
    file: 'server.cjs',
    hasSourceMap: true,
    make: (outfile) => withEsbuild(outfile, { minify: true, sourcemap: true }),
  },
  webpack: { file: 'server.cjs', hasSourceMap: false, make: (outfile) => withWebpack(outfile, {}) },
  'webpack, minified, with a source map': {
    file: 'server.cjs',
    hasSourceMap: true,
    make: (outfile) =>
      withWebpack(outfile, { optimization: { minimize: true, nodeEnv: false }, devtool: 'source-map' }),
  },
}

const EXTERNAL: Record<string, Bundle> = {
  esbuild: {
    file: 'server.cjs',
    hasSourceMap: true,
    make: (outfile) => withEsbuild(outfile, { external: ['pg-loupe'], sourcemap: true }),
  },
  'esbuild, ES module': {
    file: 'server.mjs',
    hasSourceMap: true,
    make: (outfile) =>
      withEsbuild(outfile, {
        external: ['pg-loupe'],
        format: 'esm',
        sourcemap: true,
        banner: { js: REQUIRE_IN_MODULES },
      }),
  },
  webpack: {
    file: 'server.cjs',
    hasSourceMap: true,
    make: (outfile) => withWebpack(outfile, { isExternal: true, devtool: 'source-map' }),
  },
}

const here = import.meta.dirname
const database = await testDatabase()
/** Nothing above it has a node_modules. */
const away = realpathSync(temporaryFolder({ onTestFinished: afterAll }))
afterAll(() => rmSync(join(here, 'dist'), { recursive: true, force: true }))

describe.each(Object.entries(WHOLE))('bundled whole by %s', (name, { file, make, hasSourceMap }) => {
  const folder = join(here, 'dist', name.replaceAll(/\W+/g, '-'))
  const alone = join(away, name.replaceAll(/\W+/g, '-'))
  beforeAll(async () => {
    await make(join(folder, file))
    cpSync(folder, alone, { recursive: true })
  }, 120_000)

  test('profiles, and finds the parser in node_modules', () => {
    const { stdout, stderr, status } = run(folder, file)
    expect({ stdout, status }).toEqual({ stdout: 'status 200\n', status: 0 })
    expect(stderr).toContain('N+1: 9 queries, one for each row')
    expect(stderr).toMatch(hasSourceMap ? LINE_OF_SOURCE : LINE_OF_BUNDLE)
    expect(noticesIn(stderr)).toEqual(
      hasSourceMap ? [] : [expect.stringMatching(/server\.[cm]js, which has no source map\.$/)],
    )
    expect(stderr).not.toMatch(/abort|wasm/i)
  })

  test('says once, without an error, that the parser is missing where there is no node_modules', () => {
    const { stdout, stderr, status } = run(alone, file)
    expect({ stdout, status }).toEqual({ stdout: 'status 200\n', status: 0 })
    expect(stderr).toContain('N+1: 9 queries, one for each row')
    expect(noticesIn(stderr).sort()).toEqual([
      expect.stringContaining("which does not hold PostgreSQL's parser (libpg-query is WebAssembly)"),
      ...(hasSourceMap ? [] : [expect.stringContaining('which has no source map')]),
    ])
    expect(stderr).toContain('--external:pg-loupe')
    expect(stderr).not.toMatch(/abort|ENOENT|prepare wasm/i)
  })
})

test.each(Object.entries(EXTERNAL))(
  'with pg-loupe left out of the bundle, and pg in it, nothing is lost: %s',
  async (name, { file, make }) => {
    const folder = join(here, 'dist', `external-${name.replaceAll(/\W+/g, '-')}`)
    await make(join(folder, file))
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(
      /require\(["']pg-loupe\/pg["']\)|from ["']pg-loupe\/pg["']/,
    )
    const { stdout, stderr, status } = run(folder, file)
    expect({ stdout, status }).toEqual({ stdout: 'status 200\n', status: 0 })
    expect(stderr).toMatch(LINE_OF_SOURCE)
    expect(noticesIn(stderr)).toEqual([])
  },
  120_000,
)

const LINE = readFileSync(join(here, 'app/server.mjs'), 'utf8').split('// loop')[0]?.split('\n').length
const LINE_OF_SOURCE = new RegExp(`\\n +at +\\S*server\\.mjs:${LINE}:`)
const LINE_OF_BUNDLE = /\n +at +\S*server\.[cm]js:\d{3,}:/

function run(folder: string, file: string) {
  return spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...strangerEnvironment(), DATABASE_URL: database.url },
  })
}

function noticesIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('pg-loupe: '))
}
