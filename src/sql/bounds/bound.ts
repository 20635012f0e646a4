// Proves how many rows a statement can return, and how long an array in one of them can be, whatever the tables contain. A
// size that cannot be proven is Infinity, with the reason in words.

import { parseStatements } from '../parse/parser.ts'
import { as } from '../parse/tree.ts'
import type { Catalog } from './catalog-shape.ts'
import { createQueryBounds } from './query-bound.ts'
import { createTableReader } from './tables.ts'

export interface BoundOptions {
  /** Without a catalog no unique key is known, so that only LIMIT, VALUES and aggregates bound a result. */
  catalog?: Catalog | undefined
  /** The search path of the session that sends the statement, when it differs from the catalog's. */
  searchPath?: readonly string[] | undefined
  /** Values of the parameters. Without them no parameter bounds anything. */
  params?: readonly unknown[] | undefined
  /** Bound the statement as if its outermost LIMIT were missing. LIMITs of subqueries still count. */
  withoutLimit?: boolean | undefined
}

export interface Bound {
  /** Maximum number of rows; Infinity when nothing bounds them. */
  rows: number
  /** Maximum number of elements of an array that an aggregate or ARRAY(…) puts into a row; 0 when there is no such array. */
  nested: number
  /** The reason, for example `no LIMIT, and no unique key of orders is fixed: add LIMIT or filter by orders.id`. */
  reason: string
}

/**
 * Bounds the result of a statement. A bounded result may be reported as unbounded, but never the reverse. Synchronous. Until
 * `loadParser()` has finished, and for statements that the parser rejects, nothing is known to be bounded. Never throws.
 */
export function bound(sql: string, options: BoundOptions = {}): Bound {
  try {
    const { statements, failure } = parseStatements(sql)
    if (statements === undefined) return notKnown(`the statement could not be parsed: ${failure}`)
    const bounds = createQueryBounds(createTableReader(options.catalog, options.searchPath), options.params)
    let rows = 0
    let nested = 0
    let reason = 'it returns no rows'
    for (const parsed of statements) {
      const statement = options.withoutLimit ? withoutLimit(parsed) : parsed
      const one = utilityRows(statement) ?? bounds.statement(statement, undefined, new Map())
      const unfit = one.own.rows === Infinity ? one.own : one.nested
      if (rows !== Infinity && nested !== Infinity)
        reason =
          unfit.rows === Infinity
            ? unfit.reason
            : one.own.reason || (one.own.rows === 0 ? 'it returns no rows' : 'it reads no table')
      rows += one.own.rows
      nested = Math.max(nested, one.nested.rows)
    }
    if (rows !== Infinity && nested === Infinity)
      reason = `an aggregate collects rows without limit: ${reason}`
    return { rows, nested, reason }
  } catch {
    return notKnown('the statement is too deep to be analysed')
  }
}

function withoutLimit<Statement extends object>(statement: Statement): Statement {
  const select = as(statement as never, 'SelectStmt')
  return select ? { ...statement, SelectStmt: { ...select, limitCount: undefined } } : statement
}

function notKnown(reason: string): Bound {
  return { rows: Infinity, nested: Infinity, reason }
}

type Amounts = { own: { rows: number; reason: string }; nested: { rows: number; reason: string } }

/** Bounds of statements other than queries. They return a status, or rows that are not known. */
function utilityRows(statement: object): Amounts | undefined {
  const name = Object.keys(statement)[0] ?? ''
  if (/^(Select|Insert|Update|Delete|Merge)Stmt$/.test(name)) return undefined
  const nested = { rows: 0, reason: '' }
  const fetch = as(statement as never, 'FetchStmt')
  if (fetch !== undefined) {
    // The parser represents FETCH ALL by the largest possible number.
    const count = Math.abs(Number(fetch.howMany ?? 0))
    const rows = count > Number.MAX_SAFE_INTEGER ? Infinity : count
    return {
      own: { rows: fetch.ismove === true ? 0 : rows, reason: rows === Infinity ? 'FETCH ALL' : 'FETCH' },
      nested: { rows: Infinity, reason: 'what the cursor nests is not known' },
    }
  }
  if (/^(Execute|Explain|Call|VariableShow)Stmt$/.test(name))
    return {
      own: { rows: Infinity, reason: 'what it returns is not known' },
      nested: { rows: Infinity, reason: 'what it returns is not known' },
    }
  return { own: { rows: 0, reason: 'it returns no rows' }, nested }
}
