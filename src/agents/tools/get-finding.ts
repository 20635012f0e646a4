// One finding with its proof: the lines, the query whose rows feed the loop, what to write instead, and how to verify the fix.
import * as v from 'valibot'
import type { FindingRow, FindingStatus } from '../../panel/panel-api.ts'
import { findingTitle } from '../../report/finding-title.ts'
import { formatSavings } from '../../report/reporters/console.ts'
import type { Confidence, Evidence, LoopStatement, Severity } from '../../types/finding.ts'
import type { CallSite, Frame, Query } from '../../types/query.ts'
import { fittingParts } from '../answer.ts'
import { folderOf } from '../folder-of-process.ts'
import { quotePlace } from '../place.ts'
import { quote, quoteLine } from '../quoted-text.ts'
import { findingWithKey, shortKey } from '../short-key.ts'
import type { Sources, Tool } from '../tool.ts'
import { keyInput } from './inputs.ts'

const input = v.object({ key: keyInput })

/** Lines of source around the place itself, and around those of its evidence and callers. */
const LINES_AROUND = 6
const LINES_AROUND_OTHERS = 2
/** Lines of a fix. Longer ones are rare. */
const FIX_LINES = 40
const CALLERS = 5
const STATEMENTS = 10

interface ProvenLine {
  label: string
  text: string
  at?: string
  source?: readonly string[]
}

export interface FindingAnswer {
  key: string
  severity: Severity
  confidence: Confidence
  detector: string
  title: string
  route: string
  state: FindingStatus['state']
  reason: string
  requests: string
  request?: string
  at?: string
  source?: readonly string[]
  why: string
  instead: string
  fix?: readonly string[]
  saves?: readonly string[]
  parent?: { query: string; position: number; rows?: number; at?: string }
  evidence?: readonly ProvenLine[]
  statements?: readonly { count: number; query: string; at?: string }[]
  callers?: readonly string[]
  leftOut?: string
  verify: readonly string[]
}

export const getFinding: Tool<v.InferOutput<typeof input>, FindingAnswer> = {
  name: 'get_finding',
  title: 'Get a finding',
  description:
    'One finding in full: proof, parent query, source lines, what to write instead, what that saves, how to verify the fix.',
  input,
  isReadOnly: true,
  async answer(sources, { key }) {
    const row = await findingWithKey(sources.api, key, sources.call('list_findings'))
    const { finding } = row
    const shown = await shownIn(sources, row)
    const place = finding.callSite[0]
    const lines = (frame: Frame | undefined, around: number) =>
      frame ? sources.readSource(frame, shown.folder, around) : []
    const at = (frame: Frame | undefined) => (frame ? { at: quotePlace(frame, shown.folder) } : {})
    const fix = fixLines(finding.fix)
    const fields = {
      key: shortKey(finding.key),
      severity: finding.severity,
      confidence: finding.confidence,
      detector: quote(finding.detector, 60),
      title: quote(findingTitle(finding), 200),
      route: quote(finding.route, 200),
      state: row.status.state,
      reason: quote(row.status.reason, 300),
      requests: `${row.requests} of ${row.ofRequests}`,
      ...(row.latest === undefined ? {} : { request: row.latest }),
      ...at(place),
      why: quote(finding.detail),
      instead: quote(finding.remediation),
    }
    const verify = howToVerify(sources, row)
    const parts = [
      { name: 'source of the line', fields: { source: lines(place, LINES_AROUND) } },
      { name: 'fix', fields: { fix } },
      { name: 'savings', fields: { saves: formatSavings(finding.cost, undefined, {}) } },
      { name: 'parent query', fields: { parent: shown.parent && describeParent(shown.parent, at) } },
      {
        name: 'evidence',
        fields: { evidence: finding.evidence.map((line) => describeEvidence(line, at, lines)) },
      },
      {
        name: 'statements of the loop',
        fields: { statements: describeStatements(finding.statements, at) },
      },
      { name: 'callers', fields: { callers: describeCallers(finding.callSite, shown.folder) } },
    ]
    // The steps count as well, and are shown last.
    const { verify: steps, ...answer } = fittingParts({ ...fields, verify }, parts) as FindingAnswer
    return { ...answer, verify: steps }
  },
}

interface Shown {
  folder: string
  parent?: { query: Query; position: number }
}

/** The folder of the process that showed it, and the query whose rows it was repeated for. */
async function shownIn({ api, folder }: Sources, { finding, latest }: FindingRow): Promise<Shown> {
  if (latest === undefined) return { folder: (await folderOf(api, undefined)) ?? folder }
  try {
    const { request, trace, findings } = await api.request(latest)
    const here = findings.find(({ key }) => key === finding.key)
    const position = here?.occurrences[0]?.parent
    const query = position === undefined ? undefined : trace.queries[position]
    return {
      folder: (await folderOf(api, request.process)) ?? folder,
      ...(query && position !== undefined ? { parent: { query, position } } : {}),
    }
  } catch {
    // The trace was displaced in the meantime.
    return { folder: (await folderOf(api, undefined)) ?? folder }
  }
}

type At = (frame: Frame | undefined) => { at?: string }

function describeParent({ query, position }: NonNullable<Shown['parent']>, at: At): FindingAnswer['parent'] {
  const { sql, rows, callSite } = query
  return {
    query: quote(sql, 400),
    position,
    ...(rows === undefined ? {} : { rows }),
    ...at(callSite?.[0]),
  }
}

function describeEvidence(
  { label, text, callSite }: Evidence,
  at: At,
  lines: (frame: Frame | undefined, around: number) => readonly string[],
): ProvenLine {
  const source = lines(callSite, LINES_AROUND_OTHERS)
  return {
    label: quote(label, 60),
    text: quote(text, 400),
    ...at(callSite),
    ...(source.length > 0 ? { source } : {}),
  }
}

/** A loop with one statement has it in its evidence. */
function describeStatements(
  statements: readonly LoopStatement[] = [],
  at: At,
): NonNullable<FindingAnswer['statements']> {
  if (statements.length < 2) return []
  return statements
    .slice(0, STATEMENTS)
    .map(({ count, text, callSite }) => ({ count, query: quote(text, 300), ...at(callSite[0]) }))
}

function describeCallers(callSite: CallSite, folder: string): readonly string[] {
  return callSite.slice(1, 1 + CALLERS).map((frame) => quotePlace(frame, folder))
}

function fixLines(fix: string | undefined): readonly string[] {
  const lines = fix?.split('\n') ?? []
  const more = lines.length - FIX_LINES
  return [...lines.slice(0, FIX_LINES).map(quoteLine), ...(more > 0 ? [`${more} more lines`] : [])]
}

function howToVerify({ call }: Sources, { finding }: FindingRow): readonly string[] {
  const key = shortKey(finding.key)
  return [
    `Change the source, then begin the check: ${call('verify_fix', { key, waitSeconds: 0 })}`,
    `Send a request to ${quote(finding.route, 200)} as before, with data that returns several rows.`,
    `Then ask again with the "since" of the first answer: ${call('verify_fix', { key, since: '<since>' })}`,
  ]
}
