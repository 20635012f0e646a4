// A list of any length in which only the visible rows are elements. The keyboard moves through the whole list; each row has
// its position and the total for screen readers.
import type { Page } from './page.ts'

export interface VirtualListOptions {
  id: string
  label: string
  rowHeight: number
  /** The content of a row. */
  row(index: number): HTMLElement
  /** Called when the keyboard moves to a row. */
  move(index: number): unknown
  /** Called when a row is clicked or entered. */
  open(index: number): void
}

export interface VirtualList {
  element: HTMLElement
  /** Shows `count` rows again, with the selected one visible; -1 selects none. */
  show(count: number, chosen: number): void
  /** Handles a key of the list, wherever it was pressed. */
  press(event: KeyboardEvent): void
}

export function virtualList({ make, window }: Page, options: VirtualListOptions): VirtualList {
  const { id, label, rowHeight, row, move, open } = options
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
  let count = 0
  let chosen = -1

  const height = () => element.clientHeight || fallbackHeight

  const makeRow = (index: number): HTMLElement => {
    const made = row(index)
    made.id = `${id}-${index}`
    made.classList.add('list-row')
    made.setAttribute('role', 'option')
    made.setAttribute('aria-setsize', String(count))
    made.setAttribute('aria-posinset', String(index + 1))
    made.setAttribute('aria-selected', String(index === chosen))
    made.style.setProperty('top', `${index * rowHeight}px`)
    made.addEventListener('click', () => open(index))
    return made
  }

  const draw = () => {
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - spare)
    const last = Math.min(count, Math.ceil((element.scrollTop + height()) / rowHeight) + spare) - 1
    for (const [index, made] of rows) {
      if ((index >= first && index <= last) || index === chosen) continue
      made.remove()
      rows.delete(index)
    }
    const add = (index: number) => {
      if (rows.has(index)) return
      const made = makeRow(index)
      const next = [...rows.keys()].filter((other) => other > index).sort((a, b) => a - b)[0]
      rows.set(index, made)
      // Orders the elements as screen readers should read them.
      space.insertBefore(made, (next !== undefined && rows.get(next)) || null)
    }
    for (let index = first; index <= last; index++) add(index)
    if (chosen >= 0 && chosen < count) add(chosen)
  }

  const reveal = () => {
    if (chosen < 0) return
    const top = chosen * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + height()) element.scrollTop = top + rowHeight - height()
  }

  const choose = (index: number) => {
    rows.get(chosen)?.setAttribute('aria-selected', 'false')
    chosen = index
    reveal()
    draw()
    rows.get(chosen)?.setAttribute('aria-selected', 'true')
    if (chosen >= 0) element.setAttribute('aria-activedescendant', `${id}-${chosen}`)
    else element.removeAttribute('aria-activedescendant')
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
        choose(index)
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
    reveal()
    draw()
  }).observe(element)

  return {
    element,
    press: onKey,
    show(newCount, newChosen) {
      for (const made of rows.values()) made.remove()
      rows.clear()
      count = newCount
      space.style.setProperty('height', `${count * rowHeight}px`)
      choose(newChosen < count ? newChosen : -1)
    },
  }
}
