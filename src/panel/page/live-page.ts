/// <reference lib="dom" />
// What the parts of the live page share, as types. A live page is a page whose data come from a running panel, so the parts
// of the static page can draw on it.
import type { Address, Page, View } from '../../report/reporters/html/client/page.ts'
import type { PageApi, PageFindingDetail, PageRequest, PanelEvents } from '../page-api.ts'
import type { PanelStatus } from '../panel-api.ts'
import type { RequestRows } from './request-rows.ts'

/**
 * The state of the page, all of it in the address. The fields of the static page mean the same here: `traces` is the view of
 * the requests and `trace` the id of a request; `changes` compares two requests.
 */
export interface LiveAddress extends Address {
  /** Shows only requests with findings. */
  found: boolean
  /** Also shows requests that sent no query. */
  empty: boolean
  /** Shows only requests of the process with this id. */
  process: string
  /** Shows only findings in this state. */
  state: string
  /** The ids of the two requests to compare. */
  before?: string | undefined
  after?: string | undefined
}

export interface LivePage extends Page {
  address: LiveAddress
  go(change: Partial<LiveAddress>, passing?: boolean): void
  link(change: Partial<LiveAddress>): string
  api: PageApi
  /** The panel's state as it was last heard. Undefined until the panel has answered. */
  status: PanelStatus | undefined
  rows: RequestRows
  /** A request with its trace and findings. The last ones are kept, because a trace never changes. */
  request(id: string): Promise<PageRequest>
  /** Keeps requests that were read from a file, so that `request` finds them. */
  keep(answers: readonly PageRequest[]): void
  /** A finding in full, as it is now. */
  finding(key: string): Promise<PageFindingDetail>
  /** Calls back when the panel has news of a kind, with all that came since the last frame at once. */
  hear<Kind extends keyof PanelEvents>(kind: Kind, listener: (data: PanelEvents[Kind]) => void): void
  /** Shows a message at the bottom of the page until the reader closes it. */
  notify(message: string): void
  /** Says what failed. A lost connection is shown by its banner instead. */
  fail(error: unknown): void
}

/** A part of the live page that follows its address. */
export interface LiveView extends View {
  /** Called when the view is no longer shown. */
  leave?(): void
}
