// Light, dark, or as the system has it. Remembered where the browser lets a file remember.
import type { Page } from './page.ts'

export function themeButton({ make, window }: Page): HTMLElement {
  const key = 'pg-loupe.theme'
  const names = { '': 'Auto', light: 'Light', dark: 'Dark' }
  type Theme = keyof typeof names
  const root = window.document.documentElement

  const remembered = (): Theme => {
    try {
      const found = window.localStorage.getItem(key) ?? ''
      return found in names ? (found as Theme) : ''
    } catch {
      return ''
    }
  }
  const remember = (theme: Theme) => {
    try {
      window.localStorage.setItem(key, theme)
    } catch {
      // A page without storage forgets; nothing else depends on it.
    }
  }
  const apply = (theme: Theme) => {
    if (theme) root.dataset.theme = theme
    else delete root.dataset.theme
    button.textContent = names[theme]
    button.setAttribute('aria-label', `Theme: ${names[theme]}`)
  }
  const change = () => {
    const order: Theme[] = ['', 'light', 'dark']
    const next = order[(order.indexOf((root.dataset.theme ?? '') as Theme) + 1) % order.length] ?? ''
    remember(next)
    apply(next)
  }
  const button = make('button', { type: 'button', class: 'theme', click: change })
  apply(remembered())
  return button
}
