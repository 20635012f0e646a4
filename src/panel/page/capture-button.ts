// A button that asks the processes to capture the next requests of a route in full, even if they send what they always send.
import { plural } from '../../report/reporters/html/client/number-text.ts'
import type { LivePage } from './live-page.ts'

/** Enough for some clicks. */
const CAPTURED_TRACES = 5

export function captureButton(page: LivePage, route: string): HTMLElement {
  const { make, api } = page
  const next = `the next ${plural(CAPTURED_TRACES, 'request', 'requests')} of this route`
  const capture = () => {
    api
      .capture(route, CAPTURED_TRACES)
      .then(() => page.notify(`Captures ${next} in full: ${route}`), page.fail)
  }
  return make('button', { type: 'button', class: 'action', click: capture }, `Capture ${next} in full`)
}
