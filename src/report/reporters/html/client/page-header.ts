// The top of a page: its name, the views, the totals, the search, the keys and the theme.
import type { Child } from './element-maker.ts'
import type { Page } from './page.ts'
import type { PageDialog } from './page-dialog.ts'
import { themeButton } from './theme-button.ts'

export interface HeaderParts {
  /** The version, where it is known. */
  title?: string
  /** The content of each view's link. */
  tabs: readonly (readonly Child[])[]
  totals: string
  /** The name of the search field, for screen readers. */
  searches: string
  /** Called once for keys that are typed within this time. */
  typingMs: number
  typed(words: string): void
  help: PageDialog
}

export function pageHeader(
  page: Pick<Page, 'make' | 'window'>,
  { title, tabs, totals: text, searches, typingMs, typed, help }: HeaderParts,
) {
  const { make, window } = page
  const tabLinks = tabs.map((content) => make('a', { class: 'tab' }, content))
  const totals = make('p', { class: 'totals' }, text)
  const search = make('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Search',
    'aria-label': searches,
    'aria-keyshortcuts': '/',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  let typing: number | undefined
  search.addEventListener('input', () => {
    window.clearTimeout(typing)
    typing = window.setTimeout(() => typed(search.value), typingMs)
  })
  const element = make(
    'header',
    { class: 'top' },
    make('h1', { title }, make('span', { class: 'logo', 'aria-hidden': 'true' }), 'pg-loupe'),
    make('nav', { 'aria-label': 'Views' }, tabLinks),
    totals,
    search,
    make(
      'button',
      { type: 'button', class: 'key-help', 'aria-label': 'Keys', title: 'Keys', click: () => help.open() },
      '?',
    ),
    themeButton(page),
  )
  return {
    element,
    tabLinks,
    totals,
    search,
    /** Marks the shown view, and sets the links of all of them. */
    show(links: readonly string[], current: number, words: string) {
      tabLinks.forEach((link, index) => {
        link.setAttribute('href', links[index] ?? '#')
        if (index === current) link.setAttribute('aria-current', 'page')
        else link.removeAttribute('aria-current')
      })
      if (search.value !== words && window.document.activeElement !== search) search.value = words
    },
  }
}
