// The most rows a statement can return, and the longest array it can put into one of them, by proof: what is called bounded
// is, whatever the tables hold. What cannot be proven is Infinity, with the reason in words.

import { parseStatements } from '../parse/parser.ts'
import { as } from '../parse/tree.ts'
import type { Catalog } from './catalog-shape.ts'
import { createQueryBounds } from './query-bound.ts'
import { createTableReader } from './tables.ts'

export interface BoundOptions {
  /** Without one, no unique key is known, and LIMIT, VALUES and aggregates are all there is. */
  catalog?: Catalog | undefined
  /** Of the session that sends the statement, when it is not the catalog's. */
  searchPath?: readonly string[] | undefined
  /** Values of the parameters. Without them nothing is bounded by a parameter. */
  params?: readonly unknown[] | undefined
  /** The bound that the statement would have without its own LIMIT; those of its subqueries count. */
  withoutLimit?: boolean | undefined
}

export interface Bound {
  /** The most rows; Infinity when nothing bounds them. */
  rows: number
  /** The most elements of an array that an aggregate or ARRAY(…) puts into a row; 0 when there is none. */
  nested: number
  /** Why it is unbounded, or what bounds it: `no LIMIT, and no unique key of orders is fixed: add LIMIT or filter by orders.id`. */
  reason: string
}

/**
 * Bounds the result of a statement. It may say unbounded of something bounded, never the reverse. Synchronous once
 * `loadParser()` is through; before that, and for what the parser refuses, nothing is known to be bounded. Never throws.
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

/** Statements that are no queries. What they return is a status, or not known. */
function utilityRows(statement: object): Amounts | undefined {
  const name = Object.keys(statement)[0] ?? ''
  if (/^(Select|Insert|Update|Delete|Merge)Stmt$/.test(name)) return undefined
  const nested = { rows: 0, reason: '' }
  const fetch = as(statement as never, 'FetchStmt')
  if (fetch !== undefined) {
    // FETCH ALL is written as the greatest number there is.
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
