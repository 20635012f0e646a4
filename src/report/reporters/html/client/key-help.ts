// A dialog with the keyboard shortcuts.

import type { Page } from './page.ts'
import { dialogOf, type PageDialog } from './page-dialog.ts'

export type KeyMeaning = readonly [keys: readonly string[], meaning: string]

const KEYS: readonly KeyMeaning[] = [
  [['j', '↓'], 'next item of the list'],
  [['k', '↑'], 'previous item of the list'],
  [['Enter'], 'open it'],
  [['Esc'], 'one step back, or clear search and filters'],
  [['/'], 'search'],
  [['1', '2', '3', '4'], 'the views, from left to right'],
  [['o'], 'open the line in the editor'],
  [['?'], 'this help'],
]

/** `further` are the keys that only this page has. */
export function keyHelp({ make }: Pick<Page, 'make'>, further: readonly KeyMeaning[] = []): PageDialog {
  return dialogOf(make, 'Keys', () => [
    make(
      'dl',
      { class: 'keys' },
      [...further, ...KEYS].map(([keys, meaning]) =>
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
