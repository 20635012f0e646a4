// Bounds the number of groups that GROUP BY and DISTINCT leave, which is the number of different values of their expressions.
import type { Node, SelectStmt } from 'libpg-query'
import { as, constantValue, eachChild, strings } from '../parse/tree.ts'
import { least, ONE, times } from './amount.ts'
import type { Fact, Facts } from './facts.ts'
import { givenBy, type QueryBounds, type QueryContext } from './query-context.ts'
import { type Amount, resolveColumn } from './relation.ts'
import { isStarTarget, soleName } from './target-names.ts'

export function grouped(node: SelectStmt, facts: Facts, context: QueryContext, input: Amount): Amount {
  const terms = node.groupClause ?? []
  const sets = terms.filter((term) => as(term, 'GroupingSet') !== undefined)
  if (sets.length === 0) {
    const groups = groupsOf(terms, node, facts, context)
    return least(input, groups)
  }
  if (terms.every((term) => as(term, 'GroupingSet')?.kind === 'GROUPING_SET_EMPTY')) return ONE
  if (terms.length === 1 && isEmptySets(terms[0] as Node)) {
    const { content = [] } = as(terms[0], 'GroupingSet') ?? {}
    return { rows: content.length, reason: 'GROUPING SETS (())' }
  }
  // Each grouping set produces its own groups, and n expressions have at most 2^n sets.
  const count = 2 ** Math.min(30, countOfColumns(terms))
  return times({ rows: Math.max(1, input.rows), reason: input.reason }, { rows: count, reason: '' })
}

export function distinct(node: SelectStmt, facts: Facts, context: QueryContext): Amount {
  const terms = (node.distinctClause ?? []).filter((term) => Object.keys(term).length > 0)
  const values =
    terms.length > 0 ? terms : (node.targetList ?? []).map((target) => as(target, 'ResTarget')?.val)
  if (values.some((value) => value === undefined || isStarTarget(value)))
    return { rows: Infinity, reason: 'nothing bounds how many different rows there are' }
  return groupsOf(values as Node[], terms.length > 0 ? node : { ...node, targetList: [] }, facts, context)
}

function groupsOf(terms: readonly Node[], node: SelectStmt, facts: Facts, context: QueryContext): Amount {
  let rows = 1
  for (const term of terms) {
    const { value, name } = groupTerm(term, node, context)
    const values = value === undefined ? Infinity : valuesOf(value, facts, context)
    rows *= values
    if (values === Infinity) return { rows, reason: `nothing bounds how many different values ${name} has` }
  }
  return { rows, reason: 'the groups are fixed' }
}

/** A position or a name refers to an item of the select list. */
export function groupTerm(
  term: Node,
  node: SelectStmt,
  context: QueryContext,
): { value: Node | undefined; name: string } {
  const targets = (node.targetList ?? []).map((target) => as(target, 'ResTarget'))
  const constant = as(term, 'A_Const')
  if (constant !== undefined) {
    const position = constantValue(constant)
    const target = typeof position === 'number' ? targets[position - 1] : undefined
    const isStar = targets.slice(0, Number(position)).some((at) => isStarTarget(at?.val))
    return {
      value: isStar ? undefined : target?.val,
      name: target?.name ?? soleName(target?.val) ?? `column ${position}`,
    }
  }
  const name = soleName(term)
  const isColumn =
    name !== undefined &&
    context.level.relations.some(
      ({ columns }) => columns === undefined || columns.some((column) => column.name === name),
    )
  const target = name === undefined || isColumn ? undefined : targets.find((at) => at?.name === name)
  return { value: target?.val ?? term, name: name ?? 'an expression' }
}

/** Maximum number of different values, NULL included, that an expression has over the rows of this level. */
function valuesOf(value: Node, facts: Facts, context: QueryContext): number {
  const reference = as(value, 'ColumnRef')
  if (reference === undefined) {
    const given = givenBy(value, context, false)
    if (given?.size === 0 && !hasSetCall(value, context.bounds)) return 1
    if (as(value, 'NullTest') !== undefined || as(value, 'BooleanTest') !== undefined) return 2
    return Infinity
  }
  const found = resolveColumn(reference, context.level)
  if (found.kind === 'outer') return 1
  if (found.kind !== 'local') return Infinity
  const { relation, column } = found
  const fixed = facts.all
    .filter((fact) => fact.relation === relation && fact.given.size === 0 && isOnly(fact, column.name))
    .reduce((fewest, fact) => Math.min(fewest, fact.values), Infinity)
  const ofType = (column.values ?? Infinity) + (column.notNull && relation.nullable !== true ? 0 : 1)
  return Math.min(fixed, ofType)
}

function isOnly(fact: Fact, name: string): boolean {
  return fact.parts.includes(`c:${name}`)
}

function hasSetCall(value: Node, bounds: QueryBounds): boolean {
  const call = as(value, 'FuncCall')
  let has = call !== undefined && bounds.functions.of(strings(call.funcname)) !== 'scalar'
  eachChild(value, (child) => {
    has ||= hasSetCall(child, bounds)
  })
  return has
}

function isEmptySets(term: Node): boolean {
  const set = as(term, 'GroupingSet')
  return (
    set?.kind === 'GROUPING_SET_SETS' &&
    (set.content ?? []).every((inner) => as(inner, 'GroupingSet')?.kind === 'GROUPING_SET_EMPTY')
  )
}

function countOfColumns(terms: readonly Node[]): number {
  let count = 0
  for (const term of terms) {
    if (as(term, 'GroupingSet') === undefined) count++
    else eachChild(term, (child) => (count += countOfColumns([child])))
  }
  return count
}
