// Sentences about everything that was left out of a report, in the same words for all formats.
import type { Cut } from '../../types/report.ts'

export function leftOutText(cut: Cut): string[] {
  const parts = [
    [cut.queries, 'queries were counted but not kept'],
    [cut.counted ?? 0, 'traces were only counted, because they sent what their route always sends'],
    [cut.unsampled ?? 0, 'traces were not examined, because only a sample is'],
    [cut.traces, 'traces were closed early because too many were open'],
    [cut.routes, 'traces are not listed by name, because there were too many names'],
    [cut.findings ?? 0, 'findings were dropped, because there were too many different ones'],
    [cut.statements ?? 0, 'statements were too long to be kept whole'],
    [cut.results ?? 0, 'results were too large to follow all of their rows'],
    [cut.values ?? 0, 'queries had a parameter that was too large to follow'],
    [cut.unrecorded, 'traces are not in the trace file'],
    [
      cut.observations ?? 0,
      'observations were dropped, because there were too many statements to compare across traces',
    ],
    [cut.internalErrors, 'errors inside pg-loupe'],
  ] as const
  return parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}
