// The meaning of a filter of requests, for the panel's store and for rows that the page already has.
import type { RequestFilter, RequestRow } from './panel-api.ts'

export function matchesFilter(row: RequestRow, filter: RequestFilter): boolean {
  const { route, hasFindings, hasQueries, process, text, after, before } = filter
  return (
    (route === undefined || row.route === route) &&
    (hasFindings === undefined || row.findings.length > 0 === hasFindings) &&
    (hasQueries === undefined || row.queries > 0 === hasQueries) &&
    (process === undefined || row.process === process) &&
    (after === undefined || row.number > after) &&
    (before === undefined || row.number < before) &&
    (text === undefined || hasWords(row, text))
  )
}

function hasWords({ route, status, aborted, findings }: RequestRow, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const found = findings.map(({ title, detector }) => `${title}\n${detector}`)
  const haystack = [route, status, aborted && 'aborted', ...found].join('\n').toLowerCase()
  return words.every((word) => haystack.includes(word))
}
