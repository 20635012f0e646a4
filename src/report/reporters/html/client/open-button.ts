// A button that opens a line in the editor. When no editor is configured, it asks for one first.
import type { Frame } from '../../../../types/query.ts'
import type { EditorChoice } from './editor-choice.ts'
import type { Make } from './element-maker.ts'

export function openButton(make: Make, editor: EditorChoice, frame: Frame): HTMLElement {
  const link = editor.linkTo(frame)
  if (link !== undefined) return make('a', { class: 'copy open', href: link }, 'Open')
  return make(
    'button',
    { type: 'button', class: 'copy open', title: 'Choose an editor', click: () => editor.open() },
    'Open…',
  )
}
