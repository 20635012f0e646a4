// A text that is cut in the middle when there is no room for it, because its end is as informative as its beginning.
import type { Make } from './element-maker.ts'

/** `end` is the number of characters at the end that are always shown. */
export function cutText(make: Make, text: string, end: number): HTMLElement {
  if (text.length <= 2 * end) return make('span', { class: 'cut', title: text }, text)
  return make(
    'span',
    { class: 'cut', title: text },
    make('span', { class: 'cut-start' }, text.slice(0, -end)),
    make('span', { class: 'cut-end' }, text.slice(-end)),
  )
}
