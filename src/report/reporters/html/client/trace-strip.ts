// A trace as a thin strip that shows when its queries ran, and which of them a finding marks.
import type { PageTrace } from '../page-trace.ts'
import type { Mark, Page } from './page.ts'

export function traceStrip({ window }: Page, trace: PageTrace, marks: readonly Mark[]): SVGElement {
  /** Number of steps. A strip is a few hundred pixels wide, so more steps would not be visible. */
  const steps = 240
  const namespace = 'http://www.w3.org/2000/svg'
  const kinds = new Uint8Array(steps)
  const names = ['', 'strip-query', 'strip-info', 'strip-warning', 'strip-error']
  const levels = { info: 2, warning: 3, error: 4 }

  const marked = new Map<number, number>()
  for (const { finding, queries } of marks) {
    for (const query of queries) marked.set(query, Math.max(marked.get(query) ?? 0, levels[finding.severity]))
  }
  trace.queries.forEach(({ startMs, waitMs, durationMs }, index) => {
    const at = (ms: number) => Math.min(steps - 1, Math.floor((ms / (trace.durationMs || 1)) * steps))
    const from = at(startMs + waitMs)
    kinds.fill(
      Math.max(marked.get(index) ?? 1, kinds[from] ?? 0),
      from,
      at(startMs + waitMs + durationMs) + 1,
    )
  })

  const strip = window.document.createElementNS(namespace, 'svg')
  strip.setAttribute('class', 'strip')
  strip.setAttribute('viewBox', `0 0 ${steps} 1`)
  strip.setAttribute('preserveAspectRatio', 'none')
  strip.setAttribute('aria-hidden', 'true')
  for (let from = 0; from < steps; ) {
    const kind = kinds[from] ?? 0
    let to = from + 1
    while (to < steps && kinds[to] === kind) to++
    if (kind > 0) {
      const run = window.document.createElementNS(namespace, 'rect')
      const size = { x: from, y: 0, width: to - from, height: 1, class: names[kind] ?? '' }
      for (const [name, value] of Object.entries(size)) run.setAttribute(name, String(value))
      strip.append(run)
    }
    from = to
  }
  return strip
}
