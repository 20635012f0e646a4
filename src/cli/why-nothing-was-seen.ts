// Why a run has no query to report, by what its processes left behind, and what to look at. An empty report that says
// nothing would be taken for a good one.
import type { RunNote } from '../collect/run-notes.ts'
import type { Report } from '../types/report.ts'

/** `lost`: queries that were seen, and are in no trace that was written. */
export function whyNothingWasSeen(notes: ReadonlySet<RunNote>, { cut }: Report, lost: number): string {
  if (lost > 0) return `the queries are unknown. ${whatWasLost(lost)}`
  return `no query was seen: ${reason(notes, cut.untraced)}`
}

export function whatWasLost(lost: number): string {
  const queries = lost === 1 ? '1 query was seen that is' : `${lost} queries were seen that are`
  return (
    `${queries} in no trace: a process was killed or a worker thread terminated before the trace had closed, which it ` +
    'does 50 ms after its end, or it is running still. A process that exits by itself or by SIGTERM loses nothing.'
  )
}

function reason(notes: ReadonlySet<RunNote>, untraced: number): string {
  if (untraced > 0)
    return `${untraced} were sent outside of any trace, and PG_LOUPE_UNTRACED=0 leaves those out.`
  if (notes.has('pg')) return 'pg or postgres.js was loaded, but nothing was sent through it.'
  if (notes.has('unseen'))
    return (
      'a connection to PostgreSQL was opened, but not by a pg that can be found. Keep pg out of the bundle ' +
      '(esbuild: --external:pg), or call profilePool(pool) inside it; other drivers are not seen.'
    )
  if (notes.has('registered'))
    return (
      'Node.js processes ran, but none of them loaded pg or postgres.js. A pg that is bundled into the application has to be profiled ' +
      'by it (profilePool), and so has one that Jest loads (pg-loupe/jest); other drivers are not seen.'
    )
  if (notes.has('off'))
    return 'no process was profiled, because NODE_ENV is production in them (PG_LOUPE_ENABLED=1 profiles them as well) or PG_LOUPE_ENABLED=0.'
  return 'no Node.js process ran, or it was started without the NODE_OPTIONS of its parent.'
}
