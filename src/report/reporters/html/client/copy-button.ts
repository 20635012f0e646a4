import type { Page } from './page.ts'

/** Copies the text; where the browser does not let it, selects what is to be copied by hand. */
export function copyButton({ make, window, say }: Page, text: string, source: HTMLElement): HTMLElement {
  /** Long enough to be read. */
  const noteMs = 1500
  const note = (words: string) => {
    button.textContent = words
    say(words)
    window.setTimeout(() => {
      button.textContent = 'Copy'
    }, noteMs)
  }
  const select = () => {
    window.getSelection()?.selectAllChildren(source)
    note('Selected')
  }
  const copy = () => {
    const { clipboard } = window.navigator
    if (clipboard) clipboard.writeText(text).then(() => note('Copied'), select)
    else select()
  }
  const button = make('button', { type: 'button', class: 'copy', click: copy }, 'Copy')
  return button
}
