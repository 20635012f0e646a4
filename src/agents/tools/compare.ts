// Two requests of one route side by side, for example before and after a change.
import * as v from 'valibot'
import type { Change, StatementChange } from '../../panel/panel-api.ts'
import type { Finding } from '../../types/finding.ts'
import { fittingRows } from '../answer.ts'
import { requestId } from '../find-request.ts'
import { quote } from '../quoted-text.ts'
import { type RequestSummary, summarize } from '../request-summary.ts'
import { shortKey } from '../short-key.ts'
import type { Tool } from '../tool.ts'
import { requestInput } from './inputs.ts'
import { cursor, leftOut, start } from './pages.ts'

const input = v.object({ before: requestInput, after: requestInput, cursor })

interface ComparedStatement {
  change: StatementChange['change']
  query: string
  queries: string
  rows?: string
  databaseMs?: string
}

interface ComparedFinding {
  key: string
  title: string
}

export interface ComparedRequests {
  before: RequestSummary
  after: RequestSummary
  queries: string
  rows: string
  bytes: string
  databaseMs: string
  durationMs: string
  findings: {
    gone?: readonly ComparedFinding[]
    new?: readonly ComparedFinding[]
    still?: readonly ComparedFinding[]
  }
  /** Statements whose numbers changed, the largest change first. */
  statements: readonly ComparedStatement[]
  /** Statements that are the same in both. */
  same: number
  leftOut?: string
  cursor?: string
  next: string
}

/** Findings of one request that are named; there are rarely more. */
const FINDINGS = 5

export const compare: Tool<v.InferOutput<typeof input>, ComparedRequests> = {
  name: 'compare',
  title: 'Compare two requests',
  description:
    'Two requests of one route, such as before and after a change: queries, rows, bytes, times, changed statements, findings that are gone or new.',
  input,
  isReadOnly: true,
  async answer({ api, call }, { before, after, cursor: from }) {
    const list = call('list_requests')
    const [first, second] = [await requestId(api, before, list), await requestId(api, after, list)]
    const compared = await api.compare(first, second)
    const changed = compared.statements.filter(({ change }) => change !== 'same')
    const position = start(from)
    const rows = changed.slice(position).map(describeStatement)
    const { gone, new: added, still } = compared.findings
    const fields = {
      before: summarize(compared.before),
      after: summarize(compared.after),
      queries: arrow(compared.queries),
      rows: arrow(compared.rows),
      bytes: arrow(compared.bytes),
      databaseMs: arrow(compared.databaseMs),
      durationMs: arrow(compared.durationMs),
      findings: { ...named('gone', gone), ...named('new', added), ...named('still', still) },
    }
    const same = compared.statements.length - changed.length
    const worst = added[0] ?? still[0]
    const next = worst
      ? `For a finding that is there now: ${call('get_finding', { key: shortKey(worst.key) })}`
      : `For the queries now: ${call('get_trace', { id: second })}`
    const shown = fittingRows({ ...fields, same, next }, rows)
    return {
      ...fields,
      statements: shown,
      same,
      ...leftOut(position, shown.length, changed.length, 'changed statements'),
      next,
    }
  },
}

function describeStatement({ text, change, queries, rows, databaseMs }: StatementChange): ComparedStatement {
  return {
    change,
    query: quote(text, 300),
    queries: arrow(queries),
    ...(rows.before === rows.after ? {} : { rows: arrow(rows) }),
    ...(databaseMs.before === 0 && databaseMs.after === 0 ? {} : { databaseMs: arrow(databaseMs) }),
  }
}

function arrow({ before, after }: Change): string {
  return `${tenths(before)} → ${tenths(after)}`
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function named(name: string, findings: readonly Finding[]): Record<string, readonly ComparedFinding[]> {
  if (findings.length === 0) return {}
  const shown = findings.slice(0, FINDINGS)
  return { [name]: shown.map(({ key, title }) => ({ key: shortKey(key), title: quote(title, 160) })) }
}
