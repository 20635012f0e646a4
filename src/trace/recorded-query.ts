// One query while its trace is open: facts only, taken on the application's own time, so nothing is formatted here.
// The call site is resolved when somebody reads it, and the values live only until the trace is sealed.
import type {
  CallSite,
  Effects,
  Frame,
  Ignore,
  Query,
  QuerySource,
  ResultBound,
  ResultColumn,
  RowUsage,
  ValueFlow,
} from '../types/query.ts'
import type { CapturedStack, ResolveCall } from './call-site/call-site.ts'
import { type Call, NO_CALL } from './call-site/read-call.ts'
import type { DriverField } from './query-recording.ts'
import type { KeptCells } from './value-flow/kept-cells.ts'

/** The facts that are known when the query starts: those of the driver, and those that the recorder adds. */
export interface RecordedStart {
  sql: string
  /** The length of the whole statement, when `sql` is only the beginning of it. */
  sqlLength?: number | undefined
  params?: readonly unknown[] | undefined
  stack?: CapturedStack | undefined
  /** Where the statement was built, when the adapter of a query builder saw that. */
  built?: CapturedStack | undefined
  via?: string | undefined
  tables?: (() => readonly string[]) | undefined
  prepared?: string | undefined
  inPortions?: boolean | undefined
  /** How long the application waited for the connection before it could call the driver. */
  waitedMs?: number | undefined
  /** The calls of `ignore` around the calling code. */
  ignored?: readonly Ignore[] | undefined
}

export class RecordedQuery implements Query {
  readonly sql: string
  readonly sqlLength?: number
  params?: readonly unknown[]
  readonly via?: string
  prepared?: string
  readonly inPortions?: boolean
  /** From here on the query waited for its connection: `startMs + waitMs + durationMs` is when it ended. */
  readonly startMs: number
  /** When the application called; before, it may have waited for a connection to call on. */
  readonly calledMs: number
  waitMs?: number
  durationMs?: number
  connection?: number
  transaction?: number
  rows?: number
  bytes?: number
  error?: string
  afterResponse?: boolean
  valueHashes?: readonly (string | readonly string[])[]
  flow?: readonly ValueFlow[]
  usage?: RowUsage
  bound?: ResultBound
  effects?: Effects
  callersUnknown?: true
  source?: QuerySource
  readonly ignored?: readonly Ignore[]
  /** Names the table of a column, when the catalog is known. */
  tableOf?: (tableId: number, columnId: number, name: string) => string | undefined
  /** The rows for value flow, while the trace is open. */
  kept?: KeptCells
  /** How many queries of its trace had started when this one ended: those from there on may know its result. */
  endedAfter?: number
  fields?: readonly DriverField[]
  readonly #resolve: ResolveCall
  readonly #tables: (() => readonly string[]) | undefined
  #stack: CapturedStack | undefined
  #built: CapturedStack | undefined
  #call: Call | undefined
  #buildingCall: Call | undefined

  constructor(start: RecordedStart, calledMs: number, resolve: ResolveCall) {
    this.sql = start.sql
    if (start.sqlLength !== undefined) this.sqlLength = start.sqlLength
    this.calledMs = calledMs
    this.startMs = calledMs - (start.waitedMs ?? 0)
    if (start.params) this.params = start.params
    if (start.via) this.via = start.via
    if (start.prepared) this.prepared = start.prepared
    if (start.inPortions) this.inPortions = true
    if (start.ignored) this.ignored = start.ignored
    this.#resolve = resolve
    this.#tables = start.tables
    this.#stack = start.stack
    this.#built = start.built
  }

  get callSite(): CallSite {
    return this.call.callSite
  }

  get runningFrames(): number {
    return this.call.running
  }

  get call(): Call {
    if (!this.#call) {
      this.#call = this.#stack ? this.#resolve(this.#stack) : NO_CALL
      this.#stack = undefined
    }
    return this.#call
  }

  /** The call that built a query inside of Promise.all, which distinguishes it from the other queries there. */
  get builtBy(): Call | undefined {
    return this.call.isCombining ? this.#builder : undefined
  }

  /** Where it was built, whether or not that is where it was sent. */
  get buildingCall(): Call | undefined {
    return this.#builder
  }

  /** Names another call as the one that led to the query. */
  calledBy(call: Call): void {
    this.#call = call
  }

  /** Known only when it is another function than the one that sent the query. */
  get builtAt(): Frame | undefined {
    const [built] = this.#builder?.callSite ?? []
    return built && !isSameFunction(built, this.callSite[0]) ? built : undefined
  }

  get #builder(): Call | undefined {
    if (this.#built && !this.#buildingCall) this.#buildingCall = this.#resolve(this.#built)
    this.#built = undefined
    return this.#buildingCall
  }

  get tables(): readonly string[] | undefined {
    return this.#tables?.()
  }

  get columns(): readonly ResultColumn[] {
    return (this.fields ?? []).map(({ name, tableID, columnID }) => {
      if (!tableID || !columnID) return { name }
      const table = this.tableOf?.(tableID, columnID, name)
      return { name, tableId: tableID, columnId: columnID, ...(table ? { table } : {}) }
    })
  }
}

/** Functions without a name are told apart by nothing, so the lines of one statement are taken for one place. */
function isSameFunction(a: Frame, b: Frame | undefined): boolean {
  if (!b || a.file !== b.file || a.function !== b.function) return false
  return a.function !== undefined || Math.abs(a.line - b.line) <= STATEMENT_LINES
}

/** Few statements of a query builder are written over more lines. */
const STATEMENT_LINES = 12
