// Puts findings together that one change of the source would mend: those of one statement at one line, whichever routes
// lead there, and below the one that explains them those that would be gone with it: a query budget that a loop exceeds,
// and duplicates that a loop sends. Pure, so that page, console and panel group alike.
import { describeDetector } from '../detectors/describe-detector.ts'
import type { DetectorDescription } from '../types/detector.ts'
import type { Finding, Occurrence } from '../types/finding.ts'
import type { CallSite } from '../types/query.ts'
import type { Report } from '../types/report.ts'

export interface FindingGroup<Found> {
  /** The first in the order that was given: the worst. */
  lead: Found
  /** Further findings of the same line and statement. */
  sameLine: readonly Found[]
  /** The findings that fixing these would also remove. */
  explained: readonly Found[]
}

/** The fields of a finding that grouping reads. */
type Groupable = Pick<
  Finding,
  'detector' | 'route' | 'callSite' | 'occurrences' | 'cost' | 'evidence' | 'statements'
>

/** `findings` come worst first, and so do the groups. */
export function groupFindings<Found extends Groupable>(
  findings: readonly Found[],
  report: Pick<Report, 'rules'> = {},
): FindingGroup<Found>[] {
  const explainedBy = findCauses(findings, (id) => describeDetector(report, id))
  const groups = new Map<string, { lead: Found; sameLine: Found[]; explained: Found[] }>()
  const groupOf = (finding: Found, index: number) => {
    const name = placeOf(finding) ?? `${index}`
    const known = groups.get(name)
    if (known) return known
    const made = { lead: finding, sameLine: [], explained: [] }
    groups.set(name, made)
    return made
  }
  findings.forEach((finding, index) => {
    if (explainedBy.has(index)) return
    const group = groupOf(finding, index)
    if (group.lead !== finding) group.sameLine.push(finding)
  })
  for (const [index, cause] of explainedBy) {
    groupOf(findings[cause] as Found, cause).explained.push(findings[index] as Found)
  }
  return [...groups.values()]
}

/** A helper of the application may send many statements from one line: only the same one is the same mistake. */
function placeOf({ callSite: [frame], statements, evidence }: Groupable): string | undefined {
  const text = statements?.[0]?.text ?? evidence[0]?.text
  return frame && text !== undefined ? `${frame.file}:${frame.line}\n${text}` : undefined
}

/** Positions of findings with that of the finding that explains them, which nothing else explains. */
function findCauses(findings: readonly Groupable[], describe: Describe): Map<number, number> {
  const causes = new Map<number, number>()
  for (const onRoute of byRoute(findings)) {
    const roles = new Map(onRoute.map((index) => [index, roleOf(findings[index] as Groupable, describe)]))
    const loops = onRoute.filter((index) => roles.get(index) === 'loop')
    const sendTooMuch = onRoute.filter((index) => SENDS_TOO_MUCH.has(roles.get(index) ?? 'other'))
    for (const [index, role] of roles) {
      const finding = findings[index] as Groupable
      const cause =
        role === 'budget'
          ? causeOfExcess(findings, index, sendTooMuch)
          : role === 'repetition'
            ? loops.find((loop) => sends(findings[loop] as Groupable, finding))
            : undefined
      if (cause !== undefined) causes.set(index, cause)
    }
    // A finding that a loop explains cannot explain others.
    for (const [index, cause] of causes) causes.set(index, causes.get(cause) ?? cause)
  }
  return causes
}

function byRoute(findings: readonly Groupable[]): Iterable<readonly number[]> {
  const routes = new Map<string, number[]>()
  findings.forEach(({ route }, index) => {
    const known = routes.get(route)
    if (known) known.push(index)
    else routes.set(route, [index])
  })
  return routes.values()
}

type Describe = (id: string) => DetectorDescription | undefined

/** Loops explain repetitions, which send more queries than needed, and both explain an exceeded budget. */
type Role = 'loop' | 'repetition' | 'budget' | 'other'

const SENDS_TOO_MUCH: ReadonlySet<Role> = new Set(['loop', 'repetition'])

function roleOf({ detector, cost }: Groupable, describe: Describe): Role {
  const { isLoop, isBudget } = describe(detector) ?? {}
  if (isBudget) return 'budget'
  if (isLoop) return 'loop'
  return cost.queries > 0 ? 'repetition' : 'other'
}

/** Without what the loops and duplicates of the route send too much, it would be within its budget: the largest is named. */
function causeOfExcess(
  findings: readonly Groupable[],
  budget: number,
  sendTooMuch: readonly number[],
): number | undefined {
  const { cost, occurrences } = findings[budget] as Groupable
  const traces = new Set(occurrences.map(({ trace }) => trace))
  const candidates = sendTooMuch.filter((index) =>
    findings[index]?.occurrences.some(({ trace }) => traces.has(trace)),
  )
  const saved = candidates.map((index) => findings[index]?.cost.queries ?? 0)
  if (saved.reduce((sum, queries) => sum + queries, 0) < cost.queries) return undefined
  return candidates[saved.indexOf(Math.max(...saved))]
}

/** Wherever the duplicates were seen, the loop sent them. */
function sends(loop: Groupable, { occurrences, callSite }: Groupable): boolean {
  if (occurrences.length === 0) return false
  const isOnPath = passesThrough(callSite, loop.callSite)
  return occurrences.every((occurrence) =>
    loop.occurrences.some(
      (turns) =>
        turns.trace === occurrence.trace &&
        (isSubset(occurrence, turns) || (isOnPath && isBetween(occurrence, turns))),
    ),
  )
}

function passesThrough(callSite: CallSite, [loop]: CallSite): boolean {
  if (!loop) return false
  return callSite.some(({ file, line, function: name }) => {
    return file === loop.file && line === loop.line && name === loop.function
  })
}

function isSubset({ queries }: Occurrence, turns: Occurrence): boolean {
  const sent = new Set(turns.queries)
  return queries.length > 0 && queries.every((query) => sent.has(query))
}

function isBetween({ queries }: Occurrence, turns: Occurrence): boolean {
  const [first, last] = [turns.queries[0], turns.queries.at(-1)]
  if (first === undefined || last === undefined || queries.length === 0) return false
  return queries.every((query) => query >= first && query <= last)
}
