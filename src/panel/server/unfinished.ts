// Stands in for the page, comparison, judgement and plan tree until these are there.
import type { Finding } from '../../types/finding.ts'
import type { Frame } from '../../types/query.ts'
import type { Trace } from '../../types/trace.ts'
import {
  type FindingState,
  type PanelApi,
  PanelError,
  type PlanNode,
  type RequestComparison,
  type RequestDetail,
  type RequestFilter,
  type RequestRow,
} from '../panel-api.ts'

export interface SeenRequest {
  request: Pick<RequestRow, 'capture' | 'status' | 'aborted' | 'queries'>
  trace?: Trace
  findings: readonly Finding[]
}

export interface Judgement {
  state: Exclude<FindingState, 'not_exercised'>
  reason: string
}

export function judgeFix(finding: Finding, _before: SeenRequest | undefined, later: SeenRequest): Judgement {
  return later.findings.some(({ key }) => key === finding.key)
    ? { state: 'still_there', reason: 'It is found again.' }
    : { state: 'inconclusive', reason: 'Judging is not there yet.' }
}

export function compareRequests(_before: RequestDetail, _after: RequestDetail): RequestComparison {
  throw new PanelError('Comparing is not there yet.')
}

export function planTree(_json: unknown): PlanNode {
  throw new PanelError('Plans are not there yet.')
}

export function matchesFilter({ route, findings, process }: RequestRow, filter: RequestFilter): boolean {
  return (
    (filter.route === undefined || filter.route === route) &&
    (filter.process === undefined || filter.process === process) &&
    (filter.hasFindings === undefined || filter.hasFindings === findings.length > 0)
  )
}

export function pageAnswers(api: PanelApi) {
  return { pageRequest: (id: string): Promise<unknown> => api.request(id) }
}

export interface OpenTarget {
  request?: string | undefined
  finding?: string | undefined
  frame: number
}

export async function placeToOpen(
  api: PanelApi,
  { finding = '', frame }: OpenTarget,
): Promise<{ frame: Frame; folder: string | undefined }> {
  const row = await api.finding(finding)
  const found = row.finding.callSite[frame]
  if (!found) throw new PanelError('This line is not known.')
  return { frame: found, folder: undefined }
}

export function panelPage(_version: string): { html: string; policy: string } {
  return {
    html: '<!doctype html><title>pg-loupe</title>',
    policy: "default-src 'none'; frame-ancestors 'none'",
  }
}
