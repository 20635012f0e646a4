// Compares the reports with the marks in the sources: each mark must be reported at its line, nothing else may be reported,
// and every other route must be silent. A mark for a detector that does not exist yet is listed as waiting.
import { relative, resolve } from 'node:path'
import type { Finding, Report } from 'pg-loupe'
import { createColors } from 'picocolors'
import type { Mark } from './marks.ts'
import type { Visit } from './visits.ts'

interface MarkVerdict extends Mark {
  state: 'reported' | 'waiting' | 'missing'
  /** The places where the mistake was reported. */
  routes: readonly string[]
}

interface RouteVerdict {
  route: string
  /** True when no trace of the route has been seen. */
  state: 'silent' | 'noisy' | 'not profiled'
  findings: readonly Finding[]
}

export interface Verdict {
  marks: readonly MarkVerdict[]
  quietRoutes: readonly RouteVerdict[]
  /** All other deviations, as sentences. */
  surprises: readonly string[]
  passed: boolean
}

export interface Trial {
  report: Report
  marks: readonly Mark[]
  visits: readonly Visit[]
  /** Ids of the existing detectors. */
  detectors: readonly string[]
}

export function judge({ report, marks, visits, detectors }: Trial): Verdict {
  const markVerdicts = marks.map((mark): MarkVerdict => {
    const routes = report.findings
      .filter((finding) => mistakesOf(finding).some((mistake) => isAt(mark, mistake)))
      .map(({ route }) => route)
    const state = routes.length > 0 ? 'reported' : detectors.includes(mark.detector) ? 'missing' : 'waiting'
    return { ...mark, state, routes: [...new Set(routes)].sort() }
  })

  const quietRoutes = visits
    .filter(({ mistakes }) => mistakes.length === 0)
    .map(({ route }): RouteVerdict => {
      const findings = report.findings.filter((finding) => finding.route === route)
      const seen = report.routes.some(({ name, queries }) => name === route && queries.min > 0)
      return { route, findings, state: findings.length > 0 ? 'noisy' : seen ? 'silent' : 'not profiled' }
    })

  const surprises = [...miscounted({ report, visits, detectors }), ...unmarked(report, marks)]
  if (report.cut.internalErrors > 0)
    surprises.push(`pg-loupe failed inside ${report.cut.internalErrors} times`)
  return {
    marks: markVerdicts,
    quietRoutes,
    surprises,
    passed:
      surprises.length === 0 &&
      markVerdicts.every(({ state }) => state !== 'missing') &&
      quietRoutes.every(({ state }) => state === 'silent'),
  }
}

export function formatVerdict(verdict: Verdict, { color = false, cwd = process.cwd() } = {}): string {
  const paint = createColors(color)
  const { marks, quietRoutes, surprises, passed } = verdict
  const places = marks.map(({ file, line }) => `${relative(cwd, file)}:${line}`)
  const wide = Math.max(
    ...places.map(({ length }) => length),
    ...quietRoutes.map(({ route }) => route.length),
  )

  const lines = [paint.bold('Mistakes marked in the source')]
  for (const [index, { detector, state, routes }] of marks.entries()) {
    const outcome = {
      reported: paint.green('reported') + paint.dim(`  ${detector} on ${routes.join(', ')}`),
      waiting: paint.dim(`waiting for ${detector}`),
      missing: paint.red(`MISSING   ${detector}`),
    }[state]
    lines.push(`  ${(places[index] ?? '').padEnd(wide)}  ${outcome}`)
  }

  lines.push('', paint.bold('Fixed twins and routes without a mistake'))
  for (const { route, state, findings } of quietRoutes) {
    const outcome = {
      silent: paint.green('silent'),
      noisy: paint.red(`NOISY     ${findings.map(({ detector }) => detector).join(', ')}`),
      'not profiled': paint.red('NOT PROFILED'),
    }[state]
    lines.push(`  ${route.padEnd(wide)}  ${outcome}`)
  }

  if (surprises.length > 0) lines.push('', paint.bold('Unexpected'))
  for (const surprise of surprises) lines.push(`  ${paint.red(surprise)}`)

  const count = (state: string) => marks.filter((mark) => mark.state === state).length
  const silent = quietRoutes.filter(({ state }) => state === 'silent').length
  const existing = marks.length - count('waiting')
  const waiting = count('waiting') > 0 ? `; ${count('waiting')} wait for a detector to come` : ''
  const summary = `${count('reported')} of ${existing} mistakes reported at their line, ${silent} of ${quietRoutes.length} other routes silent${waiting}.`
  lines.push('', passed ? paint.green(`Passed: ${summary}`) : paint.red(`Failed: ${summary}`))
  return `${lines.join('\n')}\n`
}

type Mistake = Pick<Finding, 'detector' | 'callSite'>

/** Each statement of a loop is marked where it is sent. */
function mistakesOf(finding: Finding): readonly Mistake[] {
  return finding.statements ?? [finding]
}

function isAt(mark: Mark, { detector, callSite }: Mistake): boolean {
  const [frame] = callSite
  return mark.detector === detector && mark.line === frame?.line && mark.file === resolve(frame.file)
}

/** The mistake was found twice, or two routes share it and only one of them was reported. */
function miscounted({ report, visits, detectors }: Omit<Trial, 'marks'>): string[] {
  return visits.flatMap(({ route, mistakes }) =>
    detectors.flatMap((detector) => {
      const made = mistakes.filter((id) => id === detector).length
      const found = report.findings.filter((finding) => finding.route === route).flatMap(mistakesOf)
      const reported = found.filter((mistake) => mistake.detector === detector).length
      return made === 0 || made === reported
        ? []
        : [`${route} makes ${made} × ${detector}, but ${reported} × was reported`]
    }),
  )
}

function unmarked({ findings }: Report, marks: readonly Mark[]): string[] {
  return findings.flatMap((finding) =>
    mistakesOf(finding)
      .filter((mistake) => !marks.some((mark) => isAt(mark, mistake)))
      .map(({ detector, callSite: [frame] }) => {
        const place = frame ? `${relative(process.cwd(), frame.file)}:${frame.line}` : 'an unknown line'
        return `${finding.route}: ${detector} at ${place}, where no such mistake is marked`
      }),
  )
}
