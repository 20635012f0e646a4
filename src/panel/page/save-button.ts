// A button that saves a text as a file. The text is made when it is asked for.
import type { LivePage } from './live-page.ts'

interface SavedFile {
  name: string
  type: string
  text: string
}

export function saveButton(page: LivePage, words: string, makeFile: () => Promise<SavedFile>): HTMLElement {
  const { make, window } = page
  /** Browsers read the file after the click. */
  const readMs = 60_000
  const save = async () => {
    const { name, type, text } = await makeFile()
    const url = window.URL.createObjectURL(new window.Blob([text], { type }))
    make('a', { href: url, download: name }).click()
    window.setTimeout(() => window.URL.revokeObjectURL(url), readMs)
    page.say(`Saved ${name}`)
  }
  const button = make(
    'button',
    {
      type: 'button',
      class: 'copy save',
      click: () => {
        button.disabled = true
        save()
          .catch(page.fail)
          .finally(() => {
            button.disabled = false
          })
      },
    },
    words,
  )
  return button
}
