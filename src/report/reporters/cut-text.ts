// Sentences about everything that was left out of a report, in the same words for all formats.
import type { Cut } from '../../types/report.ts'

export function cutText(cut: Cut): string[] {
  const parts = [
    [cut.queries, 'queries were counted but not kept'],
    [cut.counted ?? 0, 'traces were only counted, because they sent what is known of their route'],
    [cut.unsampled ?? 0, 'traces were not looked at, because only a sample is'],
    [cut.traces, 'traces were closed early because too many were open'],
    [cut.routes, 'traces had one name too many to be listed'],
    [cut.findings ?? 0, 'findings were of keys too many to be kept'],
    [cut.statements ?? 0, 'statements were too long to be kept whole'],
    [cut.results ?? 0, 'results were too large for all of their rows to be followed'],
    [cut.values ?? 0, 'queries had a parameter too large to be followed'],
    [cut.unrecorded, 'traces are not in the trace file'],
    [cut.observations ?? 0, 'observations were of statements too many to be compared over several traces'],
    [cut.internalErrors, 'errors inside pg-loupe'],
  ] as const
  return parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}
