// A dialog with the keyboard shortcuts.

import type { Page } from './page.ts'
import { dialogOf, type PageDialog } from './page-dialog.ts'

const KEYS: readonly [keys: readonly string[], meaning: string][] = [
  [['j', '↓'], 'next item of the list'],
  [['k', '↑'], 'previous item of the list'],
  [['Enter'], 'open it'],
  [['Esc'], 'one step back, or clear search and filters'],
  [['/'], 'search'],
  [['1', '2', '3', '4'], 'the views, from left to right'],
  [['o'], 'open the line in the editor'],
  [['?'], 'this help'],
]

export function keyHelp(page: Page): PageDialog {
  const { make } = page
  return dialogOf(page.make, 'Keys', () => [
    make(
      'dl',
      { class: 'keys' },
      KEYS.map(([keys, meaning]) =>
        make(
          'div',
          null,
          make(
            'dt',
            null,
            keys.map((key) => make('kbd', null, key)),
          ),
          make('dd', null, meaning),
        ),
      ),
    ),
  ])
}
