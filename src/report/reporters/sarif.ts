// SARIF 2.1.0, for GitHub's code scanning and other tools that collect results of analysers. A finding is a result at its
// line, with the callers and the parent query as related locations. Its fingerprint is made from the finding's key, so that
// it does not change when lines move. GitHub accepts 25,000 results and shows 5,000: the worst are kept, and the number of
// others is reported.
import { describeDetector, describedIds, webPage } from '../../detectors/describe-detector.ts'
import { hashText } from '../../text/hash-text.ts'
import { plural } from '../../text/plural.ts'
import type { Finding, Severity } from '../../types/finding.ts'
import type { Frame } from '../../types/query.ts'
import type { Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { findingsToShow } from './held-back.ts'
import { leftOutText } from './left-out-text.ts'
import { clip, printable } from './printable.ts'
import { NO_FILE, repositoryPath } from './repository-path.ts'

export const sarifReporter: Reporter = { meta: { name: 'sarif' }, render: renderSarif }

function renderSarif(report: Report, options: ReporterOptions = {}): string {
  const { shown } = findingsToShow(report.findings, options.states)
  const isShown = new Set(shown.map(({ key }) => key))
  // New findings come first, so that they are not cut off.
  const sorted = [...shown, ...report.findings.filter(({ key }) => !isShown.has(key))]
  const kept = sorted.slice(0, KEPT_RESULTS)
  const rules = ruleIds(report, kept)
  const run = {
    tool: {
      driver: {
        name: 'pg-loupe',
        semanticVersion: report.tool.version,
        rules: rules.map((id) => formatRule(report, id)),
      },
    },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: formatNotes(report) }],
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
    columnKind: 'utf16CodeUnits',
    results: kept.map((finding) =>
      formatResult(finding, rules.indexOf(printable(finding.detector)), options),
    ),
  }
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
const ROOT = '%SRCROOT%'
const KEPT_RESULTS = 5000
/**
 * Maximum number of callers among the related locations. GitHub accepts a hundred locations, but nobody reads more than ten.
 */
const CALLERS = 8
const TEXT_LENGTH = 1000
const FIX_LENGTH = 4000
const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }
/** The property by which GitHub sorts. */
const PROBLEMS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'recommendation' }

/** All detectors, including those without findings, and detectors of the report that this version does not know. */
function ruleIds(report: Report, findings: readonly Finding[]): string[] {
  return [...new Set([...describedIds(report), ...findings.map(({ detector }) => printable(detector))])]
}

function formatRule(report: Report, id: string) {
  const known = describeDetector(report, id)
  if (!known) return { id }
  const { title, severity, description = title, page = description } = known
  const helpUri = webPage(known)
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: description },
    ...(helpUri === undefined ? {} : { helpUri }),
    help: { text: page, markdown: page },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['performance', 'postgresql'], 'problem.severity': PROBLEMS[severity] },
  }
}

function formatResult(finding: Finding, ruleIndex: number, options: ReporterOptions) {
  const { detector, confidence, key, route, callSite, occurrenceCount, cost } = finding
  const related = relatedPlaces(finding, options)
  const place = physicalLocation(callSite[0], options)
  return {
    ruleId: printable(detector),
    ruleIndex,
    ...standing(finding, options),
    message: { text: describe(finding, related, place !== undefined) },
    locations: [
      {
        physicalLocation: place ?? withoutFile(),
        logicalLocations: logicalLocations(finding),
      },
    ],
    ...(related.length > 0
      ? {
          relatedLocations: related.map(({ id, location, text }) => ({
            id,
            physicalLocation: location,
            message: { text },
          })),
        }
      : {}),
    ...formatFlow(finding, related, options),
    partialFingerprints: { 'pgLoupeKey/v1': hashText(key) },
    properties: { confidence, route: printable(route), occurrences: occurrenceCount, cost },
  }
}

/**
 * An accepted finding is suppressed as SARIF defines it. Its level is `note` as well, because tools such as GitHub's that
 * ignore suppressions would otherwise fail the check. Fixed findings are not listed as `absent`, because such tools would
 * open an alert for them.
 */
function standing({ key, severity }: Finding, { states }: ReporterOptions) {
  const level = LEVELS[severity]
  if (!states || states.unjudged.has(key)) return { level }
  const budget = states.accepted.get(key)
  if (budget === undefined) return { level, baselineState: states.grown.has(key) ? 'updated' : 'new' }
  const justification = `Accepted by ${states.baseline}, with up to ${plural(budget, 'query', 'queries')}.`
  return {
    level: LEVELS.info,
    baselineState: 'unchanged',
    suppressions: [{ kind: 'external', status: 'accepted', justification: printable(justification) }],
  }
}

interface RelatedPlace {
  id: number
  /** The frame of a caller, which is no place of evidence. */
  isCaller: boolean
  location: object
  text: string
}

/** The evidence comes first, because it says where the rows came from. */
function relatedPlaces({ evidence, callSite }: Finding, options: ReporterOptions): RelatedPlace[] {
  const places = [
    ...evidence.map(({ label, text, callSite: place }) => ({
      place,
      isCaller: false,
      text: clip(`${label}: ${text}`, TEXT_LENGTH),
    })),
    ...callSite.slice(1, CALLERS + 1).map((place) => ({
      place,
      isCaller: true,
      text: printable(place.function ? `called from ${place.function}` : 'called from here'),
    })),
  ]
  return places
    .flatMap(({ place, ...rest }) => {
      const location = physicalLocation(place, options)
      return location ? [{ location, ...rest }] : []
    })
    .map((place, at) => ({ id: at + 1, ...place }))
}

/** GitHub shows a related location only when the text links to it. */
function describe(finding: Finding, related: readonly RelatedPlace[], hasPlace: boolean): string {
  const { title, detail, remediation, fix = '', route, evidence } = finding
  const lines = [
    `${title} (${route}). ${detail}`,
    ...(hasPlace ? [] : ['No line of the repository is known.']),
    ...evidence.map(({ label, text }) => `${label}: ${text}`),
    `Instead: ${remediation}`,
  ]
  return [
    ...lines.map((line) => noLink(clip(line, TEXT_LENGTH))),
    ...fix.split('\n').flatMap((line) => (line === '' ? [] : noLink(clip(line, FIX_LENGTH)))),
    ...related.map(({ id, text }) => `See [${noBrackets(clip(text, 80))}](${id})`),
  ].join('\n')
}

/** The text `[text](1)` would be such a link. */
function noLink(text: string): string {
  return text.replaceAll('](', '] (')
}

function noBrackets(text: string): string {
  return text.replace(/[[\]\\]/g, ' ')
}

/** The flow from the outermost caller over the query whose rows were looped over to the line itself. */
function formatFlow(
  { title, callSite }: Finding,
  related: readonly RelatedPlace[],
  options: ReporterOptions,
) {
  const own = physicalLocation(callSite[0], options)
  if (!own || related.length === 0) return {}
  const callers = related.filter(({ isCaller }) => isCaller).toReversed()
  const evidence = related.filter(({ isCaller }) => !isCaller)
  const steps = [...callers, ...evidence, { location: own, text: clip(title, TEXT_LENGTH) }]
  const locations = steps.map(({ location, text }) => ({
    location: { physicalLocation: location, message: { text } },
  }))
  return { codeFlows: [{ threadFlows: [{ locations }] }] }
}

function logicalLocations({ route, callSite: [place] }: Finding) {
  return [
    { fullyQualifiedName: printable(route), kind: 'route' },
    ...(place?.function ? [{ name: printable(place.function), kind: 'function' }] : []),
  ]
}

function physicalLocation(place: Frame | undefined, options: ReporterOptions) {
  const path = place && repositoryPath(place.file, options)
  if (!place || path === undefined) return undefined
  const { line, column } = place
  return {
    artifactLocation: { uri: toUri(path), uriBaseId: ROOT },
    ...(line > 0 ? { region: { startLine: line, ...(column ? { startColumn: column } : {}) } } : {}),
  }
}

/** GitHub rejects a whole file because of one result without a place. */
function withoutFile() {
  return { artifactLocation: { uri: NO_FILE, uriBaseId: ROOT } }
}

/** A relative reference: a colon in its first step would turn that step into a scheme. */
function toUri(path: string): string {
  const [first = '', ...rest] = encodeURI(printable(path)).replace(/[?#]/g, encodeURIComponent).split('/')
  return [first.replaceAll(':', '%3A'), ...rest].join('/')
}

function formatNotes({ findings, cut }: Report) {
  const left = findings.length - KEPT_RESULTS
  const notes = [
    ...(left > 0
      ? [
          `${left} of ${findings.length} findings are left out: no more than ${KEPT_RESULTS} are shown. The worst are here.`,
        ]
      : []),
    ...leftOutText(cut).map((text) => `${text}.`),
  ]
  return notes.map((text) => ({ level: 'warning', message: { text } }))
}
