// Holds which folders may import which, because data flows one way.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf, root, sourcesIn } from './source-imports.ts'

/** Each room with the rooms it may import from, itself apart. A file directly in `src/` is a room of its own. */
const ROOMS: Record<string, readonly string[]> = {
  'src/types': [],
  'src/version.ts': [],
  'src/text': [],
  'src/host': ['src/text'],
  'src/path-pattern.ts': [],
  'src/editor-link.ts': ['src/types'],
  'src/finding-frames.ts': ['src/types'],
  'src/worst-first.ts': ['src/types', 'src/text'],
  'src/sql': ['src/types', 'src/text', 'src/host/require-parser.ts'],
  'src/catalog': ['src/types', 'src/text', 'src/host', 'src/sql'],
  'src/grouping': ['src/types', 'src/sql'],
  'src/source': [],
  'src/advice': ['src/types', 'src/source', 'src/sql'],
  'src/detectors': [
    'src/types',
    'src/worst-first.ts',
    'src/detectors/page-url.ts',
    'src/sql',
    'src/grouping',
    'src/advice',
  ],
  'src/detectors/page-url.ts': [],
  'src/detectors/pages.ts': ['src/types', 'src/detectors/page-url.ts'],
  'src/detectors/describe-detector.ts': ['src/types', 'src/detectors/pages.ts'],
  'src/report/finding-groups.ts': ['src/types', 'src/detectors/describe-detector.ts'],
  'src/report/finding-title.ts': ['src/types', 'src/detectors/describe-detector.ts'],
  'src/report/reporters': [
    'src/types',
    'src/text',
    'src/report/finding-groups.ts',
    'src/report/finding-title.ts',
    'src/worst-first.ts',
    'src/editor-link.ts',
    'src/finding-frames.ts',
    'src/detectors/describe-detector.ts',
    'src/sql',
  ],
  'src/setup': ['src/types', 'src/text'],
  'src/suppression': ['src/types', 'src/text', 'src/host', 'src/path-pattern.ts', 'src/sql', 'src/setup'],
  'src/report': [
    'src/types',
    'src/text',
    'src/host',
    'src/version.ts',
    'src/finding-frames.ts',
    'src/report/finding-groups.ts',
    'src/worst-first.ts',
    'src/grouping',
    'src/detectors',
    'src/detectors/describe-detector.ts',
    'src/suppression',
    'src/report/reporters',
  ],
  'src/trace': ['src/types', 'src/host', 'src/path-pattern.ts', 'src/source', 'src/sql', 'src/grouping'],
  'src/trace-file': ['src/types', 'src/host', 'src/sql', 'src/trace'],
  'src/collect': ['src/types', 'src/text', 'src/host', 'src/setup', 'src/sql', 'src/trace-file'],
  'src/host/require-parser.ts': [],
}
/** Files that only the top-level folders may use, named one by one. */
const ON_TOP = /^src\/index\.ts$|^src\/(agents|cli|config|http|panel|profiler|runners|testing)\//
const PURE_ROOMS =
  /^src\/(types\/|text\/|source\/|sql\/|grouping\/|advice\/|detectors\/|setup\/|report\/reporters\/)/
/** A runner's set-up file is loaded by that runner only, and has to be given its hooks by it. */
const RUNNERS: Record<string, RegExp> = { vitest: /^adapters\/vitest\// }
/** Third-party code that src may load when it runs, or that the build includes; ARCHITECTURE.md says what for. */
const LIBRARIES =
  /^(launch-editor|@modelcontextprotocol\/server(\/stdio)?|@valibot\/to-json-schema|valibot|picocolors|commander|libpg-query|picomatch|string-width|supports-hyperlinks|@jridgewell\/trace-mapping)$/

const files = [...sourcesIn('src'), ...sourcesIn('adapters')]
const imports = files.flatMap(importsOf)

test('every room imports only from the rooms it may', () => {
  const trespasses = imports.filter(({ file, target }) => {
    const from = roomOf(file)
    if (target === undefined || from === undefined) return false
    const to = roomOf(target) ?? target
    return to !== from && !ROOMS[from]?.includes(to)
  })
  expect(trespasses).toEqual([])
})

test('every file of src is in a room or at the top', () => {
  const homeless = files.filter((file) => file.startsWith('src/') && !roomOf(file) && !ON_TOP.test(file))
  expect(homeless).toEqual([])
})

/**
 * `register` sets up all others. All may tell `observe` that they are in use; `observe` itself imports only how each driver is
 * found.
 */
test('src imports no adapter, and an adapter imports no other adapter than `observe`, except in `register`', () => {
  const trespasses = imports.filter(
    ({ file, target }) =>
      target?.startsWith('adapters/') &&
      adapterOf(file) !== adapterOf(target) &&
      adapterOf(target) !== 'observe' &&
      adapterOf(file) !== 'register' &&
      !(file === 'adapters/observe/drivers.ts' && /^adapters\/[^/]+\/driver\.ts$/.test(target)),
  )
  expect(trespasses).toEqual([])
})

test('how a driver is found imports nothing that profiles it', () => {
  const descriptions = imports.filter(({ file }) => /^adapters\/[^/]+\/driver\.ts$/.test(file))
  expect(new Set(descriptions.map(({ target }) => target))).toEqual(new Set(['adapters/observe/driver.ts']))
})

test('nothing in src/http knows a framework, and nothing in src/catalog the objects of a driver', () => {
  const named = (folder: string, name: RegExp) =>
    files.filter((file) => file.startsWith(folder) && name.test(readFileSync(join(root, file), 'utf8')))
  expect(named('src/http/', /express|fastify|koa|hono/i)).toEqual([])
  expect(named('src/catalog/', /connectionParameters|poolOptions|_clients|pg-pool|node:(?:net|tls)/)).toEqual(
    [],
  )
})

test('detectors, grouping, statements and reporters use no Node built-in', () => {
  expect(imports.filter(({ file, name }) => PURE_ROOMS.test(file) && name.startsWith('node:'))).toEqual([])
})

test('only real-time.ts takes clocks and timers from the host; the linter refuses their global names', () => {
  const taken = imports.filter(
    ({ file, name }) =>
      file !== 'src/host/real-time.ts' && /^node:(timers(\/promises)?|perf_hooks)$/.test(name),
  )
  const called = files.filter((file) =>
    /\bprocess\.(nextTick|hrtime)\b/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect([...taken, ...called]).toEqual([])
})

test('third-party code is imported as a type, except for the libraries that are justified', () => {
  const loaded = imports.filter(
    ({ file, name, isType }) =>
      !isType &&
      !name.startsWith('.') &&
      !name.startsWith('node:') &&
      !LIBRARIES.test(name) &&
      !RUNNERS[name]?.test(file),
  )
  expect(loaded).toEqual([])
})

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => file === room || file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0]
}

function adapterOf(file: string): string | undefined {
  return /^adapters\/([^./]+)/.exec(file)?.[1]
}
