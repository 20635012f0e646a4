// Pastes the code that is advised for the loops of the example shop into a copy of it, until no code is advised any more. The
// copies compile and answer as the shop does, and only the loops listed here are found in them.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { readMarks } from '../../examples/shop/demo/marks.ts'
import { createDatabase } from '../postgres/create-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { partsOf } from './parts-of-fix.ts'

const root = join(import.meta.dirname, '../..')
const shop = join(root, 'examples/shop')

interface Loop {
  title: string
  remediation: string
  fix?: string
  file: string
  line: number
}

interface Seen {
  answers: Record<string, string[]>
  stored: unknown[]
  loops: Loop[]
}

/** Queries of marked loops for which no code is advised, by a part of the query's last line. */
const WITHOUT_CODE = [
  { query: 'limit(100)', why: 'It walks along a tree: WITH RECURSIVE is advised.' },
  { query: 'eq(reviews.productId, product.id)', why: 'The loop is in another file than the query.' },
  {
    query: 'eq(inventory.productId, productId))) // mistake: n-plus-one-write',
    why: 'Each turn lowers a number.',
  },
]

const MOST_ROUNDS = 3
const home = temporaryFolder({ onTestFinished: afterAll })
/** The unchanged shop, and the copies, each made from the one before. */
const folders: string[] = []
const seen: Seen[] = []
const pastedQueries: string[] = []
let complaints = ''

beforeAll(async () => {
  prepareHome()
  let folder = copyOf(shop)
  seen.push(await run(folder))
  while (folders.length <= MOST_ROUNDS) {
    const loops = (seen.at(-1)?.loops ?? []).filter(({ fix }) => fix?.includes('\n// In the '))
    if (loops.length === 0) break
    folder = copyOf(folder)
    for (const file of new Set(loops.map((loop) => loop.file))) {
      pasteAll(
        join(folder, file),
        loops.filter((loop) => loop.file === file),
      )
    }
    seen.push(await run(folder))
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  complaints = spawnSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8' }).stdout
}, 240_000)

test('the pasted code compiles', () => {
  expect(complaints).toBe('')
})

test('code is pasted for every marked loop that is not listed with a reason', () => {
  const marked = readMarks()
    .filter(({ detector }) => detector.startsWith('n-plus-one'))
    .map(({ file, line }) => readFileSync(file, 'utf8').split('\n')[line - 1] as string)
  const expected = marked.filter((text) => !WITHOUT_CODE.some(({ query }) => text.includes(query)))
  expect(pastedQueries.sort()).toEqual(expected.sort())
})

test('the last copy has only loops for which no code is advised', () => {
  const last = folders.at(-1) ?? ''
  const left = seen.at(-1)?.loops.map(({ file, line }) => lineAt(join(last, file), line))
  expect(left).toHaveLength(WITHOUT_CODE.length)
  for (const { query } of WITHOUT_CODE) expect(left).toContainEqual(expect.stringContaining(query))
})

test('the code for a loop in another loop says that it is for the inner one', () => {
  const nested = seen[0]?.loops.filter(({ file }) => file.endsWith('customers.ts')) ?? []
  expect(nested).toHaveLength(1)
  expect(nested[0]?.remediation).toContain('the code replaces the query of the inner loop.')
  expect(nested[0]?.fix).toContain('// In the inner loop, instead of the query:')
})

describe('a shop with pasted code', () => {
  test('answers every request as before', () => {
    for (const { answers } of seen.slice(1)) expect(answers).toEqual(seen[0]?.answers)
    expect(seen.length).toBeGreaterThan(1)
  })

  test('stores a new order as before', () => {
    for (const { stored } of seen.slice(1)) expect(stored).toEqual(seen[0]?.stored)
    expect(seen[0]?.stored).not.toEqual([])
  })
})

/** A project with everything that the shop imports. */
function prepareHome(): void {
  const modules = join(home, 'node_modules')
  mkdirSync(modules)
  for (const name of ['@types', 'drizzle-orm', 'express', 'pg'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  symlinkSync(root, join(modules, 'pg-loupe'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  cpSync(join(import.meta.dirname, 'project/tsconfig.json'), join(home, 'tsconfig.json'))
  const config = join(home, 'tsconfig.json')
  writeFileSync(config, readFileSync(config, 'utf8').replace('"*.ts"', '"shop-*/**/*"'))
}

function copyOf(from: string): string {
  const to = join(home, `shop-${folders.length}`)
  const isTestOrDemo = /\.test\.ts$|[\\/](?:demo|marks|verdict)\.ts$/
  cpSync(from, to, { recursive: true, filter: (file) => !isTestOrDemo.test(file) })
  folders.push(to)
  return to
}

async function run(folder: string): Promise<Seen> {
  const database = await createDatabase(inject('postgres'), 'pasted-into-shop')
  const program = join(import.meta.dirname, 'run-shop.ts')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), program, database.url, folder],
    { encoding: 'utf8', cwd: folder },
  )
  await database.drop()
  if (!stdout.startsWith('{')) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Pastes from the last line to the first, so that the lines above keep their numbers. */
function pasteAll(file: string, loops: readonly Loop[]): void {
  let lines = readFileSync(file, 'utf8').split('\n')
  for (const { line, fix = '' } of loops.toSorted((a, b) => b.line - a.line)) {
    pastedQueries.push(lines[line - 1] as string)
    lines = pasteAt(lines, line - 1, fix)
  }
  const imports = loops.map(({ fix = '' }) => partsOf(fix).imports).filter(Boolean)
  writeFileSync(file, [...imports, ...lines].join('\n'))
}

/** @param last the last line of the query, which begins with the nearest `await` before. */
function pasteAt(lines: readonly string[], last: number, fix: string): string[] {
  const { before, inside, after } = partsOf(fix)
  const first = lines.findLastIndex((line, at) => at <= last && line.includes('await '))
  const start = startOfLoop(lines, first)
  const end = lines.findIndex((line, at) => at > last && depthOf(line) === depthOf(lines[start]))
  const [assigned = ''] = (lines[first] as string).split('await ')
  return [
    ...lines.slice(0, start),
    before,
    ...lines.slice(start, first),
    `${assigned}${inside}`,
    ...lines.slice(last + 1, end + 1),
    after,
    ...lines.slice(end + 1),
  ]
}

/** The first line of the statement that is the loop, or that has the call of `map`. */
function startOfLoop(lines: readonly string[], from: number): number {
  let isLoop = false
  for (let at = from, depth = depthOf(lines[from]); at >= 0; at--) {
    const line = lines[at] as string
    if (line.trim() === '' || depthOf(line) >= depth) continue
    depth = depthOf(line)
    isLoop ||= /\bfor \(|\.map\(/.test(line)
    if (isLoop && /^\s*(?:for|const|return|await)\b/.test(line)) return at
  }
  throw new Error(`There is no loop around ${lines[from]}`)
}

function depthOf(line = ''): number {
  return line.length - line.trimStart().length
}

function lineAt(file: string, line: number): string {
  return readFileSync(file, 'utf8').split('\n')[line - 1] ?? `${relative(home, file)}:${line}`
}
