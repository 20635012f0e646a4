// Wraps PostgreSQL's own parser, a WASM module that must be loaded once. It reports some failures as strings, overflows on
// deeply nested statements on Node.js 20, and leaks memory when it does. Here each failure becomes a reason, is counted, and
// is not tried twice. The path of a query must never call this module.

import type { Node, ParseResult, RawStmt } from 'libpg-query'
import { requireParser } from '../../host/require-parser.ts'
import { createTextCache } from '../fingerprint/text-cache.ts'

/** The reason why a statement could not be parsed. */
export type ParseFailure =
  /** `loadParser()` was not called or has not finished, or libpg-query is not installed. */
  | 'parser-not-loaded'
  /** The statement is longer than 100 KB. */
  | 'too-long'
  /** The statement is nested deeper than the parser's stack, or JavaScript's, allows. */
  | 'too-deep'
  /** PostgreSQL's parser rejects the statement. */
  | 'syntax-error'
  /** The parser failed in a way that is unrelated to the statement. */
  | 'parser-error'

export type Parsed =
  | { statements: readonly Node[]; failure?: never }
  | { statements?: never; failure: ParseFailure }

/** Number of parsed statements, and of statements that could not be parsed, by reason. */
export interface ParserCounts {
  parsed: number
  failed: Readonly<Record<ParseFailure, number>>
}

interface Parser {
  loadModule(): Promise<void>
  parseSync(sql: string): ParseResult
}

const LONGEST_STATEMENT = 100_000
/** Maximum number of overflows in a process, because each leaks about 4 MB. */
const MOST_OVERFLOWS = 8
/** Estimated bytes of a tree per character of SQL. */
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
 * Loads PostgreSQL's parser, once per process. From then on `analyzeStatement` and `bound` are synchronous. Resolves to false
 * when the parser cannot be loaded: everything else then works without it and reports so. Never throws.
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

/** Whether the parser was requested but could not be loaded. */
export function isParserMissing(): boolean {
  return isMissing
}

export function parserCounts(): ParserCounts {
  return { parsed, failed: { ...failed } }
}

/** The syntax trees of the statements in a text. Failures are remembered by text, except that of a missing parser. */
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
  // The parser would stop at a NUL character and analyse a different statement.
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

/** Checks the form of the parser's answer. */
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
