/// <reference lib="dom" />
// A small box in a corner of the application's page. It shows how many queries and findings this page load and its later requests
// had, and a list with a link to each of them in the panel. It is in a shadow root, so that neither page nor badge changes the
// other's style.
import { elementMaker } from '../../../report/reporters/html/client/element-maker.ts'
import { plural } from '../../../report/reporters/html/client/number-text.ts'
import type { BadgeCounts } from '../answer-badge.ts'
import { askPanel } from './ask-panel.ts'
import { readTraces, type TracedRequest } from './read-traces.ts'
import { style } from './style.ts'

const ELEMENT = 'pg-loupe-badge'
/** Set in the session storage of the tab when the badge was closed. */
const CLOSED = 'pg-loupe.badge-closed'
/** The oldest requests leave the list. */
const MOST_REQUESTS = 100

interface Shown {
  item: HTMLLIElement
  counts: HTMLElement
  known?: BadgeCounts
}

export function startBadge(window: Window & typeof globalThis): void {
  const { document } = window
  const address = panelAddress(document)
  if (window.top !== window || document.querySelector(ELEMENT) || isClosed(window)) return

  const make = elementMaker(document)
  const shown = new Map<string, Shown>()

  const list = make('ul', { id: 'requests', 'aria-label': 'Requests of this page' })
  const hint = make(
    'p',
    { hidden: true, class: 'quiet' },
    `The panel at ${address} does not answer this page. It may have stopped, or it does not know this origin: `,
    `start it with --badge-origin ${window.location.origin}`,
  )
  const details = make('div', { hidden: true }, hint, list)
  const toggle = () => {
    details.hidden = !details.hidden
    total.setAttribute('aria-expanded', String(!details.hidden))
    if (!details.hidden) list.lastElementChild?.scrollIntoView({ block: 'nearest' })
  }
  const close = () => {
    host.remove()
    keepClosed(window)
  }
  const total = make('button', {
    type: 'button',
    class: 'total',
    'aria-expanded': 'false',
    'aria-controls': 'requests',
    click: toggle,
  })
  const bar = make(
    'div',
    { class: 'bar' },
    total,
    make(
      'button',
      { type: 'button', title: 'Close in this tab', 'aria-label': 'Close pg-loupe', click: close },
      '×',
    ),
  )
  const box = make('section', { 'aria-label': 'pg-loupe' }, details, bar)
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || details.hidden) return
    toggle()
    total.focus()
  })

  const host = document.createElement(ELEMENT)
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new window.CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  root.append(box)

  const drawTotal = () => {
    const known = [...shown.values()].flatMap((one) => one.known ?? [])
    const isComplete = known.length === shown.size
    total.replaceChildren(
      ...countsText({
        queries: known.reduce((sum, { queries }) => sum + queries, 0),
        findings: known.reduce((sum, { findings }) => sum + findings, 0),
      }),
      isComplete || !hint.hidden ? '' : ' …',
    )
  }

  /** A count is a new element and not a changed text, because only findings are coloured. */
  const countsText = ({ queries, findings }: BadgeCounts) => [
    `${plural(queries, 'query', 'queries')}, `,
    make(
      'span',
      { class: findings > 0 ? 'found' : 'quiet' },
      findings > 0 ? plural(findings, 'finding', 'findings') : 'no findings',
    ),
  ]

  const ask = askPanel(window, address, {
    onAnswer(counts) {
      hint.hidden = true
      for (const [id, known] of Object.entries(counts)) {
        const one = shown.get(id)
        if (!one) continue
        one.known = known
        one.item.hidden = known.queries === 0
        one.counts.replaceChildren(...countsText(known))
      }
      drawTotal()
    },
    onUnknown(ids) {
      for (const id of ids) forget(id)
      drawTotal()
    },
    onRefused() {
      hint.hidden = false
      total.replaceChildren('pg-loupe: no answer')
    },
  })

  const show = (request: TracedRequest) => {
    if (shown.has(request.id)) return
    const counts = make('span', { class: 'counts' }, '…')
    const item = make(
      'li',
      // A response without queries has an id too. It is shown when its counts are known, if there are any.
      { hidden: true },
      make(
        'a',
        { href: `${address}/#request=${request.id}`, target: '_blank', rel: 'noopener noreferrer' },
        make('span', { class: 'path' }, request.isPageLoad ? `${request.path} (this page)` : request.path),
        counts,
      ),
    )
    shown.set(request.id, { item, counts })
    list.append(item)
    const [oldest] = shown
    if (oldest && shown.size > MOST_REQUESTS) forget(oldest[0])
    ask(request.id)
  }

  const forget = (id: string) => {
    shown.get(id)?.item.remove()
    shown.delete(id)
  }

  // A framework that hydrates or replaces the body would remove the badge from it. While the page is still parsed, the badge would
  // come before the body, and the Tab key would reach it first.
  const attach = () => {
    if (document.readyState === 'loading')
      document.addEventListener('DOMContentLoaded', attach, { once: true })
    else if (!host.isConnected && !isClosed(window)) document.documentElement.append(host)
  }

  readTraces(window, (requests) => {
    requests.forEach(show)
    drawTotal()
    attach()
  })
}

/** The origin that served the script, so that the page names the panel's port once. */
function panelAddress(document: Document): string {
  const script =
    document.currentScript ?? document.querySelector<HTMLScriptElement>('script[src$="/badge.js"]')
  if (!(script instanceof HTMLScriptElement) || !script.src)
    throw new Error('The address of badge.js is unknown.')
  return new URL(script.src).origin
}

function isClosed({ sessionStorage }: Window): boolean {
  try {
    return sessionStorage.getItem(CLOSED) !== null
  } catch {
    return false
  }
}

function keepClosed(window: Window): void {
  try {
    window.sessionStorage.setItem(CLOSED, '1')
  } catch {
    // Without storage the badge is back after a reload.
  }
}
