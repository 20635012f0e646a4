// Pastes the code that a finding advises into the program that it was found in. The program then compiles, gives the same
// result as before, and has no finding any more.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { partsOf } from './parts-of-fix.ts'
import { drizzlePrograms, type Program, pgPrograms } from './programs.ts'

const root = join(import.meta.dirname, '../..')
const database = await testDatabase()

interface Seen {
  result: string
  findings: { title: string; remediation: string; fix?: string; detector: string }[]
}

const VERSIONS = {
  '0.45': { folder: 'drizzle-orm', schema: 'schema-0-45.ts' },
  '1.0': { folder: 'drizzle-orm-rc', schema: 'schema-1-0.ts' },
} as const

export function testPastedFixes(version: keyof typeof VERSIONS): void {
  const { folder, schema } = VERSIONS[version]
  const programs = [...drizzlePrograms, ...(version === '1.0' ? [] : pgPrograms)].filter(
    ({ only = version }) => only === version,
  )
  const home = mkdtempSync(join(inject('runFolder'), 'pasted-'))
  const fileOf = (index: number, when: string) => join(home, `program-${index}-${when}.ts`)
  let before: Record<string, Seen>
  let after: Record<string, Seen>
  let complaints: string

  beforeAll(() => {
    const modules = join(home, 'node_modules')
    mkdirSync(modules)
    symlinkSync(join(root, 'node_modules', folder), join(modules, 'drizzle-orm'))
    for (const name of ['pg', '@types']) symlinkSync(join(root, 'node_modules', name), join(modules, name))
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
    const project = join(import.meta.dirname, 'project')
    for (const file of ['tables.ts', 'tsconfig.json']) cpSync(join(project, file), join(home, file))
    cpSync(join(project, schema), join(home, 'schema.ts'))
    programs.forEach((program, index) => {
      writeFileSync(fileOf(index, 'before'), written(program))
    })
    before = run(programs.map((_, index) => fileOf(index, 'before')))
    programs.forEach((program, index) => {
      const [finding] = before[fileOf(index, 'before')]?.findings ?? []
      if (!program.isQuiet)
        writeFileSync(fileOf(index, 'after'), pasteInto(written(program), finding?.fix ?? ''))
    })
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    complaints = spawnSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8' }).stdout
    const loud = programs.flatMap(({ isQuiet }, index) => (isQuiet ? [] : [fileOf(index, 'after')]))
    after = run(loud)
  }, 120_000)

  function run(files: string[]): Record<string, Seen> {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        join(import.meta.dirname, 'run-programs.ts'),
        database.url,
        join(root, 'node_modules', folder, 'node-postgres/index.js'),
        join(home, 'schema.ts'),
        ...files,
      ],
      { encoding: 'utf8', cwd: root },
    )
    if (!stdout.startsWith('{')) throw new Error(stderr)
    return JSON.parse(stdout)
  }

  test('the pasted code compiles', () => {
    expect(complaints).toBe('')
  })

  test.each(programs.map((program, index) => [program.name, program, index] as const))(
    '%s',
    (_name, { isQuiet }, index) => {
      const was = before[fileOf(index, 'before')]
      const is = after[fileOf(index, 'after')]
      expect(was?.findings).toHaveLength(1)
      const fix = was?.findings[0]?.fix ?? ''
      if (isQuiet) {
        expect(fix).not.toContain('// In the ')
        return
      }
      expect(fix).toContain('// In the ')
      expect(is?.result).toBe(was?.result)
      expect(is?.findings).toEqual([])
    },
  )
}

function written({ code, imports = [] }: Program): string {
  const names = [...new Set(['and', 'desc', 'eq', ...imports])].sort()
  return `import { ${names.join(', ')} } from 'drizzle-orm'
import type { Pool } from 'pg'
import { buyers, type Database, parts, purchases, stocks } from './schema.ts'

export async function run({ db, pool }: { db: Database; pool: Pool }) {
  void [db, pool]
${code}
}
`
}

/** Puts each part of the code at the place that its comment names. */
function pasteInto(source: string, fix: string): string {
  const { imports, before, inside, after } = partsOf(fix)
  const query = /\/\*<\*\/.*?\/\*>\*\//s
  return `${imports}\n${source
    .replace('// loop', () => before)
    .replace(query, () => inside || 'undefined')
    .replace('// end', () => after)}`
}
