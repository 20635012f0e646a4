// The live console: a line per trace, and each finding in full the first time it is seen and again when it has grown;
// in between it is counted. A page that is reloaded fifty times must not print its N+1 fifty times.
import type { Finding, ReportListener } from '../types.ts'
import { formatFinding, formatRoute } from './reporters/console.ts'

interface Output {
  write(text: string): unknown
  hasColors?(): boolean
}

/** Findings remembered as shown; the oldest is shown once more when there are more. */
const REMEMBERED = 2000

export function consoleListener(
  roundTripMs?: number,
  output: Output = process.stderr,
  remembered = REMEMBERED,
): ReportListener {
  const shown = new Map<string, { queries: number; times: number }>()
  const options = {
    color: output.hasColors?.() ?? false,
    cwd: process.cwd(),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
  }

  const isNews = ({ key, cost }: Finding): boolean => {
    const before = shown.get(key)
    const grown = !before || cost.queries > before.queries
    shown.delete(key)
    shown.set(key, {
      queries: Math.max(cost.queries, before?.queries ?? 0),
      times: (before?.times ?? 0) + 1,
    })
    if (shown.size > remembered) shown.delete(shown.keys().next().value as string)
    return grown
  }

  return (report, trace) => {
    if (trace.kind === 'test') return
    const news = report.findings.filter(isNews)
    const known = report.findings.filter((finding) => !news.includes(finding))
    const times = Math.max(...known.map(({ key }) => shown.get(key)?.times ?? 1))
    const which = known.length === 1 ? 'the finding above' : `${known.length} findings above`
    const note = known.length > 0 ? `${which}, for the ${ordinal(times)} time` : ''
    const lines = [
      ...report.routes.map((route) => formatRoute(route, options, note)),
      ...news.flatMap((finding) => ['', formatFinding(finding, report, options)]),
      ...(news.length > 0 ? [''] : []),
    ]
    output.write(`${lines.join('\n')}\n`)
  }
}

function ordinal(count: number): string {
  const suffix = { one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' }
  return `${count}${suffix[ORDINALS.select(count)]}`
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })
