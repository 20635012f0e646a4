// The live console prints one line for each trace that sent a query, and each finding in full the first time it appears.
// After that, the trace's line says what was found again. Hints are folded into one line, and a route under load is one
// line every two seconds. Asked for findings only, it prints just the traces in which one is new, has grown or is on a
// further route. It shares the terminal with the application's log: each block is one write and begins with our name.
import { clearTimeout, setTimeout, type Timer } from '../host/real-time.ts'
import type { Report, RouteSummary, Spread, Suppression } from '../types/report.ts'
import type { ReporterOptions, ReportListener } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { againNote } from './again-note.ts'
import { formatFinding, formatHints, formatRoute, formatSuppressions } from './reporters/console.ts'
import { ShownFindings, type Sighting } from './shown-findings.ts'
import { terminalOf } from './terminal.ts'

interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
  hasColors?(): boolean
}

/** Begins the first line of each block, so that it is told from the application's log, and found in it. */
const NAME = 'pg-loupe'

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

/** The traces of a route in this period that have not been printed. */
interface Sum {
  lines: number
  traces: number
  queries: Spread
  durationMs: number
  databaseMs: number
}

interface ConsoleOptions {
  roundTripMs?: number | undefined
  output?: Output
  /** Findings remembered as shown; one that was forgotten is shown again. */
  remembered?: number
  /** Where the report is kept, for those who want to read the hints. */
  reportFile?: string | undefined
  /** Which traces have a line: those that sent a query, or those that say something new of a finding. */
  level?: 'requests' | 'findings'
  /** The target of links to a line. */
  editor?: string | undefined
}

export function consoleListener({
  roundTripMs,
  output = process.stderr,
  remembered = REMEMBERED,
  reportFile,
  level = 'requests',
  editor,
}: ConsoleOptions = {}): ConsoleListener {
  const shown = new ShownFindings(remembered)
  const sums = new Map<string, Sum>()
  let timer: Timer | undefined
  const shownAs = (): ReporterOptions => ({
    ...terminalOf(output, editor),
    cwd: process.cwd(),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
  })

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
    const options = shownAs()
    const lines = [...sums].flatMap(([name, sum]) =>
      sum.traces > 0 ? formatRoute(summaryOf(name, sum), options, 'as before, on average', NAME) : [],
    )
    sums.clear()
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
  }

  let isFirstHint = true
  /** Said once: the first time there are hints. */
  const nextOfHints = () => {
    if (!isFirstHint) return ''
    isFirstHint = false
    return reportFile
      ? `npx pg-loupe report ${reportFile} shows them in full`
      : 'PG_LOUPE_OUTPUT=json=pg-loupe.json keeps them for npx pg-loupe report pg-loupe.json'
  }

  /** Lines of comments without a reason that were told. */
  const toldComments = new Set<string>()
  /** Wrong comments that are not reported yet. The findings that they were meant to suppress are reported in the meantime. */
  const wrongComments = ({ suppressions }: Report): Suppression[] =>
    suppressions.filter(({ state, at }) => {
      const place = `${at?.file}:${at?.line}`
      if (state !== 'invalid' || toldComments.has(place) || toldComments.size >= remembered) return false
      toldComments.add(place)
      return true
    })

  const hear = (report: Report, trace: Trace) => {
    const [route] = report.routes
    if (!route || (route.queries.max === 0 && report.findings.length === 0)) return
    const sightings = report.findings.map((finding) => shown.see(finding))
    const news = sightings.filter(({ state }) => state === 'new').map(({ finding }) => finding)
    const again = sightings.filter(({ state }) => state !== 'new')
    const comments = wrongComments(report)
    if (level === 'findings' && comments.length === 0 && !sightings.some(isNews)) return
    if (comments.length === 0 && sightings.every(({ state }) => state === 'again')) {
      const sum = sumOf(route.name)
      if (++sum.lines > LINES) {
        add(sum, route.queries.max, route.durationMs.max, route.databaseMs.max)
        return
      }
    }
    const hints = news.filter(({ severity }) => severity === 'info')
    const inFull = news.filter(({ severity }) => severity !== 'info')
    const options = shownAs()
    const lines = [
      formatRoute(route, options, [...failures(trace), againNote(again)].filter(Boolean).join('; '), NAME),
      ...inFull.flatMap((finding) => ['', formatFinding(finding, report, options)]),
      ...(inFull.length > 0 ? [''] : []),
      ...(hints.length > 0 && level === 'requests' ? [formatHints(hints, nextOfHints(), options)] : []),
      ...formatSuppressions({ ...report, suppressed: 0, suppressions: comments }, options),
    ]
    output.write(`${lines.join('\n')}\n`)
  }

  return {
    hear(report, trace) {
      if (trace.kind !== 'test') hear(report, trace)
    },
    count({ name, queryCount, durationMs, countedMs }) {
      if (queryCount > 0 && level === 'requests') add(sumOf(name), queryCount, durationMs, countedMs)
    },
    flush,
  }
}

/** Worth a line where only findings are asked for: hints are none. */
function isNews({ finding, state }: Sighting): boolean {
  return state !== 'again' && finding.severity !== 'info'
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

/** The errors in the request itself. */
function failures({ labels, queries }: Trace): string[] {
  const status = Number(labels?.status)
  const failed = queries.filter(({ error }) => error !== undefined).length
  return [
    ...(status >= 400 ? [`status ${status}`] : []),
    ...(failed > 0 ? [`${failed} failed ${failed === 1 ? 'query' : 'queries'}`] : []),
  ]
}
