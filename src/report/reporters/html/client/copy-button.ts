import type { Page } from './page.ts'

/** Copies the text. Where the browser does not allow it, selects the text so that the reader can copy it. */
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
