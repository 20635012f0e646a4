// Lines that are opened in an editor: the editor is a script that writes down its arguments.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLine } from '../../../src/panel/server/open-line.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

function project() {
  const folder = temporaryFolder()
  const editor = join(folder, 'editor.sh')
  const opened = join(folder, 'opened')
  writeFileSync(
    editor,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
  )
  chmodSync(editor, 0o755)
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src/orders.ts'), '')
  const read = async () => {
    while (!existsSync(opened)) await setTimeout(5)
    return readFileSync(opened, 'utf8').trim()
  }
  return { folder, editor, read }
}

const frame = { file: 'src/orders.ts', line: 41, column: 9 }

test.skipIf(process.platform === 'win32')(
  'a relative line is opened in the folder of its process',
  async () => {
    const { folder, editor, read } = project()
    openLine(frame, folder, { editor })
    expect(await read()).toBe(join(folder, 'src/orders.ts'))
  },
)

test.skipIf(process.platform === 'win32')(
  'a line in a container is opened in the mapped folder',
  async () => {
    const { folder, editor, read } = project()
    openLine(frame, '/app', { editor, mappings: [{ inside: '/app/', outside: folder }] })
    expect(await read()).toBe(join(folder, 'src/orders.ts'))
  },
)

test.each([
  ['a file that is not here', { file: 'src/none.ts', line: 1 }],
  ['a folder', { file: 'src', line: 1 }],
  ['a module of Node.js', { file: 'node:internal/process', line: 1 }],
  ['an address', { file: 'https://evil.example/a.ts', line: 1 }],
  ['a name with NUL', { file: 'src/orders.ts\u0000', line: 1 }],
])('%s is refused with what to do', (_name, missing) => {
  const { folder, editor } = project()
  expect(() => openLine(missing, folder, { editor })).toThrow('--map-path')
})

test('a folder that only begins like a mapped one is not mapped', () => {
  const { folder, editor } = project()
  expect(() =>
    openLine(frame, '/application', { editor, mappings: [{ inside: '/app', outside: folder }] }),
  ).toThrow('not on this machine')
})
