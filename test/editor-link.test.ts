import { expect, test } from 'vitest'
import { EDITORS, editorLink, FILE_LINK, isEditor, linkTemplate } from '../src/editor-link.ts'

const place = { file: '/repo/src/a b.ts', line: 3, column: 7 }

test.each([
  [undefined, 'file:///repo/src/a%20b.ts'],
  ['vscode', 'vscode://file/repo/src/a%20b.ts:3:7'],
  ['cursor', 'cursor://file/repo/src/a%20b.ts:3:7'],
  ['windsurf', 'windsurf://file/repo/src/a%20b.ts:3:7'],
  ['zed', 'zed://file/repo/src/a%20b.ts:3:7'],
  ['idea', 'idea://open?file=/repo/src/a%20b.ts&line=3&column=7'],
  ['webstorm', 'webstorm://open?file=/repo/src/a%20b.ts&line=3&column=7'],
  ['txmt://open?url=file://{path}&line={line}', 'txmt://open?url=file:///repo/src/a%20b.ts&line=3'],
])('a place opens in %s', (editor, link) => {
  expect(editorLink(place, linkTemplate(editor))).toBe(link)
})

test('a relative path lies in the given folder, and without one it has no link', () => {
  const frame = { file: './src/a.ts', line: 3 }
  expect(editorLink(frame, EDITORS.vscode, '/repo/')).toBe('vscode://file/repo/src/a.ts:3:1')
  expect(editorLink(frame, EDITORS.vscode)).toBeUndefined()
})

test('a path of Windows has forward slashes and keeps its drive', () => {
  const frame = { file: 'src\\a.ts', line: 3 }
  expect(editorLink(frame, FILE_LINK, 'C:\\repo')).toBe('file:///C:/repo/src/a.ts')
  expect(editorLink({ ...frame, file: 'C:\\repo\\a.ts' }, EDITORS.idea)).toBe(
    'idea://open?file=C:/repo/a.ts&line=3&column=1',
  )
})

test('nothing in a name of a file can leave the path of the link', () => {
  const frame = { file: '/repo/a?b#c&d=%{line}\u001b]8;;\ud800.ts', line: 1 }
  const link = editorLink(frame, EDITORS.idea)
  expect(link).toBe(
    'idea://open?file=/repo/a%3Fb%23c%26d%3D%25%7Bline%7D%1B%5D8%3B%3B%EF%BF%BD.ts&line=1&column=1',
  )
})

test.each(['node:fs', 'webpack://app/src/a.ts', 'https://example.com/a.js', ''])(
  'a text that is no file has no link: %s',
  (file) => {
    expect(editorLink({ file, line: 1 }, EDITORS.vscode, '/repo')).toBeUndefined()
  },
)

test('a line that is not known is the first one', () => {
  expect(editorLink({ file: '/a.ts', line: 0 }, EDITORS.vscode)).toBe('vscode://file/a.ts:1:1')
})

test.each(['vscode', 'idea', 'subl://open?url={path}', 'https://git.example/blob/main/{path}#L{line}'])(
  '%s is an editor',
  (editor) => {
    expect(isEditor(editor)).toBe(true)
  },
)

test.each([
  'vim',
  'toString',
  '',
  '{path}',
  'subl://open',
  'javascript:alert("{path}")',
  'data:text/html,{path}',
  'subl://{path}\n',
  3,
  undefined,
])('%s is none', (editor) => {
  expect(isEditor(editor)).toBe(false)
})
