// Tests the configuration file: where it is found, its forms, and the messages about a wrong one.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { defaultOptions } from '../../src/config/default-options.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { folderWith } from './folder-with.ts'

const SUPPRESS = [{ detector: 'n-plus-one', reason: 'legacy' }]
const json = (value: unknown) => JSON.stringify(value)

describe('it is read', () => {
  test.each([
    ['json', json({ suppress: SUPPRESS })],
    ['mjs', `export default ${json({ suppress: SUPPRESS })}`],
    ['cjs', `module.exports = ${json({ suppress: SUPPRESS })}`],
    ['cjs', `exports.__esModule = true; exports.default = ${json({ suppress: SUPPRESS })}`],
    ['js', `export default ${json({ suppress: SUPPRESS })}`],
    ['js', `module.exports = ${json({ suppress: SUPPRESS })}`],
    ['ts', `const suppress: unknown[] = ${json(SUPPRESS)}\nexport default { suppress }`],
  ])('as .%s: %s', (extension, content) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, `pg-loupe.config.${extension}`), content)
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(join(import.meta.dirname, '../../node_modules/tsx'), join(folder, 'node_modules/tsx'))
    expect(readConfig(undefined, folder).options).toEqual({ suppress: SUPPRESS })
  })

  test('from the nearest folder, up to that of the repository', (t) => {
    const folder = folderWith(t, {
      'pg-loupe.config.json': json({ failOn: 'error' }),
      'packages/a/pg-loupe.config.json': json({ failOn: 'new', baseline: 'accepted.json' }),
      'packages/a/src/x.txt': '',
      'packages/b/x.txt': '',
      'packages/c/.git/x.txt': '',
    })
    expect(readConfig(undefined, join(folder, 'packages/a/src'))).toEqual({
      file: join(folder, 'packages/a/pg-loupe.config.json'),
      options: {},
      failOn: 'new',
      baseline: join(folder, 'packages/a/accepted.json'),
    })
    expect(readConfig(undefined, join(folder, 'packages/b')).failOn).toBe('error')
    expect(readConfig(undefined, join(folder, 'packages/c'))).toEqual({ options: {} })
    expect(readConfig('packages/a/pg-loupe.config.json', folder).failOn).toBe('new')
  })

  test('without a repository up to the package, beyond which anybody may have put one', (t) => {
    const folder = temporaryFolder(t)
    const files = {
      'pg-loupe.config.json': json({ failOn: 'error' }),
      'package/package.json': json({}),
      'package/src/x.txt': '',
      'plain/src/x.txt': '',
      'own/package.json': json({}),
      'own/pg-loupe.config.json': json({ failOn: 'new' }),
      'own/src/x.txt': '',
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    for (const below of ['package/src', 'package']) {
      expect(readConfig(undefined, join(folder, below))).toEqual({ options: {} })
    }
    expect(readConfig(undefined, join(folder, 'own/src')).failOn).toBe('new')
  })
})

describe('it is refused with its name', () => {
  test.each<[string, string, string]>([
    ['json', '{', 'cannot be loaded: '],
    ['json', '[]', 'it gives [], but takes an object with suppress, detectors, '],
    ['mjs', 'export const suppress = []', 'cannot be loaded: it has no default export'],
    ['mjs', 'throw new Error("own")', 'cannot be loaded: own'],
    [
      'json',
      json({ reporters: [] }),
      'there is no option reporters; it is one of suppress, detectors, application',
    ],
    ['json', json({ failOn: 'bad' }), 'option failOn got "bad", but takes one of error, warning, info, new'],
    ['json', json({ baseline: 1 }), 'option baseline got 1, but takes a file path'],
    [
      'json',
      json({ suppress: [{ route: 'GET /' }] }),
      'option suppress.0.reason got undefined, but takes the reason, in words',
    ],
    [
      'json',
      json({ detectors: { 'n-plus-two': {} } }),
      'there is no option detectors.n-plus-two; it is one of n-plus-one',
    ],
  ])('.%s: %s', (extension, content, message) => {
    const folder = temporaryFolder()
    const file = join(folder, `pg-loupe.config.${extension}`)
    writeFileSync(file, content)
    expect(() => readConfig(undefined, folder)).toThrow(message)
    expect(() => readConfig(undefined, folder)).toThrow(file)
  })

  test('when there are two of them', (t) => {
    const folder = folderWith(t, { 'pg-loupe.config.json': '{}', 'pg-loupe.config.cjs': '' })
    expect(() => readConfig(undefined, folder)).toThrow('keep one of them')
  })

  test.skipIf('typescript' in process.features && process.features.typescript)(
    'when it is TypeScript, and nothing here reads that',
    (t) => {
      const folder = folderWith(t, { 'pg-loupe.config.ts': 'export default {} as object' })
      expect(() => readConfig(undefined, folder)).toThrow(
        'does not load TypeScript; use 22.18 or later, install tsx, or write the file in JavaScript',
      )
    },
  )
})

describe('the profiler of a running application', () => {
  test('has what variables say over what the file says, detector by detector', (t) => {
    const detectors = { 'n-plus-one': { minLikely: 5 }, 'deep-offset': false }
    const folder = folderWith(t, { 'pg-loupe.config.json': json({ detectors, roundTripMs: 3 }) })
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    vi.stubEnv('PG_LOUPE_OPTIONS', json({ detectors: { 'deep-offset': {} }, catalog: true }))
    vi.stubEnv('PG_LOUPE_CONSOLE', '1')
    expect(defaultOptions()).toEqual({
      detectors: { 'n-plus-one': { minLikely: 5 }, 'deep-offset': {} },
      roundTripMs: 3,
      catalog: true,
      console: 'requests',
    })
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  test('goes on without a wrong variable, keeps the others, and says so once', (t) => {
    vi.spyOn(process, 'cwd').mockReturnValue(folderWith(t, {}))
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    vi.stubEnv('PG_LOUPE_OPTIONS', '{')
    vi.stubEnv('PG_LOUPE_CONSOL', '1')
    vi.stubEnv('PG_LOUPE_UNTRACED', '1')
    expect([defaultOptions(), defaultOptions()]).toEqual(Array(2).fill({ collectUntraced: true }))
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('PG_LOUPE_OPTIONS={: it takes the options of createProfiler as JSON')],
      [expect.stringContaining('there is no variable PG_LOUPE_CONSOL; it is one of PG_LOUPE_ENABLED')],
    ])
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  test('has the options of the file', (t) => {
    const folder = folderWith(t, { 'pg-loupe.config.json': json({ suppress: SUPPRESS, failOn: 'new' }) })
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    expect(defaultOptions()).toEqual({ suppress: SUPPRESS })
    vi.restoreAllMocks()
  })

  test('goes on without a wrong one, and says so', (t) => {
    const folder = folderWith(t, { 'pg-loupe.config.json': '{' })
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    expect(defaultOptions()).toEqual({})
    expect(warn.mock.calls[0]?.[0]).toContain('pg-loupe.config.json cannot be loaded')
    vi.restoreAllMocks()
  })

  test('loads nothing of the project in production', (t) => {
    const folder = folderWith(t, { 'pg-loupe.config.cjs': 'throw new Error("loaded")' })
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    vi.stubEnv('NODE_ENV', 'production')
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    expect(defaultOptions()).toEqual({})
    expect(warn).not.toHaveBeenCalled()
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
})
