// Reads conditions and expressions for `analyzeStatement`: comparisons become predicates with the column on the left, calls
// are recorded, and queries inside of them are analysed.

import type { A_Expr, ColumnRef, FuncCall, Node, SubLink } from 'libpg-query'
import { AGGREGATES, SET_RETURNING } from './known-functions.ts'
import type { ColumnUse, Operand, Predicate, TableUse } from './statement-analysis.ts'
import type { Scope, StatementReader } from './statement-reader.ts'
import { as, constantValue, eachChild, strings } from './tree.ts'

interface ConditionPlace {
  clause: Predicate['clause']
  conjunct: boolean
  negated: boolean
}

const OTHER: Operand = { kind: 'other' }
const FLIPPED: Readonly<Record<string, string>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
}

export function analyzeExpression(
  node: Node | undefined,
  scope: Scope,
  reader: StatementReader,
  clause: Predicate['clause'],
): void {
  readCondition(node, { clause, conjunct: true, negated: false })

  function readCondition(condition: Node | undefined, place: ConditionPlace): void {
    if (condition === undefined) return
    const bool = as(condition, 'BoolExpr')
    if (bool !== undefined) {
      const isNot = bool.boolop === 'NOT_EXPR'
      const conjunct = place.conjunct && bool.boolop === 'AND_EXPR'
      for (const arg of bool.args ?? [])
        readCondition(arg, { clause, conjunct, negated: isNot ? !place.negated : place.negated })
      return
    }
    const comparison = as(condition, 'A_Expr')
    if (comparison !== undefined) {
      readComparison(comparison, place)
      return
    }
    const test = as(condition, 'NullTest')
    const boolean = as(condition, 'BooleanTest')
    const link = as(condition, 'SubLink')
    if (test !== undefined)
      add(place, operand(test.arg), test.nulltesttype === 'IS_NULL' ? 'is null' : 'is not null', OTHER)
    else if (boolean !== undefined)
      add(place, operand(boolean.arg), (boolean.booltesttype ?? '').toLowerCase().replaceAll('_', ' '), OTHER)
    else if (link !== undefined) readLink(link, place)
    else {
      const column = operand(condition)
      // A boolean column alone is a condition.
      if (column.kind === 'column') add(place, column, '=', { kind: 'constant', value: true })
    }
  }

  function readLink(link: SubLink, place: ConditionPlace): void {
    const right = operand({ SubLink: link })
    if (link.subLinkType === 'EXISTS_SUBLINK') add(place, OTHER, 'exists', right)
    else if (link.subLinkType === 'ANY_SUBLINK' || link.subLinkType === 'ALL_SUBLINK') {
      const name = strings(link.operName)[0]
      const quantifier = link.subLinkType === 'ANY_SUBLINK' ? 'any' : 'all'
      add(place, operand(link.testexpr), name === undefined ? 'in' : `${name} ${quantifier}`, right)
    }
  }

  function readComparison(comparison: A_Expr, place: ConditionPlace): void {
    const name = strings(comparison.name).at(-1) ?? ''
    const left = operand(comparison.lexpr)
    const right = operand(comparison.rexpr)
    switch (comparison.kind) {
      case 'AEXPR_OP_ANY':
        add(place, left, `${name} any`, right)
        return
      case 'AEXPR_OP_ALL':
        add(place, left, `${name} all`, right)
        return
      case 'AEXPR_DISTINCT':
        addEither(place, left, 'is distinct from', right)
        return
      case 'AEXPR_NOT_DISTINCT':
        addEither(place, left, 'is not distinct from', right)
        return
      case 'AEXPR_IN':
        add(place, left, name === '=' ? 'in' : 'not in', right)
        return
      case 'AEXPR_LIKE':
        add(place, left, name === '~~' ? 'like' : 'not like', right)
        return
      case 'AEXPR_ILIKE':
        add(place, left, name === '~~*' ? 'ilike' : 'not ilike', right)
        return
      case 'AEXPR_SIMILAR':
        add(place, left, name === '~' ? 'similar to' : 'not similar to', right)
        return
      case 'AEXPR_BETWEEN':
      case 'AEXPR_BETWEEN_SYM':
        add(place, left, 'between', right)
        return
      case 'AEXPR_NOT_BETWEEN':
      case 'AEXPR_NOT_BETWEEN_SYM':
        add(place, left, 'not between', right)
        return
    }
    if (
      left.kind === 'row' &&
      right.kind === 'row' &&
      name === '=' &&
      left.items.length === right.items.length
    )
      for (let at = 0; at < left.items.length; at++)
        addEither(place, left.items[at] as Operand, '=', right.items[at] as Operand)
    else addEither(place, left, name, right)
  }

  function addEither(place: ConditionPlace, left: Operand, operator: string, right: Operand): void {
    const flipped = FLIPPED[operator] ?? (operator.startsWith('is ') ? operator : undefined)
    if (left.kind !== 'column' && right.kind === 'column' && flipped !== undefined)
      add(place, right, flipped, left)
    else add(place, left, operator, right)
  }

  function add({ conjunct, negated }: ConditionPlace, left: Operand, operator: string, right: Operand): void {
    reader.predicates.push({ query: scope.query, clause, left, operator, right, conjunct, negated })
  }

  function operand(part: Node | undefined): Operand {
    return readOperand(part, scope, reader)
  }
}

/** Classifies an expression by its outermost node. Everything inside of it is read as well. */
export function readOperand(
  node: Node | undefined,
  scope: Scope,
  reader: StatementReader,
  isSource = false,
): Operand {
  if (node === undefined) return OTHER
  const column = as(node, 'ColumnRef')
  if (column !== undefined) return { kind: 'column', ...columnUse(column, scope, reader.tables) }
  const parameter = as(node, 'ParamRef')
  if (parameter !== undefined) return { kind: 'parameter', number: parameter.number ?? 0 }
  const constant = as(node, 'A_Const')
  if (constant !== undefined) return { kind: 'constant', value: constantValue(constant) }
  const cast = as(node, 'TypeCast')
  if (cast !== undefined) return readOperand(cast.arg, scope, reader)
  const list = as(node, 'List')?.items ?? as(node, 'A_ArrayExpr')?.elements
  if (list !== undefined) return { kind: 'list', items: list.map((item) => readOperand(item, scope, reader)) }
  const row = as(node, 'RowExpr')
  if (row !== undefined)
    return { kind: 'row', items: (row.args ?? []).map((item) => readOperand(item, scope, reader)) }
  const call = as(node, 'FuncCall')
  if (call !== undefined) return readCall(call, scope, reader, isSource)
  const link = as(node, 'SubLink')
  if (link?.subselect !== undefined) {
    readOperand(link.testexpr, scope, reader)
    return { kind: 'query', query: reader.readStatement(link.subselect, 'expression', scope) }
  }
  // A minus before a number belongs to the number.
  const expression = as(node, 'A_Expr')
  if (
    expression?.kind === 'AEXPR_OP' &&
    expression.lexpr === undefined &&
    strings(expression.name)[0] === '-'
  ) {
    const inner = readOperand(expression.rexpr, scope, reader)
    if (inner.kind === 'constant' && typeof inner.value === 'number')
      return { kind: 'constant', value: -inner.value }
    return OTHER
  }
  eachChild(node, (child) => readOperand(child, scope, reader))
  return OTHER
}

function readCall(call: FuncCall, scope: Scope, reader: StatementReader, isSource: boolean): Operand {
  const names = strings(call.funcname)
  const name = names.at(-1) ?? ''
  const items = (call.args ?? []).map((arg) => readOperand(arg, scope, reader))
  for (const other of [...(call.agg_order ?? []), call.agg_filter]) readOperand(other, scope, reader)
  if (call.over !== undefined)
    eachChild({ WindowDef: call.over }, (child) => readOperand(child, scope, reader))
  const isAggregate =
    AGGREGATES.has(name) ||
    call.agg_star === true ||
    call.agg_distinct === true ||
    call.agg_filter !== undefined ||
    call.agg_order !== undefined
  const isSet = isSource || SET_RETURNING.has(name)
  reader.calls.push({
    query: scope.query,
    name,
    ...(names.length > 1 ? { schema: names.at(-2) as string } : {}),
    kind: call.over !== undefined ? 'window' : isAggregate ? 'aggregate' : isSet ? 'set' : 'function',
    args: items,
    distinct: call.agg_distinct === true,
    star: call.agg_star === true,
  })
  return { kind: 'call', name, items }
}

/** The table of a column, where the statement alone shows it: by the qualifier, or because there is only one table. */
function columnUse({ fields }: ColumnRef, scope: Scope, tables: readonly TableUse[]): ColumnUse {
  const names = strings(fields)
  const column = fields?.some((field) => as(field, 'A_Star') !== undefined) ? '*' : (names.at(-1) ?? '')
  const qualifier = column === '*' ? names.at(-1) : names.at(-2)
  if (qualifier === undefined) {
    const [only, ...others] = scope.tables
    const isOnly = only !== undefined && others.length === 0 && !hasOuterTables(scope)
    return isOnly ? { column, table: only } : { column }
  }
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const table = at.tables.find((position) => tables[position]?.alias === qualifier)
    if (table !== undefined) return { column, qualifier, table }
  }
  return { column, qualifier }
}

function hasOuterTables(scope: Scope): boolean {
  for (let at = scope.outer; at !== undefined; at = at.outer) if (at.tables.length > 0) return true
  return false
}
