// Why a run has no query to report, by what its processes left behind, and what to look at. An empty report that says
// nothing would be taken for a good one.
import type { RunNote } from '../collect/run-notes.ts'
import type { Report } from '../types.ts'

export function whyNothingWasSeen(notes: ReadonlySet<RunNote>, { cut }: Report): string {
  return `no query was seen: ${reason(notes, cut.untraced)}`
}

function reason(notes: ReadonlySet<RunNote>, untraced: number): string {
  if (untraced > 0)
    return `${untraced} were sent outside of any trace, and PG_LOUPE_UNTRACED=0 leaves those out.`
  if (notes.has('pg')) return 'pg was loaded, but nothing was sent through it.'
  if (notes.has('registered'))
    return (
      'Node.js processes ran, but none of them loaded pg. A pg that is bundled into the application has to be profiled ' +
      'by it (profilePool), and so has one that Jest loads (pg-loupe/jest); other drivers are not seen.'
    )
  if (notes.has('off'))
    return 'no process was profiled, because NODE_ENV is production in them (PG_LOUPE_ENABLED=1 profiles them as well) or PG_LOUPE_ENABLED=0.'
  return 'no Node.js process ran, or it was started without the NODE_OPTIONS of its parent.'
}
