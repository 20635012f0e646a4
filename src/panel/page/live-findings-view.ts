// The findings so far, worst first, with their states.
import type { LivePage, LiveView } from './live-page.ts'

export function liveFindingsView({ make }: LivePage): LiveView {
  return { element: make('p', { class: 'nothing' }, 'Findings'), update() {} }
}
