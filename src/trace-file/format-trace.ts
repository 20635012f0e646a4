// Formats a trace as a line of a trace file, version 1. Values are left out unless requested: literals are removed from the
// statement, and names that are drawn for each trace show which values are equal. The line is produced in pieces, so that the
// application can continue in between.
import { randomBytes } from 'node:crypto'
import { ignoresOf } from '../sql/fingerprint/ignore-comment.ts'
import { neutralLiterals } from '../sql/fingerprint/neutral-literals.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { relativeFrame } from './relative-frame.ts'

/** Parameters of one query, as JSON can hold them. */
export type Params = readonly unknown[] | undefined

/** The state while one trace is written. */
interface Writing {
  folder: string | undefined
  values: boolean
  rename: (name: string) => string
  neutral: (sql: string) => string
}

/**
 * The pieces of the line, joined without anything between them; the line break is not among them. Given the parameters of
 * its queries, the line holds them, and statements as they were sent.
 */
export function* formatTrace(
  { queries, ...trace }: Trace,
  folder: string | undefined,
  params?: readonly Params[],
): Generator<string> {
  const writing: Writing = {
    folder,
    values: params !== undefined,
    rename: memo(drawName),
    neutral: memo(neutralLiterals),
  }
  yield `${JSON.stringify(trace).slice(0, -1)},"queries":[`
  for (const [index, query] of queries.entries()) {
    const entries = FIELDS.map((name) => [name, WRITERS[name](query, writing)])
    const fields = { ...Object.fromEntries(entries), params: params?.[index] }
    yield `${index === 0 ? '' : ','}${JSON.stringify(fields)}`
  }
  yield ']}'
}

/** The conversion of each field of a query; undefined leaves the field out. A missing field does not compile. */
const WRITERS: {
  [Name in keyof Required<Omit<Query, 'params'>>]: (query: Query, writing: Writing) => unknown
} = {
  sql: ({ sql }, { values, neutral }) => (values ? sql : neutral(sql)),
  sqlLength: ({ sqlLength }) => sqlLength,
  limit: ({ limit }) => limit,
  offset: ({ offset }) => offset,
  valueHashes: ({ valueHashes }, { values, rename }) =>
    values
      ? undefined
      : valueHashes?.map((name) => (typeof name === 'string' ? rename(name) : name.map(rename))),
  startMs: ({ startMs }) => startMs,
  durationMs: ({ durationMs }) => durationMs,
  waitMs: ({ waitMs }) => waitMs,
  rows: ({ rows }) => rows,
  bytes: ({ bytes }) => bytes,
  inPortions: ({ inPortions }) => inPortions,
  resultHash: ({ resultHash }, { rename }) =>
    resultHash === undefined ? undefined : rename(`result ${resultHash}`),
  columns: ({ columns }) => unlessEmpty(columns),
  via: ({ via }) => via,
  tables: ({ tables }) => unlessEmpty(tables),
  afterResponse: ({ afterResponse }) => afterResponse,
  connection: ({ connection }) => connection,
  transaction: ({ transaction }) => transaction,
  prepared: ({ prepared }) => prepared,
  error: ({ error }) => error,
  callSite: ({ callSite = [] }, { folder }) =>
    unlessEmpty(callSite.map((frame) => relativeFrame(frame, folder))),
  runningFrames: ({ runningFrames, callSite = [] }) => (callSite.length > 0 ? runningFrames : undefined),
  callersUnknown: ({ callersUnknown }) => callersUnknown,
  builtAt: ({ builtAt }, { folder }) => builtAt && relativeFrame(builtAt, folder),
  source: ({ source }) => source,
  flow: ({ flow }) => unlessEmpty(flow),
  usage: ({ usage }) => usage,
  bound: ({ bound }) => bound,
  effects: ({ effects }) => effects,
  // Comments are removed from the statement, so their marks are written here.
  ignored: (query) => unlessEmpty(ignoresOf(query)),
}
const FIELDS = Object.keys(WRITERS) as (keyof typeof WRITERS)[]

/** No two of the values of one trace get one name by chance. */
const NAME_BYTES = 9

/** Tells as little as a keyed hash whose key has been thrown away. */
function drawName(): string {
  return randomBytes(NAME_BYTES).toString('base64url')
}

function memo(make: (text: string) => string): (text: string) => string {
  const made = new Map<string, string>()
  return (text) => {
    const result = made.get(text) ?? make(text)
    made.set(text, result)
    return result
  }
}

function unlessEmpty<Item>(list: readonly Item[] | undefined): readonly Item[] | undefined {
  return list && list.length > 0 ? list : undefined
}
