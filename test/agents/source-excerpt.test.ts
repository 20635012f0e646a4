// Lines of source are shown only from files of source code inside the folder of the process.
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { readSource } from '../../src/agents/source-excerpt.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const TEXT = Array.from({ length: 12 }, (_, at) => `\tline${at + 1}()`).join('\n')

function project(): { folder: string; outside: string } {
  const top = temporaryFolder()
  const folder = join(top, 'app')
  mkdirSync(join(folder, 'node_modules/lib'), { recursive: true })
  mkdirSync(join(folder, 'src'))
  for (const name of [
    'app/src/a.ts',
    'app/node_modules/lib/a.js',
    'app/secret.env',
    'outside.ts',
    'app-2.ts',
  ])
    writeFileSync(join(top, name), TEXT)
  return { folder, outside: join(top, 'outside.ts') }
}

test('lines around the place are numbered, and the place is marked', () => {
  const { folder } = project()
  const around = ['   9 «  line9()»', '> 10 «  line10()»', '  11 «  line11()»']
  expect(readSource({ file: 'src/a.ts', line: 10 }, folder, 1)).toEqual(around)
  expect(readSource({ file: join(folder, 'src/a.ts'), line: 10 }, folder, 1)).toEqual(around)
  expect(readSource({ file: pathToFileURL(join(folder, 'src/a.ts')).href, line: 10 }, folder, 1)).toEqual(
    around,
  )
  expect(readSource({ file: 'src/a.ts', line: 1 }, folder, 1)).toEqual(['> 1 «  line1()»', '  2 «  line2()»'])
})

test('a line keeps no control character, no quotation mark and no great length', () => {
  const { folder } = project()
  writeFileSync(join(folder, 'src/b.ts'), `a\u001b[31m«b» \u202e${'x'.repeat(500)}`)
  const [line = ''] = readSource({ file: 'src/b.ts', line: 1 }, folder, 1)
  expect(line).toMatch(/^> 1 «a�\[31m‹b› �x+…»$/)
  expect(line.length).toBeLessThan(180)
})

test.each<[string, string, number?]>([
  ['outside of the folder', '../outside.ts'],
  ['in a folder whose name begins alike', '../app-2.ts'],
  ['of a library', 'node_modules/lib/a.js'],
  ['that is no source', 'secret.env'],
  ['that does not exist', 'src/none.ts'],
  ['at a line that it does not have', 'src/a.ts', 13],
  ['at no line', 'src/a.ts', 0],
  ['with a name that is no path', 'node:internal\0'],
  ['that is a folder', 'src'],
])('nothing is shown of a file %s', (_, file, line = 1) => {
  expect(readSource({ file, line }, project().folder, 2)).toEqual([])
})

test('no link leads out of the folder', () => {
  const { folder, outside } = project()
  symlinkSync(outside, join(folder, 'src/link.ts'))
  symlinkSync(join(folder, '..'), join(folder, 'up'))
  expect(readSource({ file: 'src/link.ts', line: 1 }, folder, 1)).toEqual([])
  expect(readSource({ file: 'up/outside.ts', line: 1 }, folder, 1)).toEqual([])
})

test('a large file and a pipe are not read', () => {
  const { folder } = project()
  writeFileSync(join(folder, 'src/large.ts'), 'x\n'.repeat(600_000))
  expect(readSource({ file: 'src/large.ts', line: 1 }, folder, 1)).toEqual([])
  if (process.platform === 'win32') return
  execFileSync('mkfifo', [join(folder, 'src/pipe.ts')])
  expect(readSource({ file: 'src/pipe.ts', line: 1 }, folder, 1)).toEqual([])
})
