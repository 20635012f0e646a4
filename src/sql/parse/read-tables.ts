// Reads the tables and queries that a level can name: WITH, FROM, joins, and the table that is written.
import type { JoinExpr, Node, WithClause } from 'libpg-query'
import { analyzeExpression, readOperand } from './analyze-expression.ts'
import type { Join, TableUse } from './statement-analysis.ts'
import type { Scope, StatementReader } from './statement-reader.ts'
import { as, strings } from './tree.ts'

export function readWith(clause: WithClause | undefined, scope: Scope, reader: StatementReader): void {
  for (const node of clause?.ctes ?? []) {
    const cte = as(node, 'CommonTableExpr')
    if (cte?.ctequery === undefined) continue
    const name = cte.ctename ?? ''
    // A recursive query may name itself. The position of its level is known only afterwards.
    if (clause?.recursive === true) scope.withNames.set(name, reader.queries.length)
    const query = reader.readStatement(cte.ctequery, 'with', { ...scope, tables: [] }, name)
    scope.withNames.set(name, query)
  }
}

function isWithName(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.withNames.has(name)) return true
  return false
}

/** Adds a table that is read or written, and returns its position in `tables`. */
export function addTable(
  relation: { relname?: string; schemaname?: string; alias?: { aliasname?: string } },
  scope: Scope,
  reader: StatementReader,
  written = false,
): number {
  const name = relation.relname ?? ''
  const isWith = !written && relation.schemaname === undefined && isWithName(name, scope)
  return add(
    {
      kind: isWith ? 'with' : 'table',
      name,
      ...(relation.schemaname === undefined ? {} : { schema: relation.schemaname }),
      alias: relation.alias?.aliasname ?? name,
      query: scope.query,
      lateral: false,
      written,
    },
    scope,
    reader,
  )
}

function add(table: TableUse, scope: Scope, { tables }: StatementReader): number {
  tables.push(table)
  scope.tables.push(tables.length - 1)
  return tables.length - 1
}

/** Reads an item of FROM, and returns the positions of its tables in `tables`. */
export function readFrom(node: Node, scope: Scope, reader: StatementReader): number[] {
  const relation = as(node, 'RangeVar')
  if (relation !== undefined) return [addTable(relation, scope, reader)]
  const join = as(node, 'JoinExpr')
  if (join !== undefined) return readJoin(join, scope, reader)
  const query = as(node, 'RangeSubselect')
  const call = as(node, 'RangeFunction')
  const sample = as(node, 'RangeTableSample')
  if (sample?.relation !== undefined) return readFrom(sample.relation, scope, reader)
  if (query?.subquery !== undefined) {
    // A query in FROM sees its neighbours only when it is LATERAL. For finding names, the scope around it does no harm.
    const isValues = as(query.subquery, 'SelectStmt')?.valuesLists !== undefined
    reader.readStatement(query.subquery, 'from', scope)
    const alias = query.alias?.aliasname ?? ''
    const kind = isValues ? 'values' : 'query'
    return [addUnnamed(kind, alias, scope, reader, { lateral: query.lateral === true })]
  }
  if (call !== undefined) {
    const operands = (call.functions ?? []).flatMap((list) =>
      (as(list, 'List')?.items ?? []).slice(0, 1).map((item) => readOperand(item, scope, reader, true)),
    )
    const first = operands[0]
    const name = first?.kind === 'call' ? first.name : ''
    const alias = call.alias?.aliasname ?? name
    return [addUnnamed('function', alias, scope, reader, { name, lateral: call.lateral === true })]
  }
  return [addUnnamed('other', as(node, 'RangeTableFunc')?.alias?.aliasname ?? '', scope, reader)]
}

/** Adds an item of FROM that is no table. Without a name of its own it has that of its alias. */
function addUnnamed(
  kind: TableUse['kind'],
  alias: string,
  scope: Scope,
  reader: StatementReader,
  { name = alias, lateral = false }: { name?: string; lateral?: boolean } = {},
): number {
  return add({ kind, name, alias, query: scope.query, lateral, written: false }, scope, reader)
}

const JOINS: Readonly<Record<string, Join['kind']>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

function readJoin(join: JoinExpr, scope: Scope, reader: StatementReader): number[] {
  const left = join.larg === undefined ? [] : readFrom(join.larg, scope, reader)
  const right = join.rarg === undefined ? [] : readFrom(join.rarg, scope, reader)
  const using = strings(join.usingClause)
  const isCross = join.quals === undefined && using.length === 0 && join.isNatural !== true
  const kind = JOINS[join.jointype ?? ''] ?? 'inner'
  const lateral = right.some((at) => reader.tables[at]?.lateral === true)
  reader.joins.push({
    query: scope.query,
    kind: isCross && kind === 'inner' ? 'cross' : kind,
    lateral,
    left,
    right,
    using,
  })
  analyzeExpression(join.quals, scope, reader, 'join')
  return [...left, ...right]
}
