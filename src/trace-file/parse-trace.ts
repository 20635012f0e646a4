// One line of a trace file as a trace, with what was left out filled in: a name, an id, times that follow each other. It
// fills in no fact that would be a guess; a value that is not known stays unknown.
import * as v from 'valibot'
import { limitInForce } from '../sql/fingerprint/limit-in-force.ts'
import {
  applicationFrames,
  type IsApplication,
  type RecordedRule,
  recordedRule,
} from '../trace/call-site/application-code.ts'
import type { CallSite, Query } from '../types/query.ts'
import type { RecordedApplication, Trace, TraceKind } from '../types/trace.ts'
import { nameValues } from './name-values.ts'
import { type ReadQuery, traceShape } from './trace-shape.ts'

/** More queries are counted, not kept. */
const KEPT_QUERIES = 100_000
const UNNAMED = 'unnamed'

/** Adds what else is known of queries, while those values that are in the file are still there. */
export type NoteQueries = (queries: readonly Query[]) => void

/** Reads the lines of one analysis: traces without an id are numbered in the order they are read. */
export function traceParser(
  note?: NoteQueries,
  ruleOf: RecordedRule = recordedRule(),
): (line: string) => Trace {
  const ordinals = new Map<string, number>()
  return (line) => {
    const {
      id,
      name = UNNAMED,
      kind = kindOf(name),
      queries,
      truncated = 0,
      ...rest
    } = readShape(parseJson(line))
    const kept = withTimes(queries.slice(0, KEPT_QUERIES))
    const isApplication = ruleOf(rest.application as RecordedApplication | undefined)
    const completed = kept.map((query) => complete(query, kept, isApplication))
    note?.(completed)
    const label = `${kind} ${name}`
    const ordinal = (ordinals.get(label) ?? 0) + 1
    if (id === undefined) ordinals.set(label, ordinal)
    return {
      ...rest,
      id: id ?? `${label} #${ordinal}`,
      kind,
      name,
      durationMs: rest.durationMs ?? kept.reduce((latest, query) => Math.max(latest, endOf(query)), 0),
      truncated: truncated + queries.length - kept.length,
      queries: nameValues(completed),
    } as Trace
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`)
  }
}

function readShape(value: unknown): v.InferOutput<typeof traceShape> {
  const { findings, queries } = Object(value) as Record<string, unknown>
  if (Array.isArray(findings) && !Array.isArray(queries))
    throw new Error('a report, no trace; pg-loupe report prints it')
  const result = v.safeParse(traceShape, value, { abortEarly: true })
  if (!result.success) throw new Error(`not a trace: ${explain(result.issues[0])}`)
  for (const [index, { flow = [] }] of result.output.queries.entries()) {
    const wrong = flow.find(({ query = 0 }) => query >= index)
    if (wrong)
      throw new Error(
        `not a trace: queries.${index}.flow is from query ${wrong.query}, which is no earlier one`,
      )
  }
  return result.output
}

function explain(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? 'it'
  if (issue.received === 'undefined') return `${place} is missing`
  return `${place} is ${issue.received}, expected ${issue.message}`
}

/** `GET /orders/:id` */
function kindOf(name: string): TraceKind {
  return /^[A-Z]+ [/*]/.test(name) ? 'http' : 'job'
}

/** Without times, each query starts when the one before has ended. */
function withTimes(queries: readonly ReadQuery[]): (ReadQuery & { startMs: number })[] {
  let end = 0
  return queries.map((query) => {
    const timed = { ...query, startMs: query.startMs ?? end }
    end = endOf(timed)
    return timed
  })
}

function endOf({ startMs, waitMs = 0, durationMs = 0 }: ReadQuery & { startMs: number }): number {
  return startMs + waitMs + durationMs
}

function complete(query: ReadQuery, queries: readonly ReadQuery[], isApplication: IsApplication): Query {
  const { callSite: recorded, runningFrames, builtAt, source, flow, usage, ...facts } = query
  const callSite = recorded && applicationFrames(recorded as CallSite, isApplication)
  return {
    ...(query.sqlLength === undefined ? limitInForce(query.sql, query.params) : {}),
    ...facts,
    ...(callSite ? { callSite } : {}),
    // Which frames were left out is unknown.
    ...(runningFrames !== undefined && callSite?.length === recorded?.length ? { runningFrames } : {}),
    ...(builtAt?.file === undefined ? {} : { builtAt }),
    ...(source?.expression === undefined ? {} : { source: completeSource(source) }),
    ...(flow
      ? { flow: flow.map((from) => ({ ...from, rows: from.rows ?? queries[from.query ?? 0]?.rows ?? 0 })) }
      : {}),
    ...(usage?.rowsTouched === undefined ? {} : { usage }),
  } as Query
}

function completeSource({ loop, ...source }: NonNullable<ReadQuery['source']>) {
  return loop?.over === undefined || loop.each === undefined ? source : { ...source, loop }
}
