// Opens lines in the reader's editor. A report names files relative to the folder where it was made, often on another
// machine, so the reader chooses once which editor to use and where the source is. A report made for this machine knows both.

import { EDITORS, editorLink, isEditor, linkTemplate } from '../../../../editor-link.ts'
import type { Frame } from '../../../../types/query.ts'
import { keepSetting, readSetting } from './kept-setting.ts'
import type { Page } from './page.ts'
import { dialogOf, type PageDialog } from './page-dialog.ts'

const NAMES: Readonly<Record<string, string>> = {
  vscode: 'VS Code',
  cursor: 'Cursor',
  windsurf: 'Windsurf',
  zed: 'Zed',
  idea: 'IntelliJ IDEA',
  webstorm: 'WebStorm',
}

export interface EditorChoice extends PageDialog {
  /** Undefined until editor and folder are known. */
  linkTo(frame: Frame): string | undefined
}

export function editorChoice(page: Page, changed: () => void): EditorChoice {
  const { make, window, data } = page
  const kept = () => readSetting(window, 'editor')
  const folder = () => readSetting(window, 'folder') || data.editor?.folder || ''
  const template = () => (isEditor(kept()) ? linkTemplate(kept()) : data.editor?.template)

  const choice = () => {
    const chosen = Object.keys(EDITORS).find((name) => linkTemplate(name) === template())
    const select = make(
      'select',
      { id: 'editor', change: () => save() },
      make('option', { value: '' }, data.editor && !chosen ? 'As configured' : 'None'),
      Object.keys(EDITORS).map((name) => make('option', { value: name }, NAMES[name] ?? name)),
    )
    select.value = chosen ?? ''
    const input = make('input', {
      id: 'folder',
      type: 'text',
      value: folder(),
      placeholder: '/home/you/project',
      autocomplete: 'off',
      spellcheck: 'false',
      change: () => save(),
    })
    const save = () => {
      keepSetting(window, 'editor', select.value)
      keepSetting(window, 'folder', input.value.trim())
      changed()
    }
    return [
      make('div', { class: 'field' }, make('label', { for: 'editor' }, 'Editor'), select),
      make('div', { class: 'field' }, make('label', { for: 'folder' }, 'Folder of the source'), input),
      make(
        'p',
        { class: 'quiet' },
        'Files of this report are named relative to this folder. It is kept in this browser only.',
      ),
    ]
  }
  return {
    ...dialogOf(page.make, 'Open lines in an editor', choice),
    linkTo(frame) {
      const known = template()
      return known === undefined ? undefined : editorLink(frame, known, folder() || undefined)
    },
  }
}
