// A dialog over the page. The browser keeps the focus in it, closes it with Esc, and restores the focus.
import type { Child, Make } from './element-maker.ts'

export interface PageDialog {
  element: HTMLDialogElement
  open(): void
  close(): void
}

/** `content` is called each time the dialog opens. */
export function dialogOf(make: Make, title: string, content: () => readonly Child[]): PageDialog {
  const body = make('div')
  const close = () => element.close()
  const element: HTMLDialogElement = make(
    'dialog',
    {
      class: 'dialog',
      'aria-label': title,
      // A click that reaches the dialog element itself was outside of its contents.
      click: (event) => event.target === element && close(),
    },
    make(
      'div',
      { class: 'dialog-content' },
      make(
        'header',
        null,
        make('h2', null, title),
        make('button', { type: 'button', class: 'clear', click: close }, 'Close'),
      ),
      body,
    ),
  )
  return {
    element,
    open() {
      body.replaceChildren(...(content().filter(Boolean) as Node[]))
      if (!element.open) element.showModal()
    },
    close,
  }
}
