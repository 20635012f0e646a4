/// <reference lib="dom" />
// What the parts of the page share, as types.
import type { Frame } from '../../../../types/query.ts'
import type { PageData, PageFinding } from '../page-data.ts'
import type { PageTrace } from '../page-trace.ts'
import type { Make } from './element-maker.ts'
import type { ShownGroup } from './shown-groups.ts'

/** The state of the page. All of it is in the address, so that a link shows the same. */
export interface Address {
  view: 'findings' | 'routes' | 'traces' | 'changes'
  /** Key of the finding that is shown, or whose queries are marked in a trace. */
  finding?: string | undefined
  /** Name of the route that is shown. */
  route?: string | undefined
  /** Id of the trace that is shown. */
  trace?: string | undefined
  /** Search words, all of which must occur. */
  search: string
  severities: readonly string[]
  detector: string
  /** Shows only findings of this route. */
  on: string
}

/** The queries of one trace that show a finding. */
export interface Mark {
  finding: PageFinding
  queries: readonly number[]
  parent?: number | undefined
}

export interface Page {
  window: Window & typeof globalThis
  make: Make
  data: PageData
  findings: ReadonlyMap<string, PageFinding>
  /** Findings by the name of their route, worst first. */
  findingsOf: ReadonlyMap<string, readonly PageFinding[]>
  traces: ReadonlyMap<string, PageTrace>
  /** The findings of each trace, by its id. */
  marks: ReadonlyMap<string, readonly Mark[]>
  address: Address
  /** The findings that match the filters. */
  shown: readonly PageFinding[]
  /** The same findings as rows: findings of one line are grouped with those that they explain. */
  groups: readonly ShownGroup[]
  /** The change of each finding since the base report, by its key. */
  changeOf: ReadonlyMap<string, 'new' | 'grown'>
  /** A button that opens a line in the reader's editor. */
  openButton(frame: Frame): HTMLElement
  /** Increases when the reader chooses another editor or folder. */
  editorVersion: number
  /** The findings of the same line, those that the finding explains, and the one that explains it. */
  relatedTo(finding: PageFinding): Related
  /** Changes the state. States that are only passed through, while typing or moving, create no entry in the history. */
  go(change: Partial<Address>, passing?: boolean): void
  /** Whether list and detail do not fit side by side. */
  isNarrow(): boolean
  /** The address of a state. */
  link(change: Partial<Address>): string
  /** Further parts of a query that the page can show, such as its plan. */
  queryPart?(trace: PageTrace, index: number): HTMLElement
  /** Announces a text to screen readers. */
  say(text: string): void
}

export interface Related {
  sameLine: readonly PageFinding[]
  explains: readonly PageFinding[]
  explainedBy?: PageFinding | undefined
}

/** A part of the page that follows the address. */
export interface View {
  element: HTMLElement
  update(): void
  /** The list that the keyboard moves through when nothing has the focus. */
  list?: { press(event: KeyboardEvent): void }
}
