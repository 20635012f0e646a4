// A list of any length of which only the rows in sight are elements. The keyboard moves through all of it; every row says
// which of how many it is.
import type { Page } from './page.ts'

export interface VirtualListOptions {
  id: string
  label: string
  rowHeight: number
  /** What stands in the row. */
  row(index: number): HTMLElement
  /** The keyboard has moved to the row. */
  move(index: number): unknown
  /** The row was clicked, or entered. */
  open(index: number): void
}

export interface VirtualList {
  element: HTMLElement
  /** Shows so many rows anew, with the chosen one in sight; -1 is none. */
  show(count: number, chosen: number): void
  /** Does what the key means to a list, wherever it was pressed. */
  press(event: KeyboardEvent): void
}

export function virtualList({ make, window }: Page, options: VirtualListOptions): VirtualList {
  const { id, label, rowHeight, row, move, open } = options
  /** Rows above and below those in sight, so that scrolling shows no gap before the next frame. */
  const spare = 8
  /** Where nothing is laid out. */
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
      // In the order in which they are read out.
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
  // Heights are known when the list is laid out, which is after it was made, and again after it was away.
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
