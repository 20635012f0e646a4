// The words of the house as types: what a query, a trace, a finding and a report are. All of it is plain data that can
// be written to a file and read back; nothing here imports anything.

/** A position in the application's source. `line` and `column` start at 1. */
export interface Frame {
  file: string
  line: number
  column?: number
  function?: string
}

/** The application frames that led to a query, innermost first. Empty where none could be had. */
export type CallSite = readonly Frame[]

/** A column of a result, with the table it came from where PostgreSQL tells (0 and absent for expressions). */
export interface ResultColumn {
  name: string
  /** `schema.table`, known only with a catalog. */
  table?: string
  /** `pg_attribute.attrelid` */
  tableId?: number
  /** `pg_attribute.attnum` */
  columnId?: number
}

/** One value of a query that came from a column of an earlier query's rows. */
export interface ValueFlow {
  /** Position among the values of the query, as `?` count in the fingerprint's text. */
  param: number
  /** Position of the earlier query in the trace. */
  query: number
  column: string
  table?: string
  /** How many rows that earlier query returned; of a column inside documents, how many elements. */
  rows: number
  /** That the column holds the values by accident, estimated. Absent: whoever recorded it knows where they came from. */
  chance?: number
}

/** What the application did with the rows of one result, as far as it was watched. */
export interface RowUsage {
  /** Columns it read by their name; `posts.title` is a column of rows that are nested in others. */
  read: readonly string[]
  /** Columns it handed on with the whole row, by copying or serialising it: whether anybody reads them is not known. */
  serialized: readonly string[]
  unread: readonly string[]
  /** Unread ones that the functions on the call site name: another branch may read them. */
  named?: readonly string[]
  /** Watched rows of which it read anything at all. */
  rowsTouched: number
  /** Number of the first of them, counted from 0; absent when there is none. */
  firstTouched?: number
  /** Rows that were watched, spread evenly over the result. Absent: all of them. */
  rowsWatched?: number
  /** Bytes of each unread column over all rows, estimated from the size of its values in a sample of them. */
  unreadBytes?: Readonly<Record<string, number>>
}

/** What is proven of the size of a result, whatever the tables hold. */
export interface ResultBound {
  /** The most rows; absent when nothing bounds them. */
  rows?: number
  /** The most elements of an array inside a row: 0 without one, absent when nothing bounds them. */
  nested?: number
  /** What bounds it, or what does not, in words. */
  reason: string
  /** The largest table it reads, with the planner's estimate of its rows. */
  table?: string
  tableRows?: number
  /** Columns that order its rows in one way only, as the statement would name them: `orders.id`. */
  key?: readonly string[]
  /** Its unique key finds one row at most, so that its LIMIT leaves out none. Absent without a LIMIT. */
  findsOneRow?: true
}

/** What a statement reads and changes beyond the tables that its text names, as the catalog tells. */
export interface Effects {
  /** Tables behind its views, and the other parts of partitioned ones. */
  reads?: readonly string[]
  /** It calls functions of the database, which may read any table. */
  readsAnything?: boolean
  /** Tables that foreign keys change along with those it writes. */
  writes?: readonly string[]
  /** It runs triggers, rules or volatile functions of the database, which may change any table. */
  writesAnything?: boolean
}

/** What the source around a query shows, so that a remedy can be written in the application's own words. */
export interface QuerySource {
  /** The calls that send it, as they are written, without `await`: `db.select().from(orders)`. */
  expression: string
  /** What becomes of the result: nothing, only its `rows` are used, or anything else. */
  result: 'unused' | 'rows' | 'used'
  /** It is TypeScript. */
  isTyped: boolean
  /** How the file loads modules. */
  modules: 'import' | 'require'
  /** Names that the file imports from `drizzle-orm`. */
  imported: readonly string[]
  /** Names that the file uses for something else, of those that a remedy could import or declare. */
  taken: readonly string[]
  /** The loop around the calls, where they could also stand before it. */
  loop?: SourceLoop
}

export interface SourceLoop {
  /** What it goes through: `orders`. */
  over: string
  /** It is an array, and has `map`. */
  isArray: boolean
  /** What stands for one of them: `order`, or `{ id, customerId }`. */
  each: string
  /** The names in `each`. */
  names: readonly string[]
  /** The calls with the constants of the loop's body in their place. Absent where they use something else of it. */
  expression?: string
  /** A condition in the loop decides whether the query is sent. */
  isConditional: boolean
  /** `await` may stand before it. */
  mayAwait: boolean
  /** It stands in another loop. */
  isNested: boolean
}

/** One statement sent once. Times are milliseconds from the start of the trace. */
export interface Query {
  sql: string
  /** Characters of the statement, when only its start was kept: what is not known whole is compared with nothing. */
  sqlLength?: number
  params?: readonly unknown[]
  /** The LIMIT and OFFSET in force, parameters included. */
  limit?: number
  offset?: number
  /** Keyed hashes of the values, in the order of the fingerprint's `?`: equal values have equal hashes within one trace. */
  valueHashes?: readonly (string | readonly string[])[]
  startMs?: number
  /** Execution, without the wait for a connection. */
  durationMs?: number
  /** Wait for a pooled connection. */
  waitMs?: number
  rows?: number
  bytes?: number
  /** Its rows were asked for in portions: by a cursor, a stream or the driver's option `rows`. */
  inPortions?: boolean
  /** Equal results have equal hashes within one trace. */
  resultHash?: string
  columns?: readonly ResultColumn[]
  /** The library that built the statement, such as `drizzle`. */
  via?: string
  /** The tables it touches, where that library told. */
  tables?: readonly string[] | undefined
  /** Started after the response of its request was sent. */
  afterResponse?: boolean
  connection?: number
  transaction?: number
  /** Name of the prepared statement; `~` for one that is built from data. */
  prepared?: string
  /** SQLSTATE of the database's error, or the error code of Node.js. */
  error?: string
  callSite?: CallSite
  /**
   * How many frames of the call site, innermost first, were running; the others waited for them at an `await`. Absent where
   * that is not known.
   */
  runningFrames?: number
  /** Several calls may have this call site, so that the same one twice is no sign of a loop. */
  callersUnknown?: true
  /** Where the query was built, when that is not where it was sent. */
  builtAt?: Frame | undefined
  /** Known of the first query of each call that repeats a statement. */
  source?: QuerySource
  flow?: readonly ValueFlow[]
  /** Known of a SELECT when the catalog is. */
  bound?: ResultBound
  /** Absent where there is nothing beyond the statement's text, and without a catalog. */
  effects?: Effects
  /** Absent when the rows were not watched, and when there were none. */
  usage?: RowUsage
  /** Who said in the code that findings about this query are left out, and why. */
  ignored?: readonly Ignore[] | undefined
}

/** Why, and for which detectors, findings about a query are left out. */
export interface Ignore {
  /** A call of `ignore` around the query, or a comment in its statement. */
  by: 'ignore' | 'comment'
  /** Empty where a comment gives none; it then leaves out nothing. */
  reason: string
  /** Absent: all. */
  detectors?: readonly string[] | undefined
  /** The last day on which it counts, in UTC: `YYYY-MM-DD`. */
  until?: string | undefined
}

/** The unit of work a trace stands for. */
export type TraceKind = 'http' | 'test' | 'job' | 'script'

/** The queries of one unit of work, in the order they started. */
export interface Trace {
  v: 1
  id: string
  kind: TraceKind
  /** For requests the method and the route pattern: `GET /orders/:id`. */
  name: string
  /** ISO 8601 */
  startedAt?: string
  durationMs?: number
  labels?: Readonly<Record<string, string>>
  /** What counted as application code when its call sites were read; absent when nothing was set. */
  application?: RecordedApplication
  /** How many queries were counted but not kept. */
  truncated: number
  /** What of its queries was left out to stay within the limits; absent when nothing was. */
  cut?: TraceCut
  /** Of its queries before those kept, all as known from earlier traces; never in a trace file. */
  onlyCounted?: OnlyCounted
  queries: readonly Query[]
}

/** The option `application` without its functions and regular expressions, which cannot be written. */
export interface RecordedApplication {
  include?: readonly string[]
  exclude?: readonly string[]
}

/** What is counted, and was not kept. */
export interface TraceCut {
  /** Results of which not all rows were kept to follow their values. */
  results?: number
  /** Statements of which only the start was kept. */
  statements?: number
  /** Queries of which a parameter was too large to be kept until the end of the trace. */
  values?: number
}

/** Queries that were counted because they were as known. */
export interface OnlyCounted {
  queries: number
  /** Those of them that control transactions and settings. */
  control: number
  databaseMs: number
}

export type Severity = 'error' | 'warning' | 'info'

/** How a finding knows: by evidence that leaves no doubt, by a strong pattern, or by a hint. */
export type Confidence = 'proven' | 'likely' | 'possible'

/** The queries of one trace that show a finding; numbers are positions in the trace's `queries`. */
export interface Occurrence {
  /** Id of the trace. */
  trace: string
  /** The first ones, when `queryCount` says that there are more. */
  queries: readonly number[]
  queryCount?: number
  parent?: number
}

/** What could be saved, counted. */
export interface Cost {
  queries: number
  roundTrips: number
  /** It is paid again for each further row. */
  perRow?: boolean
  rows?: number
  bytes?: number
}

/** One line of evidence for people: what it is and what was seen, with the place where there is one. */
export interface Evidence {
  label: string
  text: string
  callSite?: Frame
}

/** One of the statements that a loop sends. */
export interface LoopStatement {
  /** Id of the detector that found it. */
  detector: string
  /** 16 digits, as in suppressions. */
  fingerprint: string
  text: string
  /** In the trace that sent it most often. */
  count: number
  confidence: Confidence
  /** The application frames that sent it, innermost first. */
  callSite: CallSite
  detail: string
  remediation: string
  fix?: string
  evidence: readonly Evidence[]
}

/** One pattern that hurts, with its evidence. The detector writes the sentences; reporters only lay them out. */
export interface Finding {
  /** Id of the detector, also the name of its file, page and test. */
  detector: string
  severity: Severity
  confidence: Confidence
  title: string
  detail: string
  /** What to do instead, in one sentence; `fix` holds the code. */
  remediation: string
  /** The statement or code to write instead, where it can be given. */
  fix?: string
  /** Names the finding over runs: free of line numbers, counts and times. */
  key: string
  /** Name of the trace it was found in. */
  route: string
  /** The application frames to look at, innermost first. */
  callSite: CallSite
  /** The first ones; `occurrenceCount` has the total. */
  occurrences: readonly Occurrence[]
  occurrenceCount: number
  /** Of the worst occurrence. */
  cost: Cost
  evidence: readonly Evidence[]
  /** Of a loop: all that it sends, the one that the finding's remedy is for first. */
  statements?: readonly LoopStatement[]
}

/** What the catalog and the statement analysis know. May be absent: a detector then says less, never wrong things. */
export type Knowledge = Readonly<Record<string, never>>

/** The detectors there are. */
export type DetectorId =
  | 'n-plus-one'
  | 'n-plus-one-write'
  | 'duplicate-query'
  | 'unread-columns'
  | 'unread-rows'
  | 'unbounded-select'
  | 'unbounded-array'
  | 'deep-offset'
  | 'slow-query'
  | 'query-budget'

/** Whole numbers, or whole numbers by name. */
export type DetectorOptions = Record<string, number | Readonly<Record<string, number>>>

export interface DetectorMeta<Options> {
  id: string
  title: string
  severity: Severity
  docsUrl: string
  defaults: Options
}

/** What one or more traces say about what only several of them can show. Plain data. */
export interface Observation {
  /** Observations of one key are about one thing and are merged. */
  key: string
}

/**
 * A pure function from a trace to findings. What takes several traces to know (a column that none of them read) is
 * observed in each, merged, and concluded at the end.
 */
export interface Detector<Options = DetectorOptions, Observed extends Observation = Observation> {
  meta: DetectorMeta<Options>
  detect(trace: Trace, options: Options, knowledge?: Knowledge): Finding[]
  observe?(trace: Trace, options: Options, knowledge?: Knowledge): Observed[]
  /** Two observations of one key as one: in whatever order many are merged, the result is the same, and no larger. */
  merge?(a: Observed, b: Observed): Observed
  conclude?(observations: readonly Observed[], options: Options, knowledge?: Knowledge): Finding[]
}

/** Counts and times of all traces of one name. */
export interface RouteSummary {
  name: string
  traces: number
  queries: Spread
  durationMs: Spread
  databaseMs: Spread
}

/** Times of a finding's worst occurrence. */
export interface Measured {
  /** In which at least one of its queries was under way. */
  spentMs: number
}

export interface Spread {
  min: number
  median: number
  max: number
}

/** What had to be left out to stay within the limits. */
export interface Cut {
  /** Queries counted but not kept. */
  queries: number
  /** Traces that were only counted, because they sent what was known of their route. */
  counted?: number
  /** Traces that were not looked at, because only some are. */
  unsampled?: number
  /** Traces closed early because too many were open. */
  traces: number
  /** Traces whose name was one too many to be kept as a route. */
  routes: number
  /** Findings, as often as they came, of keys that were too many to be kept. */
  findings?: number
  /** Results of which not all rows were kept to follow their values. */
  results?: number
  /** Statements of which only the start was kept. */
  statements?: number
  /** Queries of which a parameter was too large to be kept. */
  values?: number
  /** Traces that the trace file does not hold: they came faster than they could be written, or it failed. */
  unrecorded: number
  /** Observations of statements that were too many to be compared over several traces. */
  observations: number
  /** Queries outside any trace, or in a trace that had ended. */
  untraced: number
  /** Errors of pg-loupe itself. */
  internalErrors: number
}

/**
 * What became of a reason to leave findings out. `used`: it left some out. `unused`: what it speaks of was there, and there
 * was nothing to leave out. `unseen`: what it speaks of did not come up, so nothing is known. `expired`: its last day is
 * over, and `invalid`: a comment without a reason; both leave out nothing.
 */
export type SuppressionState = 'used' | 'unused' | 'unseen' | 'expired' | 'invalid'

/** An entry of the option `suppress`, a call of `ignore` or a comment, with what it did. */
export interface Suppression {
  by: 'suppress' | 'ignore' | 'comment'
  reason: string
  /** Absent: all. */
  detectors?: readonly string[] | undefined
  /** Patterns of an entry of `suppress`. */
  route?: string | undefined
  path?: string | undefined
  /** The statement's. */
  fingerprint?: string | undefined
  until?: string | undefined
  state: SuppressionState
  /** Different findings that it left out, or would have if it were not expired or invalid. */
  findings: number
  /** The line of a query inside the block, or with the comment. */
  at?: Frame | undefined
}

/** The findings of many traces, merged and sorted, worst first. */
export interface Report {
  v: 1
  tool: { name: 'pg-loupe'; version: string }
  traces: number
  queries: number
  findings: readonly Finding[]
  routes: readonly RouteSummary[]
  /** What was measured, by the finding's key: it differs from run to run, so it stands beside the findings. */
  measured: Readonly<Record<string, Measured>>
  /** Different findings that were left out because somebody gave a reason. */
  suppressed: number
  /** The reasons given, by where they are written and in their order. */
  suppressions: readonly Suppression[]
  cut: Cut
}

/** What changed from one report to another, by the keys of their findings. Plain data. */
export interface Comparison {
  v: 1
  new: readonly Finding[]
  grown: readonly GrownFinding[]
  fixed: readonly Finding[]
  /** Not found any more, but their route did not run either: nothing is known of them. */
  unseen: readonly Finding[]
  /** How many are as they were, or smaller. */
  known: number
  /** Findings left out for a reason: what has come to be left out stands among the fixed. */
  suppressed: { before: number; after: number }
  routes: readonly ComparedRoute[]
}

/** Numbers of queries of its worst occurrence. */
export interface GrownFinding {
  finding: Finding
  before: number
  after: number
}

/** Queries of one visit; absent where the route did not run. */
export interface ComparedRoute {
  name: string
  before?: Spread
  after?: Spread
}

/** What a baseline says of a report's findings, by their keys. What is in none of these is new. */
export interface BaselineStates {
  /** The file's name. */
  baseline: string
  /** With the queries that they may have. */
  accepted: ReadonlyMap<string, number>
  /** With the queries that were accepted, and those that they have now. */
  grown: ReadonlyMap<string, { before: number; after: number }>
  /** Neither accepted nor refused, because times decide about them. */
  unjudged: ReadonlySet<string>
}

export interface ReporterOptions {
  color?: boolean
  /** Paths below this folder are shown relative to it. */
  cwd?: string
  /** The repository's folder: formats that machines read name paths relative to it. Default: `cwd`. */
  root?: string
  /** What a round trip takes on the network of production, for what a finding would cost there. Default 1. */
  roundTripMs?: number
  /** Columns of the terminal, where text is wrapped. Default: it is not. */
  width?: number
  /** Whether the terminal has links (OSC 8). Default: no. */
  links?: boolean
  /** Where links to a line lead: the name of an editor or a template (`editor-link.ts`). Default: to the file. */
  editor?: string
  /** The findings are held against a baseline: what is accepted is only counted. */
  states?: BaselineStates
  /** What has changed since a base report, by formats that can show it beside the findings (`html`). */
  comparison?: Comparison
  /** Traces to show beside the findings, by formats that can (`html`). */
  traces?: readonly Trace[]
  /** Occurrences in these traces that the report does not keep, by the finding's key. */
  occurrences?: Readonly<Record<string, readonly Occurrence[]>>
}

/** A pure function from a report to text. */
export type Reporter = (report: Report, options?: ReporterOptions) => string

/** Listens to the report of each trace as it closes. */
export type ReportListener = (report: Report, trace: Trace) => void
