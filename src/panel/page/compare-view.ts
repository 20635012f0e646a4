// Two requests of one route side by side.
import type { LivePage, LiveView } from './live-page.ts'

export function compareView({ make }: LivePage): LiveView {
  return { element: make('p', { class: 'nothing' }, 'Comparison'), update() {} }
}
