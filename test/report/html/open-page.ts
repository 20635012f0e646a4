// Opens a page as a browser does: the text is parsed, and its script runs in its own window. There is no layout here, so the
// page uses its fallback for the height of a list.
import { Window } from 'happy-dom'
import type { TestContext } from 'vitest'
import { htmlReporter } from '../../../src/report/reporters/html.ts'
import type { Report } from '../../../src/types/report.ts'
import type { ReporterOptions } from '../../../src/types/reporter.ts'

/** Longer than the page waits for the next typed key. */
const TYPING_MS = 150

export interface OpenedPage {
  window: Window
  /** The text of the first matching element. */
  text(selector: string): string
  texts(selector: string): string[]
  find(selector: string): HTMLElement
  all(selector: string): HTMLElement[]
  /** Clicks the first matching element that contains the words. */
  click(selector: string, words?: string): void
  press(selector: string, key: string): void
  search(words: string): Promise<void>
  choose(label: string, value: string): void
  /** Follows an address, as when a link is opened. */
  goTo(hash: string): Promise<void>
  errors: unknown[]
}

export async function openPage(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  report: Report,
  { hash = '', ...options }: ReporterOptions & { hash?: string } = {},
): Promise<OpenedPage> {
  const window = new Window({
    url: `http://localhost/report.html${hash}`,
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  })
  onTestFinished(() => window.happyDOM.close())
  const errors: unknown[] = []
  window.addEventListener('error', (event) => errors.push((event as unknown as { error: unknown }).error))
  const { document } = window
  document.write(htmlReporter.render(report, options))
  await window.happyDOM.waitUntilComplete()
  const all = (selector: string) => [...document.querySelectorAll(selector)] as unknown as HTMLElement[]
  const find = (selector: string, words = '') => {
    const found = all(selector).find((element) => element.textContent?.includes(words))
    if (!found) throw new Error(`the page has no ${selector} ${words}: ${document.body.textContent}`)
    return found
  }
  const settle = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))
  return {
    window,
    errors,
    all,
    find,
    text: (selector) => find(selector).textContent ?? '',
    texts: (selector) => all(selector).map((element) => element.textContent ?? ''),
    click: (selector, words) => find(selector, words).click(),
    press(selector, key) {
      const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
      find(selector).dispatchEvent(event as unknown as Event)
    },
    async search(words) {
      const input = find('#search') as HTMLInputElement
      input.value = words
      input.dispatchEvent(new window.Event('input', { bubbles: true }) as unknown as Event)
      await settle(TYPING_MS)
    },
    choose(label, value) {
      const select = find(`select[aria-label='${label}']`) as HTMLSelectElement
      select.value = value
      select.dispatchEvent(new window.Event('change', { bubbles: true }) as unknown as Event)
    },
    async goTo(next) {
      window.location.hash = next
      await settle()
    },
  }
}
