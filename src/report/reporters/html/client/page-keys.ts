// The keys of a page. They work everywhere, except in a field and while a dialog is open.
import type { View } from './page.ts'
import type { PageDialog } from './page-dialog.ts'

/** Keys that move through a list. Elsewhere they scroll the focused element. */
const ARROWS: ReadonlySet<string> = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'])

export interface KeyedParts {
  search: HTMLInputElement
  content: HTMLElement
  /** The views, from left to right. */
  tabs: readonly HTMLElement[]
  help: PageDialog
  /** The list that `j` and `k` move through. */
  list(): View['list']
  /** Goes one step back. Returns whether there was one. */
  stepBack(): boolean
  clearSearch(): void
  /** Further keys of the page. */
  further?: Readonly<Record<string, () => void>>
}

export function pageKeys(document: Document, parts: KeyedParts): (event: KeyboardEvent) => void {
  const { search, content, tabs, help, further = {} } = parts

  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault()
      content.querySelector<HTMLElement>('.list, .table-scroll')?.focus()
    } else if (event.key === 'Escape') {
      search.value = ''
      search.blur()
      parts.clearSearch()
    }
  }

  const onPageKey = (event: KeyboardEvent, target: Element | null) => {
    const { key } = event
    const tab = /^[1-9]$/.test(key) ? tabs[Number(key) - 1] : undefined
    if (key === '/') {
      event.preventDefault()
      search.focus()
      search.select()
    } else if (key === '?') help.open()
    else if (key === 'Escape') {
      if (parts.stepBack()) event.preventDefault()
    } else if (key === 'o') content.querySelector<HTMLElement>('.detail .open')?.click()
    else if (tab) tab.click()
    // Arrow keys scroll the focused element. Without a focus they move through the list, as `j` and `k` always do.
    else if (key === 'j' || key === 'k' || (ARROWS.has(key) && (target === document.body || !target)))
      parts.list()?.press(event)
    else if (Object.hasOwn(further, key)) further[key]?.()
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    // An open dialog receives all keys.
    if (document.querySelector('dialog[open]')) return
    const target = event.target as Element | null
    if (target === search) onSearchKey(event)
    else if (!target?.matches?.('input, select, textarea')) onPageKey(event, target)
  }
}
