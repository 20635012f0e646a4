// One question of a coding agent: a name, what it takes, and a function from the panel to a plain answer. The MCP server and the
// commands offer the same questions.
import type * as v from 'valibot'
import type { PanelApi } from '../panel/panel-api.ts'
import type { ReadSource } from './source-excerpt.ts'

export type ToolName =
  | 'list_findings'
  | 'get_finding'
  | 'list_requests'
  | 'get_trace'
  | 'await_request'
  | 'verify_fix'
  | 'compare'
  | 'explain_query'

/** The sources of an answer. */
export interface Sources {
  api: PanelApi
  readSource: ReadSource
  /** The folder of files that no process is known for. */
  folder: string
  /** Words a further call, as the asker has to write it. */
  call: (tool: ToolName, input?: Readonly<Record<string, unknown>>) => string
}

export interface Tool<Input extends object = object, Answer extends object = object> {
  name: ToolName
  title: string
  description: string
  input: v.GenericSchema<unknown, Input>
  /** True when asking changes nothing, not even how much the application captures. */
  isReadOnly: boolean
  /** Rejects with a PanelError that says what to call instead. */
  answer(sources: Sources, input: Input): Promise<Answer>
}
