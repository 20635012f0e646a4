// One query while its trace is open: facts only, taken on the application's own time, so nothing is formatted here.
// The call site is resolved when somebody reads it, and the values live only until the trace is sealed.
import type { CallSite, Query, ResultColumn, ValueFlow } from '../types.ts'
import { type CapturedStack, resolveCallSite } from './call-site.ts'

/** What the driver knows of a result's column. */
export interface DriverField {
  name: string
  tableID?: number
  columnID?: number
}

/** What the driver knows of a finished query. */
export interface Outcome {
  rowCount: number
  fields?: readonly DriverField[]
  /** Rows as the driver made them: objects by column name, or arrays. Kept until the trace is sealed. */
  rows?: readonly unknown[]
}

export interface QueryStart {
  sql: string
  params?: readonly unknown[] | undefined
  stack?: CapturedStack | undefined
  via?: string | undefined
  prepared?: string | undefined
}

export class RecordedQuery implements Query {
  readonly sql: string
  params?: readonly unknown[]
  readonly via?: string
  readonly prepared?: string
  readonly startMs: number
  waitMs?: number
  durationMs?: number
  connection?: number
  rows?: number
  error?: string
  afterResponse?: boolean
  valueHashes?: readonly (string | readonly string[])[]
  flow?: readonly ValueFlow[]
  /** The rows for value flow, while the trace is open. */
  keptRows?: readonly unknown[]
  fields?: readonly DriverField[]
  #stack: CapturedStack | undefined
  #callSite: CallSite | undefined

  constructor(start: QueryStart, startMs: number) {
    this.sql = start.sql
    this.startMs = startMs
    if (start.params) this.params = start.params
    if (start.via) this.via = start.via
    if (start.prepared) this.prepared = start.prepared
    this.#stack = start.stack
  }

  get callSite(): CallSite {
    if (!this.#callSite) {
      this.#callSite = this.#stack ? resolveCallSite(this.#stack) : []
      this.#stack = undefined
    }
    return this.#callSite
  }

  get columns(): readonly ResultColumn[] {
    return (this.fields ?? []).map(({ name, tableID, columnID }) => ({
      name,
      ...(tableID && columnID ? { tableId: tableID, columnId: columnID } : {}),
    }))
  }
}
