// The live console: a line per trace, and each finding in full the first time it is seen and again when it has grown;
// in between it is counted. A page that is reloaded fifty times must not print its N+1 fifty times, and a route under load
// is a line now and then.

import { clearTimeout, setTimeout, type Timer } from '../real-time.ts'
import type { Finding, Report, ReportListener, RouteSummary, Spread } from '../types.ts'
import { formatFinding, formatRoute } from './reporters/console.ts'
import { wantsColor } from './wants-color.ts'

interface Output {
  write(text: string): unknown
  hasColors?(): boolean
}

/** Findings remembered as shown; the oldest is shown once more when there are more. */
const REMEMBERED = 2000

/** Lines about one route that say nothing new, within so many milliseconds; those after them become one. */
const LINES = 5
const PERIOD_MS = 2000

/** A trace that was only counted. */
interface CountedTrace {
  readonly name: string
  readonly queryCount: number
  readonly durationMs: number
  /** In which a query was under way. */
  readonly countedMs: number
}

export interface ConsoleListener {
  hear: ReportListener
  count(trace: CountedTrace): void
  /** Prints what has been summed up so far. */
  flush(): void
}

/** What a route did in this period, as far as it was not printed. */
interface Sum {
  lines: number
  traces: number
  queries: Spread
  durationMs: number
  databaseMs: number
}

export function consoleListener(
  roundTripMs?: number,
  output: Output = process.stderr,
  remembered = REMEMBERED,
): ConsoleListener {
  const shown = new Map<string, { queries: number; times: number }>()
  const sums = new Map<string, Sum>()
  let timer: Timer | undefined
  const options = {
    color: wantsColor(output),
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

  const sumOf = (name: string): Sum => {
    let sum = sums.get(name)
    if (!sum) {
      timer ??= setTimeout(flush, PERIOD_MS).unref()
      sum = {
        lines: 0,
        traces: 0,
        queries: { min: Infinity, median: 0, max: 0 },
        durationMs: 0,
        databaseMs: 0,
      }
      sums.set(name, sum)
    }
    return sum
  }
  const add = (sum: Sum, queries: number, durationMs: number, databaseMs: number) => {
    sum.traces++
    if (queries < sum.queries.min) sum.queries.min = queries
    if (queries > sum.queries.max) sum.queries.max = queries
    sum.durationMs += durationMs
    sum.databaseMs += databaseMs
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const lines = [...sums].flatMap(([name, sum]) =>
      sum.traces > 0 ? formatRoute(summaryOf(name, sum), options, 'as before, on average') : [],
    )
    sums.clear()
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
  }

  const hear = (report: Report) => {
    const news = report.findings.filter(isNews)
    const [route] = report.routes
    if (news.length === 0 && route) {
      const sum = sumOf(route.name)
      if (++sum.lines > LINES) {
        add(sum, route.queries.max, route.durationMs.max, route.databaseMs.max)
        return
      }
    }
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

  return {
    hear(report, trace) {
      if (trace.kind !== 'test') hear(report)
    },
    count({ name, queryCount, durationMs, countedMs }) {
      add(sumOf(name), queryCount, durationMs, countedMs)
    },
    flush,
  }
}

function summaryOf(name: string, { traces, queries, durationMs, databaseMs }: Sum): RouteSummary {
  return {
    name,
    traces,
    queries,
    durationMs: average(durationMs / traces),
    databaseMs: average(databaseMs / traces),
  }
}

function average(value: number): Spread {
  return { min: value, median: value, max: value }
}

function ordinal(count: number): string {
  const suffix = { one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' }
  return `${count}${suffix[ORDINALS.select(count)]}`
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })
