// A list of any length in which only the visible rows are elements. The keyboard moves through the whole list; each row has
// its position and the total for screen readers.
import type { Page } from './page.ts'

/** The parts of a page that a list needs. */
type Surroundings = Pick<Page, 'make' | 'window'>

export interface VirtualListOptions {
  id: string
  label: string
  rowHeight: number
  /** The content of a row. */
  row(index: number): HTMLElement
  /**
   * Identifies the content of a row. A row that is still there when the list is shown again keeps its element, so that a click
   * or a pointer above it is not interrupted. Without it all rows are made again.
   */
  keyOf?(index: number): string | undefined
  /** Called when the keyboard moves to a row. */
  move(index: number): unknown
  /** Called when a row is clicked or entered. */
  open(index: number): void
}

export interface VirtualList {
  element: HTMLElement
  /** Shows `count` rows again, with the selected one visible; -1 selects none. */
  show(count: number, chosen: number): void
  /** Shows `count` rows again where the reader is, even if the selected one is out of sight. */
  showInPlace(count: number, chosen: number): void
  /** Handles a key of the list, wherever it was pressed. */
  press(event: KeyboardEvent): void
}

export function virtualList({ make, window }: Surroundings, options: VirtualListOptions): VirtualList {
  const { id, label, rowHeight, row, keyOf, move, open } = options
  /** Rows above and below the visible ones, so that scrolling shows no gap before the next frame. */
  const spare = 8
  /** The height that is assumed where there is no layout. */
  const fallbackHeight = 600
  const space = make('div', { class: 'list-space', role: 'presentation' })
  const element = make(
    'div',
    { id, class: 'list', role: 'listbox', tabindex: 0, 'aria-label': label, '--row': `${rowHeight}px` },
    space,
  )
  const rows = new Map<number, HTMLElement>()
  const positions = new WeakMap<HTMLElement, number>()
  const keys = new WeakMap<HTMLElement, string>()
  let count = 0
  let chosen = -1
  /** Whether the selected row stays in sight when the size of the list changes. */
  let followsChosen = true

  const height = () => element.clientHeight || fallbackHeight

  /** The first and the last row that are elements. */
  const visible = (): [first: number, last: number] => [
    Math.max(0, Math.floor(element.scrollTop / rowHeight) - spare),
    Math.min(count, Math.ceil((element.scrollTop + height()) / rowHeight) + spare) - 1,
  ]

  const makeRow = (index: number): HTMLElement => {
    const made = row(index)
    const key = keyOf?.(index)
    if (key !== undefined) keys.set(made, key)
    made.classList.add('list-row')
    made.setAttribute('role', 'option')
    made.addEventListener('click', () => open(positions.get(made) ?? -1))
    return made
  }

  const place = (made: HTMLElement, index: number) => {
    positions.set(made, index)
    rows.set(index, made)
    made.id = `${id}-${index}`
    made.setAttribute('aria-setsize', String(count))
    made.setAttribute('aria-posinset', String(index + 1))
    made.setAttribute('aria-selected', String(index === chosen))
    made.style.setProperty('top', `${index * rowHeight}px`)
  }

  const draw = () => {
    const [first, last] = visible()
    for (const [index, made] of rows) {
      if ((index >= first && index <= last) || index === chosen) continue
      made.remove()
      rows.delete(index)
    }
    let below: HTMLElement | null = null
    const add = (index: number) => {
      const known = rows.get(index)
      const made = known ?? makeRow(index)
      if (!known) place(made, index)
      // Orders the elements as screen readers should read them.
      if (made.parentNode !== space || made.nextSibling !== below) space.insertBefore(made, below)
      below = made
    }
    if (chosen > last && chosen < count) add(chosen)
    for (let index = last; index >= first; index--) add(index)
    if (chosen >= 0 && chosen < first) add(chosen)
  }

  /** Removes all rows except those whose content is shown again, wherever it is then. */
  const renew = (newCount: number, newChosen: number) => {
    const kept = new Map<string, HTMLElement>()
    for (const [index, made] of rows) {
      const key = keys.get(made)
      if (key === undefined) made.remove()
      else kept.set(key, made)
      rows.delete(index)
    }
    count = newCount
    space.style.setProperty('height', `${count * rowHeight}px`)
    if (kept.size > 0) {
      const [first, last] = visible()
      const keep = (index: number) => {
        const key = keyOf?.(index)
        const made = key === undefined ? undefined : kept.get(key)
        if (key === undefined || !made) return
        kept.delete(key)
        place(made, index)
      }
      for (let index = first; index <= last; index++) keep(index)
      if (newChosen >= 0 && newChosen < count) keep(newChosen)
    }
    for (const made of kept.values()) made.remove()
  }

  const reveal = (index: number) => {
    if (index < 0) return
    const top = index * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + height()) element.scrollTop = top + rowHeight - height()
  }

  const choose = (index: number) => {
    rows.get(chosen)?.setAttribute('aria-selected', 'false')
    chosen = index
    draw()
    rows.get(chosen)?.setAttribute('aria-selected', 'true')
    if (chosen >= 0) element.setAttribute('aria-activedescendant', `${id}-${chosen}`)
    else element.removeAttribute('aria-activedescendant')
  }

  const chooseInSight = (index: number) => {
    reveal(index)
    choose(index)
  }

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || count === 0) return
    const page = Math.max(1, Math.floor(height() / rowHeight) - 1)
    const targets: Record<string, number> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      j: chosen + 1,
      k: chosen - 1,
      PageDown: chosen + page,
      PageUp: chosen - page,
      Home: 0,
      End: count - 1,
    }
    const target = targets[event.key]
    if (target !== undefined) {
      event.preventDefault()
      const index = Math.min(count - 1, Math.max(0, target))
      if (index !== chosen) {
        chooseInSight(index)
        move(index)
      }
    } else if ((event.key === 'Enter' || event.key === ' ') && chosen >= 0) {
      event.preventDefault()
      open(chosen)
    }
  }

  element.addEventListener('scroll', draw, { passive: true })
  element.addEventListener('keydown', onKey)
  // The height is known only after the layout, which happens after the list was created and again after it was hidden.
  new window.ResizeObserver(() => {
    if (followsChosen) reveal(chosen)
    draw()
  }).observe(element)

  return {
    element,
    press: onKey,
    show(newCount, newChosen) {
      followsChosen = true
      renew(newCount, newChosen)
      chooseInSight(newChosen < count ? newChosen : -1)
    },
    showInPlace(newCount, newChosen) {
      followsChosen = false
      renew(newCount, newChosen)
      choose(newChosen < count ? newChosen : -1)
    },
  }
}
