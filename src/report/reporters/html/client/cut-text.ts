// A text that is cut in its middle where there is no room for it: its end tells as much as its beginning.
import type { Make } from './page.ts'

/** `end` are the characters of the end that stay. */
export function cutText(make: Make, text: string, end: number): HTMLElement {
  if (text.length <= 2 * end) return make('span', { class: 'cut', title: text }, text)
  return make(
    'span',
    { class: 'cut', title: text },
    make('span', { class: 'cut-start' }, text.slice(0, -end)),
    make('span', { class: 'cut-end' }, text.slice(-end)),
  )
}
