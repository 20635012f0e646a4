/// <reference lib="dom" />
// What the parts of the page share, as types.
import type { PageData, PageFinding } from '../page-data.ts'
import type { PageTrace } from '../page-trace.ts'
import type { EditorChoice } from './editor-choice.ts'
import type { ShownGroup } from './shown-groups.ts'

/** What the page shows; all of it stands in the address, so that a link shows the same. */
export interface Address {
  view: 'findings' | 'routes' | 'traces' | 'changes'
  /** Key of the finding that is shown, or whose queries are marked in a trace. */
  finding?: string | undefined
  /** Name of the route that is shown. */
  route?: string | undefined
  /** Id of the trace that is shown. */
  trace?: string | undefined
  /** Words that have to occur. */
  search: string
  severities: readonly string[]
  detector: string
  /** Only findings of this route. */
  on: string
}

export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>
export type Child = Node | string | number | false | undefined | null

/** Makes an element; strings become text nodes, attributes that start with `--` custom properties. */
export type Make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes?: Attributes | null,
  ...children: readonly (Child | readonly Child[])[]
) => HTMLElementTagNameMap[Name]

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
  /** What the findings say of a trace, by its id. */
  marks: ReadonlyMap<string, readonly Mark[]>
  address: Address
  /** The findings that the filters let through. */
  shown: readonly PageFinding[]
  /** The same as rows: those of one line together, with what they explain. */
  groups: readonly ShownGroup[]
  /** Since the base report, by the key of a finding. */
  changeOf: ReadonlyMap<string, 'new' | 'grown'>
  editor: EditorChoice
  /** Grows when the reader chooses another editor or folder. */
  editorVersion: number
  /** Findings of the same line, what it explains, and what explains it. */
  relatedTo(finding: PageFinding): Related
  /** Changes what is shown. What is only passed through while typing or moving leaves no step to go back to. */
  go(change: Partial<Address>, passing?: boolean): void
  /** Whether a list and what is chosen of it do not fit beside each other. */
  isNarrow(): boolean
  /** The address of it. */
  link(change: Partial<Address>): string
  /** Says it to screen readers. */
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
  /** The list that keys move through while nothing has the focus. */
  list?: { press(event: KeyboardEvent): void }
}
