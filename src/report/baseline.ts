// Findings that are accepted for now, each with a budget: the number of queries of its worst occurrence, which may only
// shrink. A finding is known again by its key, which holds no line; where a function has got another name, or two loops
// of one function have changed places, by what else the key says. A loop is known by its function, whatever it sends, and
// by any statement that it still sends.

import * as v from 'valibot'
import { describeDetector } from '../detectors/describe-detector.ts'
import { withoutNumber } from '../detectors/identify.ts'
import { queriesOfWorst } from '../detectors/occurrence.ts'
import { compareText } from '../text/compare-text.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'

export interface BaselineEntry {
  key: string
  /** For people: they are part of the key. */
  detector: string
  route: string
  /** File and function; the line would only make noise. */
  at?: string | undefined
  /** The budget. */
  queries: number
  /** For a loop: the fingerprints of its statements. */
  statements?: readonly string[] | undefined
}

export interface Baseline {
  v: 2
  findings: readonly BaselineEntry[]
}

/** A finding with the entry that accepts it, or would if its budget were larger. */
export interface Accepted {
  finding: Finding
  entry: BaselineEntry
  queries: number
}

/** The comparison of a report with a baseline. Each finding and each entry is in exactly one place. */
interface ComparedWithBaseline {
  /** Within their budget. */
  accepted: readonly Accepted[]
  /** Beyond it. */
  grown: readonly Accepted[]
  /** In no entry. */
  added: readonly Finding[]
  /** Not found any more, though their route was seen. */
  fixed: readonly BaselineEntry[]
  /** Not found, and nothing can be said: their route was not seen. */
  unseen: readonly BaselineEntry[]
}

/** The parts of a report that are compared with a baseline. */
export type ComparableReport = Pick<Report, 'findings' | 'routes' | 'rules'>

/**
 * The findings that a baseline accepts and that fail a build. The same code always has the same ones: findings that depend
 * on measured times are left out.
 */
export function judgedFindings(report: Pick<Report, 'findings' | 'rules'>): readonly Finding[] {
  return report.findings.filter(({ detector }) => !describeDetector(report, detector)?.isMeasured)
}

export function baselineOf(report: Pick<Report, 'findings' | 'rules'>): Baseline {
  return sorted(judgedFindings(report).map(entryOf))
}

export function entryOf(finding: Finding): BaselineEntry {
  const { key, detector, route, callSite, statements } = finding
  const [place] = callSite
  const at = place && [place.file, place.function].filter(Boolean).join(' ')
  return {
    key,
    detector,
    route,
    ...(at ? { at } : {}),
    queries: queriesOfWorst(finding),
    ...(statements ? { statements: fingerprintsOf(finding) } : {}),
  }
}

function fingerprintsOf({ statements = [] }: Finding): string[] {
  return [...new Set(statements.map(({ fingerprint }) => fingerprint))].sort()
}

/** In one order, so that a change of one finding is a change of one place in the file. */
export function sorted(findings: readonly BaselineEntry[]): Baseline {
  return { v: 2, findings: findings.toSorted((a, b) => compareText(a.key, b.key)) }
}

/** `detectors` are those that were on, when they are known. Entries of other detectors are not judged. */
export function compareWithBaseline(
  report: ComparableReport,
  baseline: Baseline,
  detectors?: readonly string[],
): ComparedWithBaseline {
  const findings = judgedFindings(report)
  const left = new Set(baseline.findings)
  const pairs: Accepted[] = []
  const unmatched = matchGroups(
    matchGroups(findings, left, ({ key }) => withoutNumber(key), sharesStatement, pairs),
    left,
    ({ key }) => withoutNumber(key),
    isNamedLoop,
    pairs,
  )
  // A function has another name when neither the old nor the new one has anything else to do with it.
  const known = new Set(baseline.findings.map(({ key }) => withoutNumber(key)))
  const still = new Set(findings.map(({ key }) => withoutNumber(key)))
  const gone = new Set([...left].filter(({ key }) => !still.has(withoutNumber(key))))
  const strangers = unmatched.filter(({ key }) => !known.has(withoutNumber(key)))
  const added = new Set([
    ...unmatched.filter((finding) => known.has(withoutNumber(finding.key))),
    ...matchGroups(strangers, gone, withoutFunction, sharesStatement, pairs),
  ])
  const matched = new Set(pairs.map(({ entry }) => entry))
  const rest = baseline.findings.filter((entry) => !matched.has(entry))
  const routes = new Set(report.routes.map(({ name }) => name))
  const wasSeen = ({ route, detector }: BaselineEntry) =>
    routes.has(route) && (detectors?.includes(detector) ?? true)
  return {
    accepted: pairs.filter(({ entry, queries }) => queries <= entry.queries),
    grown: pairs.filter(({ entry, queries }) => queries > entry.queries),
    added: findings.filter((finding) => added.has(finding)),
    fixed: rest.filter(wasSeen),
    unseen: rest.filter((entry) => !wasSeen(entry)),
  }
}

/**
 * Pairs findings and entries of one name, so that as many as can be are within their budget. Returns the findings that
 * have no entry; entries that have been paired are taken out of `left`.
 */
function matchGroups(
  findings: readonly Finding[],
  left: Set<BaselineEntry>,
  nameOf: (item: Named) => string,
  fits: (finding: Finding, entry: BaselineEntry) => boolean,
  pairs: Accepted[],
): Finding[] {
  const groups = byName(findings, nameOf)
  const entries = byName(left, nameOf)
  const unmatched: Finding[] = []
  for (const [name, group] of groups) {
    const free = (entries.get(name) ?? []).toSorted((a, b) => a.queries - b.queries)
    const beyond: Finding[] = []
    const pair = (finding: Finding, entry: BaselineEntry) => {
      free.splice(free.indexOf(entry), 1)
      left.delete(entry)
      pairs.push({ finding, entry, queries: queriesOfWorst(finding) })
    }
    for (const finding of group.toSorted((a, b) => queriesOfWorst(b) - queriesOfWorst(a))) {
      const enough = free.filter((entry) => entry.queries >= queriesOfWorst(finding) && fits(finding, entry))
      const entry = enough.find(({ key }) => key === finding.key) ?? enough[0]
      if (entry) pair(finding, entry)
      else beyond.push(finding)
    }
    for (const finding of beyond) {
      const fitting = free.filter((entry) => fits(finding, entry))
      const entry = fitting.find(({ key }) => key === finding.key) ?? fitting.at(-1)
      if (entry) pair(finding, entry)
      else unmatched.push(finding)
    }
  }
  return unmatched
}

function byName<Item extends Named>(
  items: Iterable<Item>,
  nameOf: (item: Named) => string,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const name = nameOf(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}

/** The common part of findings and entries. */
type Named = Pick<Finding, 'key' | 'route'> & { statements?: readonly unknown[] | undefined }

/** The key of what is no loop holds its statement. */
function sharesStatement(finding: Finding, { statements }: BaselineEntry): boolean {
  if (!finding.statements || !statements) return finding.statements === statements
  return finding.statements.some(({ fingerprint }) => statements.includes(fingerprint))
}

/** A loop in a function with a name is the same one when all of its statements have changed. */
function isNamedLoop({ statements, callSite: [place] }: Finding, entry: BaselineEntry): boolean {
  return statements !== undefined && entry.statements !== undefined && place?.function !== undefined
}

function withoutFunction({ key, route, statements }: Named): string {
  return statements ? `loop | ${route}` : withoutNumber(key).replace(/ \| [^|]*( \| [0-9a-f]{16})$/, '$1')
}

/** As text that changes line by line. */
export function formatBaseline(baseline: Baseline): string {
  return `${JSON.stringify(baseline, null, 2)}\n`
}

const baselineFile = v.strictObject({
  v: v.literal(2, 'version 2, the only one this pg-loupe reads'),
  findings: v.array(
    v.object({
      key: v.string(),
      detector: v.string(),
      route: v.string(),
      at: v.optional(v.string()),
      statements: v.optional(v.array(v.string())),
      queries: v.pipe(v.number(), v.safeInteger('a whole number'), v.minValue(0, 'a whole number')),
    }),
  ),
})

const formerFile = v.strictObject({ v: v.literal(1), findings: v.array(v.unknown()) })

/** @throws Error that names the file and what is wrong with it. */
export function parseBaseline(text: string, file: string): Baseline {
  const content = parseJson(text, file)
  if (v.is(formerFile, content)) {
    throw new Error(
      `${file} is a baseline of version 1, in which each statement of a loop has an entry of its own; ` +
        'now a loop has one. Write it anew: pg-loupe baseline write --force',
    )
  }
  const result = v.safeParse(baselineFile, content)
  if (!result.success) {
    const [first] = result.issues
    const issue = result.issues.find(({ expected }) => expected === 'never') ?? first
    if (issue.expected === 'never') throw new Error(`${file} is no baseline: it has ${v.getDotPath(issue)}`)
    const expected = issue.type === 'literal' || issue.kind === 'validation' ? issue.message : issue.expected
    throw new Error(
      `${file} is no baseline: ${v.getDotPath(issue) ?? 'it'} is ${issue.received}, expected ${expected}`,
    )
  }
  const keys = new Set<string>()
  for (const { key } of result.output.findings) {
    if (keys.has(key)) throw new Error(`${file} is no baseline: it holds ${key} twice`)
    keys.add(key)
  }
  return result.output
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`)
  }
}
