// The routes with their statistics since the panel started.
import type { LivePage, LiveView } from './live-page.ts'

export function liveRoutesView({ make }: LivePage): LiveView {
  return { element: make('p', { class: 'nothing' }, 'Routes'), update() {} }
}
