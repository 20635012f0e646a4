// PostgreSQL's own parser, kept at arm's length: it is a WASM module that must be loaded once, answers some failures with
// strings, overflows on deep statements on Node 20 and leaks when it does. Here every way it can fail becomes a reason, is
// counted, and is not tried twice. Nothing on the path of a query may call this.

import type { Node, ParseResult, RawStmt } from 'libpg-query'
import { requireParser } from '../../host/require-parser.ts'
import { createTextCache } from '../fingerprint/text-cache.ts'

/** Why a statement could not be parsed. */
export type ParseFailure =
  /** `loadParser()` has not been called, has not ended, or libpg-query is not installed. */
  | 'parser-not-loaded'
  /** Longer than 100 KB. */
  | 'too-long'
  /** Nested deeper than the parser's stack, or this one's, allows. */
  | 'too-deep'
  /** PostgreSQL's parser refuses it. */
  | 'syntax-error'
  /** The parser failed in a way that says nothing of the statement. */
  | 'parser-error'

export type Parsed =
  | { statements: readonly Node[]; failure?: never }
  | { statements?: never; failure: ParseFailure }

/** How many statements were parsed, and how many could not be, by reason. */
export interface ParserCounts {
  parsed: number
  failed: Readonly<Record<ParseFailure, number>>
}

interface Parser {
  loadModule(): Promise<void>
  parseSync(sql: string): ParseResult
}

const LONGEST_STATEMENT = 100_000
/** Each overflow leaks about 4 MB, so a process gets this many. */
const MOST_OVERFLOWS = 8
/** Trees take about this many bytes for a character of SQL. */
const TREE_BYTES_PER_CHARACTER = 60

let parser: Parser | undefined
let isMissing = false
let loading: Promise<boolean> | undefined
let overflows = 0
let shortestOverflow = Number.POSITIVE_INFINITY
const failed: Record<ParseFailure, number> = {
  'parser-not-loaded': 0,
  'too-long': 0,
  'too-deep': 0,
  'syntax-error': 0,
  'parser-error': 0,
}
let parsed = 0
const cache = createTextCache<Parsed>({
  entries: 1_024,
  bytes: 32 * 1024 * 1024,
  bytesPerCharacter: TREE_BYTES_PER_CHARACTER,
  bytesPerEntry: 600,
})

/**
 * Loads PostgreSQL's parser, once for the process; `analyzeStatement` and `bound` are synchronous from then on. False when
 * it cannot be loaded: everything else works without it and says so. Never throws.
 */
export function loadParser(): Promise<boolean> {
  loading ??= load()
  return loading
}

async function load(): Promise<boolean> {
  try {
    const loaded = requireParser() as Parser | undefined
    await loaded?.loadModule()
    parser = loaded
  } catch {}
  isMissing = parser === undefined
  return !isMissing
}

export function isParserLoaded(): boolean {
  return parser !== undefined
}

/** It was asked for, and could not be loaded. */
export function isParserMissing(): boolean {
  return isMissing
}

export function parserCounts(): ParserCounts {
  return { parsed, failed: { ...failed } }
}

/** The trees of the statements in a text; failures other than a missing parser are remembered by text. */
export function parseStatements(sql: string): Parsed {
  if (parser === undefined) return fail('parser-not-loaded')
  const known = cache.get(sql)
  if (known !== undefined) return known
  const result = parse(parser, sql)
  cache.set(sql, result)
  return result
}

function parse(loaded: Parser, sql: string): Parsed {
  if (typeof sql !== 'string' || sql.length > LONGEST_STATEMENT) return fail('too-long')
  // The parser would read up to the NUL only, and answer for another statement.
  if (sql.includes('\0')) return fail('syntax-error')
  if (overflows >= MOST_OVERFLOWS && sql.length >= shortestOverflow) return fail('too-deep')
  try {
    const result: unknown = loaded.parseSync(sql)
    const statements = statementsOf(result)
    if (statements === undefined) return fail('parser-error')
    parsed++
    return { statements }
  } catch (error) {
    if (error instanceof RangeError || /unreachable|out of bounds|stack/i.test(messageOf(error))) {
      overflows++
      shortestOverflow = Math.min(shortestOverflow, sql.length)
      return fail('too-deep')
    }
    return fail('syntax-error')
  }
}

/** Only what has the right form counts as an answer. */
function statementsOf(result: unknown): readonly Node[] | undefined {
  if (typeof result !== 'object' || result === null || !('version' in result)) return undefined
  const { stmts = [] } = result as { stmts?: RawStmt[] }
  if (!Array.isArray(stmts)) return undefined
  return stmts.flatMap(({ stmt }) => (stmt === undefined ? [] : [stmt]))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function fail(failure: ParseFailure): Parsed {
  failed[failure]++
  return { failure }
}
