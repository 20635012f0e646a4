// What detectors need to know of a statement, from PostgreSQL's own parser: which tables, which columns compare to which
// parameters, what limits, orders, groups, locks and writes. It reads the tree and nothing else: what only a catalog can
// tell (whose column an unqualified name is) is left out instead of guessed.

import type { JoinExpr, Node, SelectStmt, WithClause } from 'libpg-query'
import { fingerprint } from '../fingerprint/fingerprint.ts'
import { createTextCache } from '../fingerprint/text-cache.ts'
import { analyzeExpression, type ExpressionReader, readOperand } from './analyze-expression.ts'
import { parseStatements } from './parser.ts'
import type {
  AnalyzedStatement,
  Call,
  Join,
  Lock,
  Operand,
  Output,
  Predicate,
  QueryLevel,
  StatementAnalysis,
  TableUse,
  Write,
} from './statement-analysis.ts'
import { as, returningOf, strings } from './tree.ts'

/** By text, not by fingerprint: a literal can be the LIMIT. */
const cache = createTextCache<StatementAnalysis>({
  entries: 1_024,
  bytes: 16 * 1024 * 1024,
  bytesPerCharacter: 30,
  bytesPerEntry: 3_000,
})

/**
 * Analyses the first statement of a text. Synchronous once `loadParser()` is through; before that, and for what the parser
 * refuses, the answer is `{ analyzed: false, reason }`. Never throws.
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
    return createAnalyzer(sql, statements).run()
  } catch {
    // Deeper than our own stack.
    return { analyzed: false, reason: 'too-deep' }
  }
}

/** Tables and WITH queries one level can name, and the level around it. */
export interface Scope {
  query: number
  tables: number[]
  withNames: Map<string, number>
  outer?: Scope
}

const LOCKS: Readonly<Record<string, Lock['strength']>> = {
  LCS_FORUPDATE: 'update',
  LCS_FORNOKEYUPDATE: 'no key update',
  LCS_FORSHARE: 'share',
  LCS_FORKEYSHARE: 'key share',
}
const JOINS: Readonly<Record<string, Join['kind']>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

function createAnalyzer(sql: string, statements: readonly Node[]) {
  const queries: QueryLevel[] = []
  const tables: TableUse[] = []
  const predicates: Predicate[] = []
  const joins: Join[] = []
  const calls: Call[] = []
  const writes: Write[] = []
  const reader: ExpressionReader = { tables, predicates, calls, readQuery }

  return { run }

  function run(): AnalyzedStatement {
    const first = statements[0]
    if (first !== undefined) readStatement(first, 'statement')
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

  function readStatement(node: Node, role: QueryLevel['role'], outer?: Scope, name?: string): number {
    const select = as(node, 'SelectStmt')
    if (select !== undefined) return readSelect(select, role, outer, name)
    const scope = open(role, outer, name)
    const insert = as(node, 'InsertStmt')
    const update = as(node, 'UpdateStmt')
    const remove = as(node, 'DeleteStmt')
    const merge = as(node, 'MergeStmt')
    if (insert !== undefined) {
      readWith(insert.withClause, scope)
      const table = addTable(insert.relation ?? {}, scope, true)
      const source = as(insert.selectStmt, 'SelectStmt')
      const rows = source?.valuesLists
      if (source !== undefined) readSelect(source, 'source', { ...scope, tables: [] })
      const conflict = insert.onConflictClause
      writes.push({
        kind: 'insert',
        query: scope.query,
        table,
        columns: (insert.cols ?? []).map((column) => as(column, 'ResTarget')?.name ?? ''),
        values: [],
        ...(rows === undefined ? {} : { rows: rows.length }),
        source: source === undefined ? 'defaults' : rows === undefined ? 'query' : 'values',
        ...(conflict === undefined
          ? {}
          : { onConflict: conflict.action === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing' }),
        returning: returningOf(insert) !== undefined,
      })
      for (const target of conflict?.targetList ?? []) walk(as(target, 'ResTarget')?.val, scope)
      readCondition(conflict?.whereClause, scope, 'where')
      finish(scope, { outputs: outputs(returningOf(insert), scope) })
    } else if (update !== undefined || remove !== undefined) {
      const statement = (update ?? remove) as NonNullable<typeof update> & NonNullable<typeof remove>
      readWith(statement.withClause, scope)
      const table = addTable(statement.relation ?? {}, scope, true)
      const others = update?.fromClause ?? remove?.usingClause ?? []
      for (const from of others) readFrom(from, scope)
      const targets = (update?.targetList ?? []).map((target) => as(target, 'ResTarget'))
      writes.push({
        kind: update === undefined ? 'delete' : 'update',
        query: scope.query,
        table,
        columns: targets.map((target) => target?.name ?? ''),
        values: targets.map((target) => walk(target?.val, scope)),
        returning: returningOf(statement) !== undefined,
      })
      readCondition(statement.whereClause, scope, 'where')
      finish(scope, { outputs: outputs(returningOf(statement), scope) })
    } else if (merge !== undefined) {
      readWith(merge.withClause, scope)
      const table = addTable(merge.relation ?? {}, scope, true)
      if (merge.sourceRelation !== undefined) readFrom(merge.sourceRelation, scope)
      readCondition(merge.joinCondition, scope, 'join')
      const actions = (merge.mergeWhenClauses ?? []).map((clause) => as(clause, 'MergeWhenClause'))
      writes.push({
        kind: 'merge',
        query: scope.query,
        table,
        columns: [
          ...new Set(
            actions.flatMap((action) =>
              (action?.targetList ?? []).map((target) => as(target, 'ResTarget')?.name ?? ''),
            ),
          ),
        ],
        values: [],
        returning: returningOf(merge) !== undefined,
      })
      for (const action of actions) {
        for (const target of action?.targetList ?? []) walk(as(target, 'ResTarget')?.val, scope)
        for (const value of action?.values ?? []) walk(value, scope)
        walk(action?.condition, scope)
      }
      finish(scope, { outputs: outputs(returningOf(merge), scope) })
    } else {
      // A cursor, a prepared statement, EXPLAIN: what is inside counts.
      const inner =
        as(node, 'DeclareCursorStmt')?.query ??
        as(node, 'PrepareStmt')?.query ??
        as(node, 'ExplainStmt')?.query
      if (inner !== undefined) readStatement(inner, 'source', scope)
    }
    return scope.query
  }

  function readSelect(select: SelectStmt, role: QueryLevel['role'], outer?: Scope, name?: string): number {
    const scope = open(role, outer, name)
    readWith(select.withClause, scope)
    const isSet = select.op !== undefined && select.op !== 'SETOP_NONE'
    if (isSet) {
      if (select.larg !== undefined) readSelect(select.larg, 'arm', scope)
      if (select.rarg !== undefined) readSelect(select.rarg, 'arm', scope)
    }
    for (const from of select.fromClause ?? []) readFrom(from, scope)
    for (const row of select.valuesLists ?? []) walk(row, scope)
    readCondition(select.whereClause, scope, 'where')
    readCondition(select.havingClause, scope, 'having')
    const limited = select.limitOption !== undefined && select.limitOption !== 'LIMIT_OPTION_DEFAULT'
    const limit = walk(select.limitCount, scope)
    const isLimit = limited && select.limitCount !== undefined && !isNull(limit)
    for (const window of select.windowClause ?? []) walk(window, scope)
    finish(scope, {
      outputs: outputs(select.targetList, scope),
      distinct: select.distinctClause !== undefined,
      grouped: select.groupClause !== undefined,
      groupBy: (select.groupClause ?? []).map((term) => walk(term, scope)),
      having: select.havingClause !== undefined,
      orderBy: (select.sortClause ?? []).map((term) => {
        const sort = as(term, 'SortBy')
        return { by: walk(sort?.node, scope), descending: sort?.sortby_dir === 'SORTBY_DESC' }
      }),
      ...(isLimit ? { limit } : {}),
      withTies: select.limitOption === 'LIMIT_OPTION_WITH_TIES',
      ...(select.limitOffset === undefined ? {} : { offset: walk(select.limitOffset, scope) }),
      ...(isSet ? { setOperation: setOperation(select) } : {}),
      locks: (select.lockingClause ?? []).flatMap((clause) => {
        const lock = as(clause, 'LockingClause')
        const strength = LOCKS[lock?.strength ?? '']
        if (strength === undefined) return []
        const wait =
          lock?.waitPolicy === 'LockWaitSkip'
            ? 'skip locked'
            : lock?.waitPolicy === 'LockWaitError'
              ? 'nowait'
              : 'block'
        return [{ strength, wait } as const]
      }),
    })
    return scope.query
  }

  function open(role: QueryLevel['role'], outer?: Scope, name?: string): Scope {
    queries.push({
      ...(outer === undefined ? {} : { parent: outer.query }),
      role,
      ...(name === undefined ? {} : { name }),
      outputs: [],
      distinct: false,
      grouped: false,
      groupBy: [],
      having: false,
      orderBy: [],
      withTies: false,
      locks: [],
    })
    const scope: Scope = { query: queries.length - 1, tables: [], withNames: new Map() }
    if (outer !== undefined) scope.outer = outer
    return scope
  }

  function finish(scope: Scope, fields: Partial<QueryLevel>): void {
    queries[scope.query] = { ...(queries[scope.query] as QueryLevel), ...fields }
  }

  function readQuery(node: Node, role: 'expression' | 'from', scope: Scope): number {
    return readStatement(node, role, scope)
  }

  function readWith(clause: WithClause | undefined, scope: Scope): void {
    for (const node of clause?.ctes ?? []) {
      const cte = as(node, 'CommonTableExpr')
      if (cte?.ctequery === undefined) continue
      const name = cte.ctename ?? ''
      // A recursive query may name itself; which level it is, is known only afterwards.
      if (clause?.recursive === true) scope.withNames.set(name, queries.length)
      const query = readStatement(cte.ctequery, 'with', { ...scope, tables: [] }, name)
      scope.withNames.set(name, query)
    }
  }

  function isWithName(name: string, scope: Scope | undefined): boolean {
    for (let at = scope; at !== undefined; at = at.outer) if (at.withNames.has(name)) return true
    return false
  }

  function addTable(
    relation: { relname?: string; schemaname?: string; alias?: { aliasname?: string } },
    scope: Scope,
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
    )
  }

  function add(table: TableUse, scope: Scope): number {
    tables.push(table)
    scope.tables.push(tables.length - 1)
    return tables.length - 1
  }

  /** Positions of the tables the FROM item brings. */
  function readFrom(node: Node, scope: Scope): number[] {
    const relation = as(node, 'RangeVar')
    if (relation !== undefined) return [addTable(relation, scope)]
    const join = as(node, 'JoinExpr')
    if (join !== undefined) return readJoin(join, scope)
    const query = as(node, 'RangeSubselect')
    const call = as(node, 'RangeFunction')
    const sample = as(node, 'RangeTableSample')
    if (sample?.relation !== undefined) return readFrom(sample.relation, scope)
    if (query?.subquery !== undefined) {
      // A query in FROM sees its neighbours only when it is LATERAL; to find names, the scope around does no harm.
      const isValues = as(query.subquery, 'SelectStmt')?.valuesLists !== undefined
      readQuery(query.subquery, 'from', scope)
      const alias = query.alias?.aliasname ?? ''
      const kind = isValues ? 'values' : 'query'
      return [
        add(
          { kind, name: alias, alias, query: scope.query, lateral: query.lateral === true, written: false },
          scope,
        ),
      ]
    }
    if (call !== undefined) {
      const operands = (call.functions ?? []).flatMap((list) =>
        (as(list, 'List')?.items ?? []).slice(0, 1).map((item) => walk(item, scope, true)),
      )
      const first = operands[0]
      const name = first?.kind === 'call' ? first.name : ''
      const alias = call.alias?.aliasname ?? name
      const lateral = call.lateral === true
      return [add({ kind: 'function', name, alias, query: scope.query, lateral, written: false }, scope)]
    }
    const alias = as(node, 'RangeTableFunc')?.alias?.aliasname ?? ''
    return [
      add({ kind: 'other', name: alias, alias, query: scope.query, lateral: false, written: false }, scope),
    ]
  }

  function readJoin(join: JoinExpr, scope: Scope): number[] {
    const left = join.larg === undefined ? [] : readFrom(join.larg, scope)
    const right = join.rarg === undefined ? [] : readFrom(join.rarg, scope)
    const using = strings(join.usingClause)
    const isCross = join.quals === undefined && using.length === 0 && join.isNatural !== true
    const kind = JOINS[join.jointype ?? ''] ?? 'inner'
    const lateral = right.some((at) => tables[at]?.lateral === true)
    joins.push({
      query: scope.query,
      kind: isCross && kind === 'inner' ? 'cross' : kind,
      lateral,
      left,
      right,
      using,
    })
    readCondition(join.quals, scope, 'join')
    return [...left, ...right]
  }

  function outputs(targets: readonly Node[] | undefined, scope: Scope): Output[] {
    return (targets ?? []).map((target) => {
      const result = as(target, 'ResTarget')
      const name = result?.name === undefined ? {} : { name: result.name }
      const column = as(result?.val, 'ColumnRef')
      if (column?.fields?.some((field) => as(field, 'A_Star') !== undefined)) {
        const qualifier = strings(column.fields).at(-1)
        const table = scope.tables.find((at) => tables[at]?.alias === qualifier)
        return { kind: 'star', ...(table === undefined ? {} : { table }), ...name }
      }
      const before = calls.length
      const operand = walk(result?.val, scope)
      if (operand.kind === 'column') {
        const { column: used, table } = operand
        return { kind: 'column', column: used, ...(table === undefined ? {} : { table }), ...name }
      }
      if (operand.kind === 'constant' || operand.kind === 'parameter') return { kind: 'constant', ...name }
      const aggregates = calls
        .slice(before)
        .some((call) => call.query === scope.query && call.kind === 'aggregate')
      return { kind: aggregates ? 'aggregate' : 'expression', ...name }
    })
  }

  function readCondition(node: Node | undefined, scope: Scope, clause: Predicate['clause']): void {
    analyzeExpression(node, scope, reader, clause)
  }

  function walk(node: Node | undefined, scope: Scope, isSource = false): Operand {
    return readOperand(node, scope, reader, isSource)
  }
}

function isNull(operand: Operand): boolean {
  return operand.kind === 'constant' && operand.value === null
}

function setOperation({ op, all }: SelectStmt): NonNullable<QueryLevel['setOperation']> {
  if (op === 'SETOP_INTERSECT') return 'intersect'
  if (op === 'SETOP_EXCEPT') return 'except'
  return all === true ? 'union all' : 'union'
}
