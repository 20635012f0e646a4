// Analyzes a statement with PostgreSQL's own parser: its tables, the columns that are compared with parameters, and its
// limits, orders, groups, locks and writes. Only the tree is read. Facts that only a catalog has, such as the table of an
// unqualified column, are left out instead of guessed.

import type { Node } from 'libpg-query'
import { fingerprint } from '../fingerprint/fingerprint.ts'
import { createTextCache } from '../fingerprint/text-cache.ts'
import { parseStatements } from './parser.ts'
import { readSelect } from './read-select.ts'
import { readDelete, readInsert, readMerge, readUpdate } from './read-write.ts'
import type { AnalyzedStatement, StatementAnalysis } from './statement-analysis.ts'
import { openLevel, type StatementReader } from './statement-reader.ts'
import { as } from './tree.ts'

/** The key is the text and not the fingerprint, because a literal can be the LIMIT. */
const cache = createTextCache<StatementAnalysis>({
  entries: 1_024,
  bytes: 16 * 1024 * 1024,
  bytesPerCharacter: 30,
  bytesPerEntry: 3_000,
})

/**
 * Analyzes the first statement of a text. Before `loadParser()` has finished, and for a text that the parser refuses, the answer
 * is `{ analyzed: false, reason }`. Never throws.
 */
export function analyzeStatement(sql: string): StatementAnalysis {
  const known = cache.get(sql)
  if (known !== undefined) return known
  const { statements, failure } = parseStatements(sql)
  if (failure === 'parser-not-loaded') return { analyzed: false, reason: failure }
  const made: StatementAnalysis =
    statements === undefined ? { analyzed: false, reason: failure } : analyze(sql, statements)
  cache.set(sql, made)
  return made
}

function analyze(sql: string, statements: readonly Node[]): StatementAnalysis {
  try {
    return readFirst(sql, statements)
  } catch {
    // The tree is deeper than our own stack.
    return { analyzed: false, reason: 'too-deep' }
  }
}

function readFirst(sql: string, statements: readonly Node[]): AnalyzedStatement {
  const reader = createReader()
  const [first] = statements
  if (first !== undefined) reader.readStatement(first, 'statement')
  const { queries, tables, predicates, joins, calls, writes } = reader
  const { kind } = fingerprint(sql)
  return {
    analyzed: true,
    kind,
    statements: statements.length,
    queries,
    tables,
    predicates,
    joins,
    calls,
    writes,
  }
}

function createReader(): StatementReader {
  const reader: StatementReader = {
    queries: [],
    tables: [],
    predicates: [],
    joins: [],
    calls: [],
    writes: [],
    readStatement(node, role, outer, name) {
      const scope = openLevel(reader, role, outer, name)
      const select = as(node, 'SelectStmt')
      const insert = as(node, 'InsertStmt')
      const update = as(node, 'UpdateStmt')
      const remove = as(node, 'DeleteStmt')
      const merge = as(node, 'MergeStmt')
      // The statement inside a cursor, a prepared statement or EXPLAIN counts.
      const inner =
        as(node, 'DeclareCursorStmt')?.query ??
        as(node, 'PrepareStmt')?.query ??
        as(node, 'ExplainStmt')?.query
      if (select !== undefined) readSelect(select, scope, reader)
      else if (insert !== undefined) readInsert(insert, scope, reader)
      else if (update !== undefined) readUpdate(update, scope, reader)
      else if (remove !== undefined) readDelete(remove, scope, reader)
      else if (merge !== undefined) readMerge(merge, scope, reader)
      else if (inner !== undefined) reader.readStatement(inner, 'source', scope)
      return scope.query
    },
  }
  return reader
}
