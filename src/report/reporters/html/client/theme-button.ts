// A button that switches between the light, the dark and the system's theme.
import { keepSetting, readSetting } from './kept-setting.ts'
import type { Page } from './page.ts'

const NAMES = { '': 'Auto', light: 'Light', dark: 'Dark' }
type Theme = keyof typeof NAMES
const ORDER: readonly Theme[] = ['', 'light', 'dark']

export function themeButton({ make, window }: Pick<Page, 'make' | 'window'>): HTMLElement {
  const root = window.document.documentElement

  const apply = (theme: Theme) => {
    if (theme) root.dataset.theme = theme
    else delete root.dataset.theme
    button.textContent = NAMES[theme]
    button.setAttribute('aria-label', `Theme: ${NAMES[theme]}`)
  }
  const change = () => {
    const next = ORDER[(ORDER.indexOf((root.dataset.theme ?? '') as Theme) + 1) % ORDER.length] ?? ''
    keepSetting(window, 'theme', next)
    apply(next)
  }
  const button = make('button', { type: 'button', class: 'theme', click: change })
  const kept = readSetting(window, 'theme')
  apply(kept in NAMES ? (kept as Theme) : '')
  return button
}
