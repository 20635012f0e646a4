// Stands in for the page until it is there.
import type { Frame } from '../../types/query.ts'
import { type PanelApi, PanelError, type RequestFilter, type RequestRow } from '../panel-api.ts'

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
